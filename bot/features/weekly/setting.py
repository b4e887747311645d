"""When and where: the channel, day, time and zone of a weekly prompt, checked and saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem
from bot.discord_io.cards import Card
from bot.discord_io.health import missing_permissions
from bot.discord_io.languages import proposed_locale
from bot.discord_io.messenger import usable_tags
from bot.discord_io.modals import TYPED, ScheduleButton, TypedSchedule, form, schedule_fields
from bot.errors import StudybotError
from bot.features.weekly.admin import require_admin
from bot.jobs import WeeklySchedule, schedules
from bot.language import N_, Language
from bot.schedule import Schedule

CHANNEL = r"(?P<channel>\d{1,20})"
"""The part of a template that a channel's id matches."""
COMMON_ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw", "Europe/Istanbul",
    "Europe/Moscow", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Sao_Paulo", "Africa/Lagos", "Africa/Nairobi", "Asia/Dubai", "Asia/Kolkata", "Asia/Jakarta",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip
"""Zones in which most people of the world live, one for each of their times of day; others are typed."""
Channel = discord.TextChannel | discord.ForumChannel
"""Where a prompt may go; an announcement channel is a text channel to discord.py."""
KINDS = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
"""The same as Discord's types."""


class PromptChannel(app_commands.Transformer):
    """An option that takes a channel of a kind that a prompt may go to.

    discord.py's own, for the same two types, would offer media channels too, where nobody can post text.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Text, announcement and forum channels."""
        return KINDS

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Channel:
        """The channel; raises StudybotError if the bot cannot see it."""
        return channel_at(interaction.client, value.id, interaction.guild_id)


def channel_at(bot: discord.Client, channel_id: int, guild_id: int | None = None) -> Channel:
    """The channel with an id, on a certain server if one is given; raises StudybotError if it can't take a prompt."""
    channel = bot.get_channel(channel_id)
    if channel is None and guild_id is not None and bot.get_guild(guild_id) is None:
        raise StudybotError(N_("I'm not a member of this server, so I can't post here. Add me to it first."))
    if channel is None:
        raise StudybotError(N_("I can't see that channel. Give me *View Channel* there, or choose another."))
    if not isinstance(channel, Channel) or guild_id not in (None, channel.guild.id):
        raise StudybotError(N_("A weekly prompt goes to a text channel, an announcement channel or a forum."))
    return channel


def check(channel: Channel, member: discord.Member | discord.User, follow_ups: frozenset[str]) -> None:
    """Raises StudybotError if the bot can't post there or its admin couldn't: now, while they can fix it."""
    their = channel.permissions_for(member) if isinstance(member, discord.Member) else discord.Permissions.none()
    if not (their.view_channel and their.send_messages):
        raise StudybotError(N_("You can't post in {channel}, so I can't post there for you."), channel=channel.mention)
    if missing := missing_permissions(channel, follow_ups):
        raise StudybotError(
            N_("I can't post in {channel} yet. Allow me there: {permissions}. Nothing was changed."),
            channel=channel.mention, permissions=lambda language: language.both([language.t(one) for one in missing]),
        )  # fmt: skip
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not usable_tags(channel):
        raise StudybotError(
            N_("Every post in {channel} needs a tag, and there's none I can use. Add one, or make tags optional."),
            channel=channel.mention,
        )


async def save(
    interaction: Interaction, library: Library, channel: Channel, schedule: Schedule, old: WeeklySchedule | None
) -> WeeklySchedule:
    """Check and save when and where; what else an admin chose stays. Raises StudybotError."""
    bot = interaction.client
    check(channel, interaction.user, old.follow_ups if old else frozenset())
    weekly = await bot.store.write(
        schedules.put,
        guild_id=channel.guild.id,
        catalog_id=library.catalog.id,
        channel_id=channel.id,
        role_id=old.role_id if old else None,
        schedule=schedule,
        created_by=interaction.user.id,
        now=bot.clock(),
        language=None if old else proposed_locale(interaction),
    )
    bot.delivery.wake()
    return weekly


def zone_card(channel: Channel, typed: TypedSchedule, now: datetime, language: Language) -> Card:
    """The one question before a first prompt: the time zone, with the present time in each of the likely ones."""
    when = language.t(
        "I'll post the next step of the path in {channel}, every {day} at {time}.",
        channel=channel.mention, day=language.weekday(typed.day), time=typed.time,
    )  # fmt: skip
    heading, question = "### " + language.t("Weekly prompt"), language.t("**Which time zone?**")
    other = ChangeButton.at(channel.id, typed, language.t("Another zone, day or channel"))
    return Card(
        [
            discord.ui.TextDisplay(f"{heading}\n{when}\n{question}"),
            discord.ui.ActionRow(ZoneSelect.of(channel.id, typed, now, language)),
            discord.ui.ActionRow(other),
        ]
    )


class ZoneSelect(PersistentItem, template=rf"weekly:zone:{CHANNEL}:{TYPED}"):
    """The likely zones, one of which completes a schedule; `panel` answers it."""

    @classmethod
    def of(cls, channel_id: int, typed: TypedSchedule, now: datetime, language: Language) -> discord.ui.Select[Any]:
        """With the present time in each."""
        options = [
            discord.SelectOption(label=zone, value=zone, description=f"{now.astimezone(ZoneInfo(zone)):%H:%M}")
            for zone in COMMON_ZONES
        ]
        custom_id, placeholder = f"weekly:zone:{channel_id}:{typed.written}", language.t("Choose your time zone")
        return discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)


class ChangeButton(ScheduleButton, template=rf"weekly:change:{CHANNEL}:{TYPED}"):
    """Opens the form for channel, day, time and zone."""

    @classmethod
    def of(cls, weekly: WeeklySchedule, language: Language) -> discord.ui.Button[Any]:
        """On the panel, filled in with what is set."""
        return cls.at(weekly.channel_id, TypedSchedule.of(weekly.schedule), language.t("Change"))

    @classmethod
    def at(cls, channel_id: int, typed: TypedSchedule, label: str) -> discord.ui.Button[Any]:
        """Filled in with anything."""
        return discord.ui.Button(label=label, custom_id=f"weekly:change:{channel_id}:{typed.written}")

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Open the form."""
        require_admin(interaction)
        language = interaction.client.language_for(interaction)
        channels: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id="channel",
            channel_types=KINDS,
            default_values=[
                discord.SelectDefaultValue(id=int(self.state["channel"]), type=discord.SelectDefaultValueType.channel)
            ],
        )
        label: discord.ui.Label[Any] = discord.ui.Label(text=language.t("Channel"), component=channels)
        fields = schedule_fields(self.typed, language)
        await interaction.response.send_modal(form("weekly:set", language.t("Weekly prompt"), label, *fields))

"""/weekly set: where and when, the time zone asked for once.

/weekly set ──┬── a zone is known ──────────────────────────────┐
"Set up" ─────┴── else: a select of likely zones, or a modal ───┴──> save, and show the next post
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.catalogs import Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.buttons import PersistentItem, WeeklySetupButton, acknowledge, selected
from bot.discord_io.cards import Card, notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.schedules import next_dates
from bot.errors import StudybotError
from bot.features.weekly import words
from bot.features.weekly.checks import check_admin, check_channel, check_role
from bot.features.weekly.options import Channel, chosen_channel
from bot.features.weekly.post import post_content
from bot.features.weekly.walk import walk_of
from bot.jobs import WeeklySchedule, schedules
from bot.schedule import Schedule, parse_day, parse_time
from bot.zones import resolve_zone

FIRST_DAY, FIRST_TIME = "Monday", "18:00"
"""When prompts come if nobody says otherwise: the evening of the day on which a week is planned."""
ASKED = r"(?P<channel>\d{1,20}):(?P<day>[0-6]):(?P<time>[0-2]\d[0-5]\d)"
"""What the items that ask for a zone know: the channel, the day (0 is Monday) and the time."""
LIKELY = (
    "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw", "Europe/Istanbul",
    "Europe/Moscow", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Sao_Paulo", "Africa/Lagos", "Africa/Nairobi", "Asia/Dubai", "Asia/Kolkata", "Asia/Jakarta",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip
"""Zones in which most people of the world live, one for each of their times of day; others are typed."""


def require_admin(interaction: discord.Interaction[Any]) -> None:
    """Raises MissingPermissions for those who do not manage the server: a button is there for whoever sees it."""
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


def zone_card(channel: Channel, weekday: int, at: time, now: datetime) -> Card:
    """The question for the time zone, with the present time in each of the likely ones."""
    state = f"{channel.id}:{weekday}:{at:%H%M}"
    question = words.zone_question(channel.mention, words.day_and_time(weekday, f"{at:%H:%M}"))
    zones, other = ZoneSelect.of(state, now), OtherZoneButton.of(state)
    return Card([discord.ui.TextDisplay(question), discord.ui.ActionRow(zones), discord.ui.ActionRow(other)])


async def save(
    interaction: Interaction, library: Library, channel: Channel, schedule: Schedule, old: WeeklySchedule | None
) -> None:
    """Save where and when, and answer with what comes next; what else an admin chose stays."""
    bot = interaction.client
    weekly = await bot.store.write(
        schedules.put,
        guild_id=channel.guild.id,
        catalog_id=library.catalog.id,
        channel_id=channel.id,
        role_id=old.role_id if old else None,
        schedule=schedule,
        created_by=interaction.user.id,
        now=bot.clock(),
    )
    bot.delivery.wake()
    role = channel.guild.get_role(weekly.role_id) if weekly.role_id else None
    await interaction.edit_original_response(view=await _saved_card(bot, library, weekly, check_role(channel, role)))


async def saved_text(bot: StudyBot, library: Library, weekly: WeeklySchedule, remark: str = "") -> str:
    """What is said of a schedule that was just set or resumed, with the next post."""
    walk, prompt = await walk_of(bot, library, weekly)
    preview = post_content(prompt) if prompt else ""
    return words.set_reply(weekly, walk, next_dates(weekly), remark, preview)


async def _saved_card(bot: StudyBot, library: Library, weekly: WeeklySchedule, remark: str) -> Card:
    return notice(await saved_text(bot, library, weekly, remark))


class SetUp(WeeklySetupButton):
    """Does what `/weekly set` without options does, for the channel that the button is in."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Ask for the zone; of a server that has its prompt already, show that."""
        require_admin(interaction)
        await acknowledge(interaction, in_place=False)
        bot = interaction.client
        if (old := await bot.store.look_up(schedules.of_guild, interaction.guild_id or 0)) is not None:
            await interaction.edit_original_response(view=notice(await saved_text(bot, library, old)))
            return
        channel = chosen_channel(bot, None, interaction.channel)
        check_admin(channel, interaction.user)
        check_channel(channel, ())
        at = parse_time(FIRST_TIME)
        await interaction.edit_original_response(view=zone_card(channel, parse_day(FIRST_DAY), at, bot.clock()))


class _Asked(PersistentItem, template=r"(?!)"):
    """An item of the card that asks for a zone."""

    @property
    def asked(self) -> tuple[int, int, time]:
        """The channel's id, the day and the time."""
        at = self.state["time"]
        return int(self.state["channel"]), int(self.state["day"]), time(int(at[:2]) % 24, int(at[2:]))


class ZoneSelect(_Asked, template=rf"weekly:zone:{ASKED}"):
    """Saves the schedule with the zone that was chosen."""

    @classmethod
    def of(cls, state: str, now: datetime) -> discord.ui.Select[Any]:
        """For what was `ASKED`, with the present time in each of the likely zones."""
        options = [
            discord.SelectOption(label=zone, value=zone, description=f"{now.astimezone(ZoneInfo(zone)):%H:%M}")
            for zone in LIKELY
        ]
        return discord.ui.Select(custom_id=f"weekly:zone:{state}", placeholder=words.ZONE_PLACEHOLDER, options=options)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Save it."""
        require_admin(interaction)
        await acknowledge(interaction)
        await save_asked(interaction, library, *self.asked, selected(interaction)[0])


class OtherZoneButton(_Asked, template=rf"weekly:other:{ASKED}"):
    """Asks for a zone in a modal."""

    @classmethod
    def of(cls, state: str) -> discord.ui.Button[Any]:
        """For what was `ASKED`."""
        return discord.ui.Button(label=words.ANOTHER_ZONE, custom_id=f"weekly:other:{state}")

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the modal."""
        require_admin(interaction)
        await interaction.response.send_modal(ZoneModal(self.asked))


class ZoneModal(discord.ui.Modal, title=words.ZONE_TITLE):
    """Takes a city or a zone in words."""

    zone: discord.ui.TextInput[ZoneModal] = discord.ui.TextInput(
        custom_id="zone", label=words.ZONE_LABEL, placeholder=words.ZONE_HINT, max_length=60
    )

    def __init__(self, asked: tuple[int, int, time]) -> None:
        super().__init__()
        self._asked = asked

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Save the schedule, or say what zones there are; the card stays for another attempt."""
        try:
            if await interaction.client.gate.admits(interaction):
                require_admin(interaction)
                await interaction.response.defer()
                library = interaction.client.library_for(interaction)
                await save_asked(interaction, library, *self._asked, self.zone.value)
        except Exception as error:  # noqa: BLE001 - the last place that can answer the admin
            await answer_failure(interaction, error)


async def save_asked(
    interaction: Interaction, library: Library, channel_id: int, weekday: int, at: time, zone: str
) -> None:
    """Save what an admin was asked for; raises StudybotError if the channel or the zone will not do."""
    bot, guild_id = interaction.client, interaction.guild_id
    channel = bot.get_channel(channel_id)
    if not isinstance(channel, Channel) or channel.guild.id != guild_id:
        raise StudybotError(words.CHANNEL_GONE)
    check_admin(channel, interaction.user)
    old = await bot.store.look_up(schedules.of_guild, channel.guild.id)
    check_channel(channel, old.follow_ups if old else ())
    await save(interaction, library, channel, Schedule(weekday, at, resolve_zone(zone)), old)

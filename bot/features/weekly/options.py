"""What the options of /weekly set mean: each names one thing, or says what it could have named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import Library
from bot.discord_io.text import echo, show
from bot.errors import ScheduleError, StudybotError
from bot.features.path.commands import find_group
from bot.path import PATH, SHUFFLED
from bot.schedule import Schedule, parse_day, parse_time
from bot.store import WeeklySchedule
from bot.zones import resolve_zone

TITLE_LIMIT = 80
"""Characters of a stage's or a track's title."""
Channel = discord.TextChannel | discord.ForumChannel
"""Where a prompt may go; an announcement channel is a text channel to discord.py."""


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
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Channel:
        """The channel; raises TransformerError if the bot cannot see it."""
        channel = value.resolve()
        if not isinstance(channel, Channel):
            raise app_commands.TransformerError(value, self.type, self)
        return channel


def chosen_schedule(
    old: Schedule | None, day: str | None, time: str | None, timezone: str | None, *, needed: str
) -> Schedule:
    """The schedule that is there, with what was given changed; raises ScheduleError.

    `needed` are the options that must be given where there is none yet.
    """
    if old is None and not (day and time and timezone):
        raise ScheduleError(f"For the first time I need all of these: {needed}.")
    return Schedule(
        parse_day(day or "") if day or old is None else old.weekday,
        parse_time(time or "") if time or old is None else old.time,
        resolve_zone(timezone or "") if timezone or old is None else old.zone,
    )


def chosen_channel(bot: commands.Bot, old: WeeklySchedule | None) -> Channel:
    """The channel of a schedule that is there; raises StudybotError if there is none any more."""
    channel = bot.get_channel(old.channel_id) if old else None
    if not isinstance(channel, Channel):
        raise StudybotError("Choose a channel: the one that I posted in does not exist any more.")
    return channel


def chosen_order(library: Library, text: str | None) -> str | None:
    """The order that a text names; raises StudybotError if it names none."""
    if text is None or text.strip().casefold() in (PATH, SHUFFLED):
        return text and text.strip().casefold()
    if (group := find_group(library.catalog, text)) is None:
        titles = ", ".join(show(group.title, TITLE_LIMIT) for group in library.catalog.groups)
        raise StudybotError(f"“{echo(text)}” is no order. There are: path, shuffled, {titles}.")
    return group.id


def chosen_start(library: Library, text: str | None) -> str | None:
    """The id of the resource that a text names; raises StudybotError if it names none."""
    if text is None:
        return None
    if (resource := library.find(text)) is None:
        raise StudybotError(f"There is no resource “{echo(text)}”. Pick one from the list that Discord offers.")
    return resource.id


def wanted_extras(old: WeeklySchedule | None, given: Mapping[str, bool | None]) -> frozenset[str]:
    """What is to follow each post: what was given, and what is there as far as nothing was given."""
    before = old.extras if old else frozenset()
    return frozenset(name for name, wish in given.items() if (name in before if wish is None else wish))

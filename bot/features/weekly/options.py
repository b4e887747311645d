"""What the options of /weekly mean: each names one thing, or says what it could have named."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.discord_io.text import echo, show
from bot.errors import StudybotError
from bot.features.weekly import words
from bot.path import PATH, SHUFFLED, Plan, find_group
from bot.store import WeeklySchedule

GROUP_TITLE_LIMIT = 80
"""Characters of a stage's or a track's title."""
GROUPS_SHOWN = 20
"""Stages and tracks that a refusal lists: their titles fit a message."""
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


def chosen_channel(bot: discord.Client, old: WeeklySchedule | None, here: object) -> Channel:
    """The channel of a schedule, and without one the channel that an admin is in (`here`).

    Raises StudybotError if the one is gone, or no prompt can go to the other.
    """
    channel = bot.get_channel(old.channel_id) if old else here
    if not isinstance(channel, Channel):
        raise StudybotError(words.CHANNEL_GONE if old else words.NO_CHANNEL_HERE)
    return channel


def chosen_order(library: Library, text: str) -> str:
    """The order that a text names; raises StudybotError if it names none, or one without resources."""
    typed = text.strip().casefold()
    is_id = any(group.id == typed for group in library.catalog.groups)
    if not is_id and (order := f"*{typed.removeprefix('*')}") in (PATH, SHUFFLED):
        return order
    group = find_group(library.catalog, text)
    if group is not None and group.resources:
        return group.id
    names = [show(one.title, GROUP_TITLE_LIMIT) for one in library.catalog.groups if one.resources][:GROUPS_SHOWN]
    if group is None:
        raise StudybotError(words.no_order(echo(text), names))
    raise StudybotError(words.empty_order(show(group.title, GROUP_TITLE_LIMIT), names))


def chosen_start(library: Library, text: str, weekly_id: int, order: str) -> str:
    """The id of the resource that a text names; raises StudybotError if it names none, or none of the order."""
    if (resource := library.find(text)) is None:
        raise StudybotError(words.no_resource(echo(text)))
    if resource not in Plan(order, weekly_id).sequence(library.catalog):
        title = show(resource.title, GROUP_TITLE_LIMIT)
        raise StudybotError(words.start_outside(title, order_words(library.catalog, order)))
    return resource.id


def order_words(catalog: Catalog, order: str) -> str:
    """`“Learn how to use LLMs”`, or `the whole path`."""
    if order in (PATH, SHUFFLED):
        return words.WHOLE_PATH if order == PATH else words.WHOLE_PATH_SHUFFLED
    group = next((one for one in catalog.groups if one.id == order), None)
    return f"“{show(group.title, GROUP_TITLE_LIMIT)}”" if group else words.GROUP_GONE

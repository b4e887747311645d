"""What the options of /weekly set mean: each names one thing, or says what it could have named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.discord_io.text import echo, show
from bot.errors import StudybotError
from bot.path import PATH, SHUFFLED, Plan, find_group
from bot.store import WeeklySchedule
from bot.store.rows import FOLLOW_UPS

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


def chosen_channel(bot: discord.Client, old: WeeklySchedule | None) -> Channel:
    """The channel of a schedule that is there; raises StudybotError if there is none any more."""
    channel = bot.get_channel(old.channel_id) if old else None
    if not isinstance(channel, Channel):
        raise StudybotError("Choose a channel: the one that I posted in does not exist any more.")
    return channel


def chosen_order(library: Library, text: str | None) -> str | None:
    """The order that a text names; raises StudybotError if it names none, or one without resources."""
    if text is None or text.strip().casefold() in (PATH, SHUFFLED):
        return text and text.strip().casefold()
    group = find_group(library.catalog, text)
    if group is not None and group.resources:
        return group.id
    names = [show(one.title, GROUP_TITLE_LIMIT) for one in library.catalog.groups if one.resources]
    others = f"There are: path, shuffled, {', '.join(names[:GROUPS_SHOWN])}."
    if group is None:
        raise StudybotError(f"“{echo(text)}” is no order. {others}")
    empty = show(group.title, GROUP_TITLE_LIMIT)
    raise StudybotError(f"“{empty}” has no resources yet, so there would be nothing to post. {others}")


def chosen_start(library: Library, text: str | None, order: str) -> str | None:
    """The id of the resource that a text names; raises StudybotError if it names none, or none of the order."""
    if text is None:
        return None
    if (resource := library.find(text)) is None:
        raise StudybotError(f"There is no resource “{echo(text)}”. Pick one from the list that Discord offers.")
    if resource not in Plan(order).sequence(library.catalog):
        raise StudybotError(
            f"“{show(resource.title, GROUP_TITLE_LIMIT)}” is not in {order_words(library.catalog, order)}, "
            "so the prompts cannot start with it. Choose another `start`, or another `order`."
        )
    return resource.id


def order_words(catalog: Catalog, order: str) -> str:
    """`“Learn how to use LLMs”`, or `the whole path`."""
    if order in (PATH, SHUFFLED):
        return "the whole path" if order == PATH else "the whole path, shuffled"
    group = next((one for one in catalog.groups if one.id == order), None)
    return f"“{show(group.title, GROUP_TITLE_LIMIT)}”" if group else "a stage or track that is not on the list any more"


def wanted_follow_ups(old: WeeklySchedule | None, given: Mapping[str, bool | None]) -> frozenset[str]:
    """What is to follow each post: what was given, and what is there as far as nothing was given."""
    before = old.follow_ups if old else frozenset()
    return frozenset(kind for kind in FOLLOW_UPS if (kind in before if given[kind] is None else given[kind]))

"""Buttons that work for ever: their whole state is in their custom_id, so a restart changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, Self, cast

import discord

from bot.catalogs import Library
from bot.discord_io.failures import answer_failure
from bot.store import Store


class Remembers(Protocol):
    """Keeps in mind who is in a server, while the bot runs."""

    def remember(self, guild_id: int, user_id: int, *, present: bool = True) -> None:
        """Somebody is seen in a server, or to have left it."""

    def forget(self, user_id: int) -> None:
        """Keep in mind nothing of somebody."""


class Serves(Protocol):
    """What the bot has that buttons and their answers are made from."""

    library: Library
    store: Store
    clock: Callable[[], datetime]
    membership: Remembers


def bot_of(interaction: discord.Interaction[Any]) -> Serves:
    """The bot that received an interaction."""
    return cast(Serves, interaction.client)


class LastingButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """What all lasting buttons share: an answer even when `press` raises.

    discord.py gives a DynamicItem no error hook: an exception would only be logged, and the member would
    see "This interaction failed".
    """

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button behind a press."""
        return cls.of(match)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """The button that a custom_id names: made from the groups of the template, in their order."""
        return cast(Any, cls)(*match.groups())  # type: ignore[no-any-return]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for, or tell the member why not."""
        try:
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - the last place that can answer the member
            await answer_failure(interaction, error)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a member who pressed the button."""
        raise NotImplementedError


def only_they_see(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message that was pressed is seen by nobody but who pressed it."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def acknowledge(interaction: discord.Interaction[Any], *, in_place: bool = True) -> None:
    """Answer a press before anything slow: `edit_original_response` then changes the message that was pressed if only
    this member sees it and it may change (`in_place`), else it fills a new one that only this member sees."""
    if in_place and only_they_see(interaction):
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


async def turn(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Show a new card after a button was pressed: in place if only this member sees it, else privately."""
    if only_they_see(interaction):
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)

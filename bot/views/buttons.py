"""Buttons that work for ever: their whole state is in their custom_id, so a restart changes nothing."""

from __future__ import annotations

from typing import Any, Protocol, cast

import discord

from bot.library import Library
from bot.views.failures import answer_failure


class _ServesLibrary(Protocol):
    library: Library


def library_of(interaction: discord.Interaction[Any]) -> Library:
    """The library of the bot that received an interaction."""
    return cast(_ServesLibrary, interaction.client).library


class LastingButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """What all lasting buttons share: an answer even when `press` raises.

    discord.py gives a DynamicItem no error hook: an exception would only be logged, and the member would
    see "This interaction failed".
    """

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for, or tell the member why not."""
        try:
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - the last place that can answer the member
            await answer_failure(interaction, error)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a member who pressed the button."""
        raise NotImplementedError


async def turn(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Show a new card after a button was pressed: in place if only this member sees it, else privately."""
    if interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)

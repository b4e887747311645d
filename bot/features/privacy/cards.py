"""What the bot keeps about a member, as cards and as a file, and what their buttons do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge
from bot.discord_io.cards import Card, notice
from bot.features.privacy import words

EXPORT = "studybot-about-you.json"
"""The name of the exported file."""


def kept_card(kept: Mapping[str, Any]) -> Card:
    """What is kept (`Store.everything_of`), in words and numbers."""
    return notice(words.kept_text(kept))


def export_card() -> Card:
    """The card that `export_file` comes with."""
    return Card([discord.ui.TextDisplay(words.EXPORTED), discord.ui.File(f"attachment://{EXPORT}")])


def export_file(kept: Mapping[str, Any]) -> discord.File:
    """What is kept as a JSON file."""
    return discord.File(BytesIO(json.dumps(kept, indent=2, ensure_ascii=False).encode()), EXPORT)


def delete_card(kept: Mapping[str, Any]) -> Card:
    """The question before anything is deleted."""
    row = discord.ui.ActionRow(DeleteButton.of(), KeepButton.of())
    return Card([discord.ui.TextDisplay(words.delete_question(kept)), row])


class DeleteButton(PersistentItem, template=r"privacy:delete"):
    """Deletes everything about whoever presses it."""

    @classmethod
    def of(cls) -> discord.ui.Button[Any]:
        """The only one."""
        style = discord.ButtonStyle.danger
        return discord.ui.Button(label=words.DELETE_EVERYTHING, custom_id="privacy:delete", style=style)

    costly = True

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Delete, and say so."""
        await acknowledge(interaction)
        await interaction.client.store.privacy.forget_member(interaction.user.id)
        interaction.client.membership.forget(interaction.user.id)
        await interaction.edit_original_response(view=notice(words.DELETED))


class KeepButton(PersistentItem, template=r"privacy:keep"):
    """Deletes nothing."""

    @classmethod
    def of(cls) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=words.KEEP, custom_id="privacy:keep")

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Say that nothing happened."""
        await acknowledge(interaction)
        await interaction.edit_original_response(view=notice(words.NOT_DELETED))

"""What the bot keeps about a member, as cards and as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import discord

from bot.discord_io.buttons import button
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
    delete = button(words.DELETE_EVERYTHING, "privacy:delete", style=discord.ButtonStyle.danger)
    row = discord.ui.ActionRow(delete, button(words.KEEP, "privacy:keep"))
    return Card([discord.ui.TextDisplay(words.delete_question(kept)), row])

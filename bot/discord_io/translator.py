"""What Discord shows of the commands before any is sent, in every language: descriptions, options, choices, menus.

The commands keep their names, by which members of one server who read several languages tell each other what to type.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.app_commands.translator import TranslationContextLocation

from bot.language import ENGLISH, LOCALES, language


class CommandTranslator(app_commands.Translator):
    """Gives discord.py the translations of what it sends to Discord when commands changed."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContext[Any, Any]
    ) -> str | None:
        """A text in the language of a locale; None to keep it as it is."""
        is_name = context.location is TranslationContextLocation.command_name
        found = language(locale.value)
        if found is ENGLISH or (is_name and isinstance(context.data, app_commands.Command)):
            return None
        return found.t(string.message)


def translations() -> list[bytes]:
    """All translations as they are in their files: other ones are other commands to Discord."""
    return [file.read_bytes() for file in sorted(LOCALES.glob("*.po"))]

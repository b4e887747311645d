"""/recommend: the resources that fit a topic or a question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.library import Library
from bot.views.cards import notice
from bot.views.recommendation import recommendation
from bot.views.text import CHOICE_LIMIT, CHOICES_LIMIT, echo, fit

Choices = list[app_commands.Choice[str]]


MENU = "Find resources"
"""The entry in the menu of a message, under Apps."""
NOTHING = (
    "I found nothing in that message that my list treats. That is fine: not everything needs a paper. "
    "If there was a question in it, `/recommend` takes it in your own words."
)


def choices(texts: Iterable[str]) -> Choices:
    """Texts as autocomplete choices, cut to what Discord takes."""
    cut = dict.fromkeys(fit(text, CHOICE_LIMIT) for text in texts)
    return [app_commands.Choice(name=text, value=text) for text in list(cut)[:CHOICES_LIMIT]]


class Recommend(commands.Cog):
    """Answers /recommend from the library alone: no network, no store, so well inside Discord's three seconds."""

    def __init__(self, bot: commands.Bot, library: Library) -> None:
        self._bot = bot
        self._library = library
        # A cog cannot hold a context menu by itself: https://github.com/Rapptz/discord.py/issues/7823
        self._menu = app_commands.ContextMenu(name=MENU, callback=self._find_resources)
        app_commands.allowed_installs(guilds=True, users=True)(self._menu)
        app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(self._menu)

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it out again."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="recommend", description="Find the resources that fit a topic or a question.")
    @app_commands.describe(
        topic="What you want to learn: a topic, a title, an author, a whole question",
        kind="Only one kind, such as paper or video",
        level="Only one level, such as beginner",
        share="Post the answer for everyone here (normally only you see it)",
    )
    async def recommend(
        self,
        interaction: discord.Interaction[Any],
        topic: str,
        kind: str | None = None,
        level: str | None = None,
        share: bool = False,
    ) -> None:
        """Answer with a card, privately unless it is to be shared; a silence is never shared."""
        if (refusal := self._refusal("kind", kind) or self._refusal("level", level)) is not None:
            await interaction.response.send_message(view=notice(refusal), ephemeral=True)
            return
        answer = self._library.index.search(topic, kind=_word(kind), level=_word(level))
        private = not share or not answer.hits
        await interaction.response.send_message(view=recommendation(answer, self._library), ephemeral=private)

    @recommend.autocomplete("topic")
    async def _topics(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(self._library.index.suggest(current, limit=CHOICES_LIMIT))

    @recommend.autocomplete("kind")
    async def _kinds(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(word for word in self._words("kind") if current.strip().casefold() in word)

    @recommend.autocomplete("level")
    async def _levels(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(word for word in self._words("level") if current.strip().casefold() in word)

    async def _find_resources(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Answer with what the one message that was chosen is about, privately; nothing of it is kept."""
        answer = self._library.index.search_message(_text(message))
        card = recommendation(answer, self._library) if answer.hits else notice(NOTHING)
        await interaction.response.send_message(view=card, ephemeral=True)

    def _words(self, option: str) -> list[str]:
        """The kinds or levels that the catalog has, in path order."""
        return list(dict.fromkeys(word for one in self._library.catalog if (word := getattr(one, option))))

    def _refusal(self, option: str, given: str | None) -> str | None:
        words = self._words(option)
        if given is None or _word(given) in words:
            return None
        return f"This index has no {option} “{echo(given)}”. It has: {', '.join(words) or 'none'}."


def _word(given: str | None) -> str | None:
    return given.strip().casefold() if given else None


def _text(message: discord.Message) -> str:
    """What a message says; of a forwarded one, what the original says."""
    return "\n".join([message.content, *(snapshot.content for snapshot in message.message_snapshots)])

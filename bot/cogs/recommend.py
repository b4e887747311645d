"""/recommend: the resources that fit a topic or a question."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.options import Choices, choices, refusal, word, words_offered
from bot.library import Library
from bot.search import Answer
from bot.store import Store
from bot.views.cards import notice
from bot.views.done import marks_of
from bot.views.recommendation import recommendation
from bot.views.text import CHOICES_LIMIT

MENU = "Find resources"
"""The entry in the menu of a message, under Apps."""
NOTHING = (
    "I found nothing in that message that my list treats. That is fine: not everything needs a paper. "
    "If there was a question in it, `/recommend` takes it in your own words."
)


class Recommend(commands.Cog):
    """Answers /recommend from the library; the store adds the member's marks if it is quick, so that an answer is well
    inside Discord's three seconds whatever the database does."""

    def __init__(self, bot: commands.Bot, library: Library, store: Store) -> None:
        self._bot = bot
        self._library = library
        self._store = store
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
        if (refused := refusal(self._library, kind, level)) is not None:
            await interaction.response.send_message(view=notice(refused), ephemeral=True)
            return
        answer = self._library.index.search(topic, kind=word(kind), level=word(level))
        if share and answer.hits:
            await interaction.response.send_message(view=recommendation(answer, self._library, shared=True))
        else:
            await self._answer(interaction, answer)

    @recommend.autocomplete("topic")
    async def _topics(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(self._library.index.suggest(current, limit=CHOICES_LIMIT))

    @recommend.autocomplete("kind")
    async def _kinds(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return words_offered(self._library, "kind", current)

    @recommend.autocomplete("level")
    async def _levels(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return words_offered(self._library, "level", current)

    async def _find_resources(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Answer with what the one message that was chosen is about, privately; nothing of it is kept."""
        answer = self._library.index.search_message(_text(message))
        if answer.hits:
            await self._answer(interaction, answer)
        else:
            await interaction.response.send_message(view=notice(NOTHING), ephemeral=True)

    async def _answer(self, interaction: discord.Interaction[Any], answer: Answer) -> None:
        """Answer privately, with the member's marks if they can be had in time."""
        done = await marks_of(self._store, self._library.catalog, interaction.user.id) if answer.hits else None
        await interaction.response.send_message(view=recommendation(answer, self._library, done), ephemeral=True)


def _text(message: discord.Message) -> str:
    """What a message says; of a forwarded one, what the original says."""
    return "\n".join([message.content, *(snapshot.content for snapshot in message.message_snapshots)])

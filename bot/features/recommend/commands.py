"""/recommend, and "Find resources" in the menu of a message."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import NO_FILTERS, Filters, Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.limits import COSTLY
from bot.discord_io.marks import finished_in_time
from bot.discord_io.options import Choices, choices, filter_choices
from bot.discord_io.text import CHOICES_LIMIT, MESSAGE_LIMIT, defuse, escape
from bot.features.recommend import words
from bot.features.recommend.cards import recommendation
from bot.search import Answer


class Recommend(commands.Cog):
    """Answers from the list alone; the store adds the member's marks if it is quick, so that an answer is well inside
    Discord's three seconds whatever the database does."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        # A cog cannot hold a context menu by itself: https://github.com/Rapptz/discord.py/issues/7823
        self._menu = app_commands.ContextMenu(name=words.MENU, callback=self._find_resources, extras=COSTLY)

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove it."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(name="recommend", description=words.RECOMMEND)
    @app_commands.describe(
        topic=words.TOPIC,
        kind=words.KIND,
        level=words.LEVEL,
        share=words.SHARE,
    )
    async def recommend(
        self,
        interaction: Interaction,
        topic: str,
        kind: str | None = None,
        level: str | None = None,
        share: bool = False,
    ) -> None:
        """Answer with a card, privately unless the member shares it; an answer without hits is never shared."""
        library = self._bot.library_for(interaction)
        filters = Filters.typed(kind, level)
        if (problem := library.problem_with(filters)) is not None:
            await interaction.response.send_message(view=notice(escape(defuse(problem))), ephemeral=True)
            return
        answer = library.index.search(topic, kind=filters.kind, level=filters.level)
        not_shared = self._bot.gate.not_shared(interaction) if share and answer.hits else None
        if share and answer.hits and not_shared is None:
            await interaction.response.send_message(view=recommendation(answer, library, filters=filters, shared=True))
            return
        await self._answer(interaction, library, answer, filters)
        if not_shared is not None:
            await interaction.followup.send(view=notice(not_shared), ephemeral=True)

    @recommend.autocomplete("topic")
    async def _topics(self, interaction: Interaction, current: str) -> Choices:
        return choices(self._bot.library_for(interaction).index.suggest(current, limit=CHOICES_LIMIT))

    @recommend.autocomplete("kind")
    async def _kinds(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "kind", current)

    @recommend.autocomplete("level")
    async def _levels(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "level", current)

    async def _find_resources(self, interaction: Interaction, message: discord.Message) -> None:
        """Answer with the resources that fit the one message that was chosen, privately; nothing of it is kept."""
        library = self._bot.library_for(interaction)
        answer = library.index.search_message(_text(message))
        if answer.hits:
            await self._answer(interaction, library, answer)
        else:
            await interaction.response.send_message(view=notice(words.NOTHING), ephemeral=True)

    async def _answer(
        self, interaction: Interaction, library: Library, answer: Answer, filters: Filters = NO_FILTERS
    ) -> None:
        """Answer privately, with the member's marks if they can be read in time."""
        done = await finished_in_time(self._bot.store, library, interaction.user.id) if answer.hits else None
        card = recommendation(answer, library, done, filters=filters)
        await interaction.response.send_message(view=card, ephemeral=True)


def _text(message: discord.Message) -> str:
    """The text of a message, as much as is read; of a forwarded one, of the original."""
    return "\n".join([message.content, *(one.content for one in message.message_snapshots)])[:MESSAGE_LIMIT]

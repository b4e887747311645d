"""/recommend, and "Find resources" in the menu of a message."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.catalogs import Filters, Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import Card, notice
from bot.discord_io.failures import ran_out
from bot.discord_io.languages import shared_language
from bot.discord_io.limits import COSTLY
from bot.discord_io.marks import finished_in_time
from bot.discord_io.options import Choices, choices, filter_choices
from bot.discord_io.refusals import REQUEST_ERRORS, refusal_of, why
from bot.discord_io.text import CHOICES_LIMIT, defuse, escape
from bot.errors import FilterError
from bot.features.recommend.asked import Asked, is_small_talk
from bot.features.recommend.cards import recommendation
from bot.features.recommend.message import text_of
from bot.language import Language
from bot.search import Answer
from bot.search.text import words


class Recommend(commands.Cog):
    """Answers from the list alone; the store adds the member's marks if it is quick, so that an answer is well inside
    Discord's three seconds whatever the database does."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        # A cog cannot hold a context menu by itself: https://github.com/Rapptz/discord.py/issues/7823
        name = locale_str("Find resources")
        self._menu = app_commands.ContextMenu(name=name, callback=self._find_resources, extras=COSTLY)

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove it."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(
        name="recommend", description=locale_str("Find the resources that fit a topic or a question.")
    )
    @app_commands.rename(
        topic=locale_str("topic"), kind=locale_str("kind"), level=locale_str("level"), share=locale_str("share")
    )
    @app_commands.describe(
        topic=locale_str("What you want to learn: a topic, a title, an author, a link, a whole question"),
        kind=locale_str("Only one kind, such as paper or video"),
        level=locale_str("Only one level, such as beginner"),
        share=locale_str("Post the answer for everyone here (normally only you see it)"),
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
        library, language = self._bot.library_for(interaction), self._bot.language_for(interaction)
        asked = Asked(topic, Filters.typed(kind, level))
        try:
            answer = asked.answer(library)
        except FilterError as error:
            problem = escape(defuse(error.in_language(language)))
            await interaction.response.send_message(view=notice(problem), ephemeral=True)
            return
        not_shared = ""
        if share and answer.hits:
            card = recommendation(asked, answer, library, await shared_language(interaction), shared=True)
            if not (not_shared := await self._share(interaction, card, language)):
                return
        await self._answer(interaction, asked, answer, library)
        if not_shared:
            await interaction.followup.send(view=notice(not_shared), ephemeral=True)

    async def _share(self, interaction: Interaction, card: Card, language: Language) -> str:
        """Post a card for everyone; why it wasn't posted, empty if it was."""
        if (held_back := self._bot.gate.not_shared(interaction)) is not None:
            return held_back
        try:
            await interaction.response.send_message(view=card)
        except REQUEST_ERRORS as error:
            if ran_out(error):
                raise
            return language.t("Not posted: {reason}.", reason=why(refusal_of(error).reason, language))
        return ""

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
        library, t = self._bot.library_for(interaction), self._bot.language_for(interaction).t
        text = text_of(message)
        asked, answer = Asked.of_message(text, library)
        if answer.hits or (words(text) and is_small_talk(text, library)):
            await self._answer(interaction, asked, answer, library)
        elif not words(text):
            nothing = t("There's no text in that message for me to read.")
            await interaction.response.send_message(view=notice(nothing), ephemeral=True)
        else:
            nothing = t("Nothing on the list matches that message. Try `/recommend` with your own words.")
            await interaction.response.send_message(view=notice(nothing), ephemeral=True)

    async def _answer(self, interaction: Interaction, asked: Asked, answer: Answer, library: Library) -> None:
        """Answer privately, with the member's marks if they can be read in time."""
        done = await finished_in_time(self._bot.store, library, interaction.user.id) if answer.hits else None
        card = recommendation(asked, answer, library, self._bot.language_for(interaction), done)
        await interaction.response.send_message(view=card, ephemeral=True)

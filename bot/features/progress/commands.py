"""/progress and /next."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.limits import COSTLY
from bot.discord_io.text import name_of
from bot.features.progress.next_card import next_card
from bot.features.progress.sharing import show_other, show_own
from bot.language import Language


class Progress(commands.Cog):
    """Answers /next and /progress; whose progress is shown to whom is decided here."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="next", description=locale_str("Show your next step."))
    async def next(self, interaction: Interaction) -> None:
        """Answer with one step, privately."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        done = library.finished(await self._bot.store.marks.of(interaction.user.id))
        await interaction.edit_original_response(view=next_card(library, done, self._bot.language_for(interaction)))

    @app_commands.command(name="progress", description=locale_str("Show how far you are on the path."), extras=COSTLY)
    @app_commands.rename(member=locale_str("member"))
    @app_commands.describe(member=locale_str("Someone who shares their progress"))
    async def progress(self, interaction: Interaction, member: discord.User | None = None) -> None:
        """Answer with the member's own card, or with another's; privately."""
        library, language = self._bot.library_for(interaction), self._bot.language_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if member is None or member.id == interaction.user.id:
            await show_own(interaction, library)
        elif not isinstance(member, discord.Member) or await self._hides(member):
            await interaction.edit_original_response(view=notice(_hidden(interaction, member, language)))
        else:
            await show_other(interaction, library, member)

    async def _hides(self, member: discord.Member) -> bool:
        return member.bot or await self._bot.store.marks.shared_since(member.id) is None


def _hidden(interaction: Interaction, user: discord.User | discord.Member, language: Language) -> str:
    """Why a user's progress isn't shown."""
    name = name_of(user, language)
    if user.bot:
        return language.t("**{name}** is a bot.", name=name)
    if interaction.guild_id is None:
        return language.t("You can see others' progress on a server only.")
    if not isinstance(user, discord.Member):
        return language.t("**{name}** isn't on this server.", name=name)
    return language.t("**{name}** doesn't share their progress.", name=name)

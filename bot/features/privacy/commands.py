"""/privacy."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.features.privacy.cards import kept_card


class Privacy(commands.Cog):
    """Shows what is stored about the member who asks, always privately; buttons download and delete it."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="privacy", description=locale_str("See, download or delete what I store about you."))
    async def privacy(self, interaction: Interaction) -> None:
        """Answer with the card."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._bot.store.privacy.everything_of(interaction.user.id)
        await interaction.edit_original_response(view=kept_card(kept, self._bot.language_for(interaction)))

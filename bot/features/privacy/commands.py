"""/privacy."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.limits import COSTLY
from bot.features.privacy import words
from bot.features.privacy.cards import delete_card, export_card, export_file, kept_card


class Privacy(commands.GroupCog, group_name="privacy", group_description=words.GROUP):
    """Shows, exports and deletes what is kept about the member who asks; always privately."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="show", description=words.SHOW)
    async def show(self, interaction: Interaction) -> None:
        """Answer in words and numbers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._bot.store.privacy.everything_of(interaction.user.id)
        await interaction.edit_original_response(view=kept_card(kept))

    @app_commands.command(name="export", description=words.EXPORT, extras=COSTLY)
    async def export(self, interaction: Interaction) -> None:
        """Answer with a JSON file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._bot.store.privacy.everything_of(interaction.user.id)
        await interaction.edit_original_response(view=export_card(), attachments=[export_file(kept)])

    @app_commands.command(name="counted", description=words.COUNTED_DESCRIPTION)
    @app_commands.describe(value=words.COUNTED_VALUE)
    async def counted(self, interaction: Interaction, value: bool) -> None:
        """Count the member in or out, from now on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if value:
            await self._bot.store.marks.opt_in_to_counts(interaction.user.id)
        else:
            await self._bot.store.marks.opt_out_of_counts(interaction.user.id, self._bot.clock())
        await interaction.edit_original_response(view=notice(words.COUNTED if value else words.NOT_COUNTED))

    @app_commands.command(name="delete", description=words.DELETE)
    async def delete(self, interaction: Interaction) -> None:
        """Ask first; the button deletes."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._bot.store.privacy.everything_of(interaction.user.id)
        card = notice(words.NOTHING) if words.keeps_nothing(kept) else delete_card(kept)
        await interaction.edit_original_response(view=card)

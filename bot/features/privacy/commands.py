"""/privacy: what is kept about a member, as a file too, and how to have it deleted."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_io.cards import notice
from bot.features.privacy.cards import delete_card, export_card, export_file, keeps_nothing, kept_card
from bot.store import Store

NOTHING = "I keep nothing about you, so there is nothing to delete."


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class Privacy(
    commands.GroupCog, group_name="privacy", group_description="What I keep about you, and how to delete it."
):
    """Shows, exports and deletes what is kept about the member who asks; always privately."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @app_commands.command(name="show", description="Say what I keep about you.")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in words and numbers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.everything_of(interaction.user.id)
        await interaction.edit_original_response(view=kept_card(kept))

    @app_commands.command(name="export", description="Get everything that I keep about you, as a file.")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with a JSON file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.everything_of(interaction.user.id)
        await interaction.edit_original_response(view=export_card(), attachments=[export_file(kept)])

    @app_commands.command(name="delete", description="Delete everything that I keep about you.")
    async def delete(self, interaction: discord.Interaction[Any]) -> None:
        """Ask first; the button deletes."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.everything_of(interaction.user.id)
        card = notice(NOTHING) if keeps_nothing(kept) else delete_card(kept)
        await interaction.edit_original_response(view=card)

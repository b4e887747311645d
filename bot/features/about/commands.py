"""/help, /about, and the greeting of a server that the bot joins."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.buttons import WeeklySetupButton
from bot.discord_io.cards import Card, notice
from bot.errors import StoreError
from bot.features.about import words
from bot.language import ENGLISH

log = logging.getLogger(__name__)


class About(commands.Cog):
    """Answers from the list alone."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="help", description=words.HELP)
    async def help(self, interaction: Interaction) -> None:
        """Answer with what to do first, privately."""
        library = self._bot.library_for(interaction)
        text = words.help_text(library.catalog, library.example, admin=interaction.permissions.manage_guild)
        await interaction.response.send_message(view=notice(text), ephemeral=True)

    @app_commands.command(name="about", description=words.ABOUT)
    async def about(self, interaction: Interaction) -> None:
        """Answer with what there is, privately."""
        catalog = self._bot.library_for(interaction).catalog
        await interaction.response.send_message(view=notice(words.about_text(catalog)), ephemeral=True)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server once, where the bot may write; one that adds it again knows it already."""
        channel = _channel_for_greeting(guild)
        if channel is None:
            return
        key = f"greeted:{guild.id}"
        try:
            if await self._bot.store.state.get(key) is None:
                await self._bot.store.state.put(key, "yes")
                await channel.send(view=self._greeting(guild))
        except (StoreError, discord.HTTPException) as error:
            log.info("Server %s is not greeted: %s", guild.id, error)

    def _greeting(self, guild: discord.Guild) -> Card:
        library = self._bot.catalogs.for_server(guild.id)
        text = discord.ui.TextDisplay[discord.ui.LayoutView](words.greeting(library.catalog, library.example))
        return Card([text, discord.ui.ActionRow(WeeklySetupButton.of(ENGLISH))])


def _channel_for_greeting(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel for the server's own messages, else the first in which the bot may write."""
    channels = [guild.system_channel, *guild.text_channels]
    return next((one for one in channels if one is not None and _may_write(one)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages

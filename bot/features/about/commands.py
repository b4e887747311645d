"""/help, and the greeting of a server that the bot joins."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.errors import StoreError
from bot.features.about.cards import greeting, help_card

log = logging.getLogger(__name__)


class About(commands.Cog):
    """Answers from the list alone."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="help", description=locale_str("How to get started."))
    async def help(self, interaction: Interaction) -> None:
        """Answer with the card, privately."""
        library, language = self._bot.library_for(interaction), self._bot.language_for(interaction)
        on_server = interaction.guild_id is not None
        admin = on_server and interaction.permissions.manage_guild
        card = help_card(library, language, admin=admin, on_server=on_server)
        await interaction.response.send_message(view=card, ephemeral=True)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server once, where the bot may write; one that adds it again knows it already."""
        channel = _channel_for_greeting(guild)
        if channel is None:
            return
        key = f"greeted:{guild.id}"
        try:
            if await self._bot.store.state.get(key) is None:
                language = self._bot.language_of(str(guild.preferred_locale))
                await channel.send(view=greeting(self._bot.catalogs.for_server(guild.id), language))
                await self._bot.store.state.put(key, "yes")
        except (StoreError, discord.HTTPException) as error:
            log.info("Server %s is not greeted: %s", guild.id, error)


def _channel_for_greeting(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel for the server's own messages, else the first in which the bot may write."""
    channels = [guild.system_channel, *guild.text_channels]
    return next((one for one in channels if one is not None and _may_write(one)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages

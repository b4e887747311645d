"""/help, and the greeting of a server that the bot joins."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.refusals import REQUEST_ERRORS, refusal_of, sentence_of
from bot.errors import StoreError
from bot.features.about.cards import greeting, help_card

log = logging.getLogger(__name__)

GREETING_PAUSES = (0.0, 60.0, 600.0)
"""Seconds before each attempt at a greeting: roles and permissions of a new bot are often set a minute later."""
GREETING_CHANNELS = 3
"""Channels that are tried in one attempt."""


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
        for pause in GREETING_PAUSES:
            await self._bot.sleep(pause)
            try:
                greeted = await self._bot.store.state.get(f"greeted:{guild.id}") is not None
                if greeted or await self._greet(guild):
                    return
            except (StoreError, *REQUEST_ERRORS) as error:
                log.info("Server %s is not greeted yet: %s", guild.id, sentence_of(error))

    async def _greet(self, guild: discord.Guild) -> bool:
        """Greet it in the first channel that takes the message; whether one did."""
        card = greeting(self._bot.catalogs.for_server(guild.id), self._bot.language_of(str(guild.preferred_locale)))
        for channel in _channels_for_greeting(guild):
            try:
                await channel.send(view=card, nonce=f"greeting{guild.id % 10**16}")
            except REQUEST_ERRORS as error:
                if refusal_of(error).tries is None:  # it may have been posted, or be taken a minute later
                    raise
                log.info("Server %s can't be greeted in channel %s: %s", guild.id, channel.id, sentence_of(error))
            else:
                await self._bot.store.state.put(f"greeted:{guild.id}", "yes")
                return True
        return False


def _channels_for_greeting(guild: discord.Guild) -> list[discord.TextChannel]:
    """The channel for the server's own messages, then others in which the bot may write, GREETING_CHANNELS in all."""
    channels = dict.fromkeys(filter(None, (guild.system_channel, *guild.text_channels)))
    return [one for one in channels if _may_write(one)][:GREETING_CHANNELS]


def _may_write(channel: discord.TextChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages

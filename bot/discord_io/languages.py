"""In which language a whole server reads: an admin chooses it with the weekly prompt."""

from __future__ import annotations

import discord

from bot.discord_io.bot import Interaction
from bot.discord_io.marks import in_time
from bot.jobs import schedules
from bot.language import Language


def proposed_locale(interaction: Interaction) -> str:
    """The locale of an interaction's server; where none was ever chosen, the member's: only communities have one."""
    guild: discord.Guild | None = interaction.guild
    has_one = guild is not None and "COMMUNITY" in guild.features and interaction.guild_locale is not None
    return str(interaction.guild_locale if has_one else interaction.locale)


async def shared_language(interaction: Interaction) -> Language:
    """What to answer in where everyone reads it; never raises, and never takes long."""
    bot, locale = interaction.client, proposed_locale(interaction)
    if interaction.guild_id is not None:
        weekly = await in_time(bot.store.look_up(schedules.of_guild, interaction.guild_id))
        locale = weekly.language if weekly else locale
    return bot.language_of(locale)

"""/weekly, an admin's panel with options for those who type, and /past for everyone."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.options import DAY_CHOICES, Choices, zone_choices
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT
from bot.errors import StudybotError
from bot.features.weekly.admin import require_admin, schedule_here
from bot.features.weekly.history import may_view, past_text
from bot.features.weekly.panel import Typed, show_panel
from bot.features.weekly.setting import Channel, PromptChannel
from bot.jobs.history import recent_deliveries
from bot.outcomes import State

PAST = 10
"""Prompts that /past shows."""


class Weekly(commands.Cog):
    """The commands."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="weekly", description=locale_str("Set up and change this server's weekly prompt."))
    @app_commands.rename(
        day=locale_str("day"),
        time=locale_str("time"),
        timezone=locale_str("timezone"),
        channel=locale_str("channel"),
        start=locale_str("start"),
    )
    @app_commands.describe(
        day=locale_str("Day of the week"),
        time=locale_str("Time of day, such as 18:30 or 9am"),
        timezone=locale_str("Time zone: type a city to find it"),
        channel=locale_str("Channel (default: this one)"),
        start=locale_str("Start over at this resource"),
    )
    @app_commands.choices(day=DAY_CHOICES)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def weekly(
        self,
        interaction: Interaction,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
        channel: app_commands.Transform[Channel, PromptChannel] | None = None,
        start: str | None = None,
    ) -> None:
        """Save what was typed, and show the panel."""
        require_admin(interaction)  # a server's own settings may show the command to others
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            await show_panel(interaction, library, Typed(channel, day, time, timezone, start))
        except StudybotError as error:
            await answer_failure(interaction, error)

    @weekly.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, current: str) -> Choices:
        return zone_choices(current, self._bot.language_for(interaction))

    @weekly.autocomplete("start")
    async def _starts(self, interaction: Interaction, current: str) -> Choices:
        library = self._bot.library_for(interaction)
        listed, language = library.index.complete(current, CHOICES_LIMIT), self._bot.language_for(interaction)
        return [app_commands.Choice(name=library.label(one, CHOICE_LIMIT, language), value=one.id) for one in listed]

    @app_commands.command(name="past", description=locale_str("Show the past prompts of this server, with links."))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def past(self, interaction: Interaction) -> None:
        """Show the last ones, as far as the member may view their channels."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        weekly, language = await schedule_here(interaction), self._bot.language_for(interaction)
        recent = await self._bot.store.read(recent_deliveries, weekly.id, 2 * PAST) if weekly else []
        posts = [one.post for one in recent if one.post.state is State.SENT and one.post.message_id]
        visible = [post for post in posts if may_view(interaction, post)][:PAST]
        await interaction.edit_original_response(view=notice(past_text(weekly, visible, language)))

"""/remind: a member's own weekly reminder, by direct message."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.modals import TypedSchedule, wrong_entry
from bot.discord_io.options import DAY_CHOICES, Choices, zone_choices
from bot.errors import ScheduleError
from bot.features.remind.panel import ChangeButton, set_reminder, show_reminder
from bot.jobs import reminders


class Remind(commands.Cog):
    """The command."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="remind", description=locale_str("Get your next step once a week, in a direct message."))
    @app_commands.rename(
        day=locale_str("day"),
        time=locale_str("time"),
        timezone=locale_str("timezone"),
        idle_only=locale_str("idle_only"),
    )
    @app_commands.describe(
        day=locale_str("Day of the week"),
        time=locale_str("Time of day, such as 18:30 or 9am"),
        timezone=locale_str("Your time zone: type a city"),
        idle_only=locale_str("Skip weeks when I've finished something"),
    )
    @app_commands.choices(day=DAY_CHOICES)
    async def remind(
        self,
        interaction: Interaction,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
        idle_only: bool | None = None,
    ) -> None:
        """Show the card; what was typed is saved first, and what wasn't stays."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if all(given is None for given in (day, time, timezone, idle_only)):
            await show_reminder(interaction)
            return
        old = await self._bot.store.look_up(reminders.of_user, interaction.user.id)
        typed = TypedSchedule.changed(old.schedule if old else None, day, time, timezone)
        language = self._bot.language_for(interaction)
        try:
            schedule = typed.parse(language)
        except ScheduleError as error:
            card = wrong_entry(error, ChangeButton.of(typed, language.t("Try again")), language)
            await interaction.edit_original_response(view=card)
            return
        await set_reminder(interaction, library, schedule, idle_only)

    @remind.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, current: str) -> Choices:
        return zone_choices(current, self._bot.language_for(interaction))

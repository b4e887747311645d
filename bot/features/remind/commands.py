"""/remind: a member's own weekly reminder, by direct message."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.options import Choices, zone_choices
from bot.discord_io.schedules import changed_schedule, next_dates
from bot.errors import ScheduleError, StoreError
from bot.features.remind import words
from bot.jobs import reminders
from bot.schedule import DAYS

log = logging.getLogger(__name__)


class Remind(commands.GroupCog, group_name="remind", group_description=words.GROUP):
    """The commands of /remind."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="weekly", description=words.WEEKLY)
    @app_commands.describe(
        day=words.DAY,
        time=words.TIME,
        timezone=words.TIMEZONE,
        idle_only=words.IDLE_ONLY,
    )
    @app_commands.choices(day=[app_commands.Choice(name=day.title(), value=day) for day in DAYS])
    async def weekly(
        self,
        interaction: Interaction,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
        idle_only: bool | None = None,
    ) -> None:
        """Try a direct message first, then save, then say when the first comes; what is not given stays."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        member = interaction.user
        old = await self._bot.store.look_up(reminders.of_user, member.id)
        try:
            schedule = changed_schedule(old.schedule if old else None, day, time, timezone)
        except ScheduleError as error:
            await answer_failure(interaction, error)
            return
        untested = old is None or old.paused_at is not None
        try:
            direct = await member.create_dm()
            if untested:
                await direct.send(words.TEST_MESSAGE)
        except discord.Forbidden:
            await _answer(interaction, words.CLOSED)
            return
        except discord.HTTPException as error:
            log.info("A test message could not be sent: %s", error)
            await _answer(interaction, words.NOT_NOW)
            return
        reminder = await self._bot.store.write(
            reminders.put,
            user_id=member.id,
            catalog_id=library.catalog.id,
            channel_id=direct.id,
            schedule=schedule,
            idle_only=idle_only if idle_only is not None else old is not None and old.idle_only,
            now=self._bot.clock(),
        )
        self._bot.delivery.wake()
        await _answer(interaction, words.set_reply(reminder, tested=untested))

    @weekly.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, current: str) -> Choices:
        return zone_choices(current)

    @app_commands.command(name="show", description=words.SHOW)
    async def show(self, interaction: Interaction) -> None:
        """Answer with the day and time, the next dates, and why it is paused, if it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await reminders.claim_pause_notice(self._bot.store, interaction.user.id)  # they are being told
        reminder = await self._bot.store.look_up(reminders.of_user, interaction.user.id)
        await _answer(interaction, words.show_reply(reminder, next_dates(reminder)) if reminder else words.NOT_SET)

    @app_commands.command(name="off", description=words.OFF_DESCRIPTION)
    async def off(self, interaction: Interaction) -> None:
        """Remove the reminder with everything recorded for it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._bot.store.write(reminders.remove, interaction.user.id)
        await _answer(interaction, words.OFF if removed else words.NOT_SET)

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        """Tell a member who uses the bot again that their reminder paused itself."""
        try:
            reminder = await reminders.claim_pause_notice(self._bot.store, interaction.user.id)
            if reminder is None or reminder.pause_reason is None:
                return
            if not await _told(interaction, words.paused_notice(reminder.pause_reason)):
                await self._bot.store.write(reminders.restore_pause_notice, reminder.user_id)
        except StoreError as error:
            log.info("A member is not told yet that their reminder is paused: %s", error)


async def _told(interaction: Interaction, text: str) -> bool:
    """Tell a member something beside the answer to their command; whether that reached them."""
    try:
        await interaction.followup.send(view=notice(text), ephemeral=True)
    except discord.HTTPException as error:
        log.info("A member could not be told something: %s", error)
        return False
    return True


async def _answer(interaction: Interaction, text: str) -> None:
    await interaction.edit_original_response(view=notice(text))

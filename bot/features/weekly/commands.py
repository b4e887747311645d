"""/weekly: what admins do with the weekly prompt."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.delivery import mentioned_lately
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.options import Choices, choices, named_choices
from bot.discord_io.schedules import changed_schedule, next_dates
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.errors import ScheduleError, StudybotError
from bot.features.weekly import words
from bot.features.weekly.buttons import off_card, skipped_already_card, skipped_card
from bot.features.weekly.checks import check_admin, check_channel, findings_in
from bot.features.weekly.options import Channel, PromptChannel, chosen_channel
from bot.features.weekly.panel import change, options_card
from bot.features.weekly.post import render_prompt
from bot.features.weekly.setup import FIRST_DAY, FIRST_TIME, save, saved_text, zone_card
from bot.features.weekly.walk import walk_of
from bot.outcomes import Reason, State
from bot.path import PATH, SHUFFLED
from bot.schedule import DAYS, parse_date, parse_day, parse_time
from bot.store import WeeklySchedule
from bot.zones import search_zones

HISTORY = 10
"""Prompts that /weekly history and /weekly past tell of."""
LATELY = 3
"""Prompts that /weekly show tells of."""
MEMBERS = frozenset({"past"})
"""The commands that every member may use. Discord hides a group as a whole or not at all, so the others are seen by
everybody, and refused here."""


@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
class Weekly(commands.GroupCog, group_name="weekly", group_description=words.GROUP):
    """The commands of /weekly."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Only who manages the server gets on, but for what MEMBERS may."""
        # It runs for autocomplete too, where there is nobody to tell.
        if interaction.permissions.manage_guild or interaction.type is discord.InteractionType.autocomplete:
            return True
        if interaction.command is not None and interaction.command.name in MEMBERS:
            return True
        raise app_commands.MissingPermissions(["manage_guild"])

    @app_commands.command(name="set", description=words.SET)
    @app_commands.describe(
        channel=words.SET_CHANNEL, day=words.SET_DAY, time=words.SET_TIME, timezone=words.SET_TIMEZONE
    )
    @app_commands.choices(day=[app_commands.Choice(name=day.title(), value=day) for day in DAYS])
    async def set(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[Channel, PromptChannel] | None = None,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
    ) -> None:
        """Check everything first, then save, then show the next post; what is not given stays."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        old = await self._schedule(interaction)
        try:
            target = channel or chosen_channel(self._bot, old, interaction.channel)
            check_admin(target, interaction.user)
            check_channel(target, old.follow_ups if old else ())
            if old is None and timezone is None:
                weekday, at = parse_day(day or FIRST_DAY), parse_time(time or FIRST_TIME)
                card = zone_card(target, weekday, at, self._bot.clock())
                await interaction.edit_original_response(view=card)
                return
            if old is None:
                schedule = changed_schedule(None, day or FIRST_DAY, time or FIRST_TIME, timezone)
            else:
                schedule = changed_schedule(old.schedule, day, time, timezone)
        except StudybotError as error:
            await answer_failure(interaction, error)
            return
        await save(interaction, library, target, schedule, old)

    @app_commands.command(name="options", description=words.OPTIONS)
    @app_commands.describe(order=words.OPTIONS_ORDER, start=words.OPTIONS_START)
    async def options(self, interaction: Interaction, order: str | None = None, start: str | None = None) -> None:
        """Show the panel; what was typed is saved first."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        remark = ""
        if order or start:
            try:
                weekly, remark = await change(interaction, library, weekly, order=order, start=start)
            except StudybotError as error:
                await answer_failure(interaction, error)
                return
        card = await options_card(self._bot, library, weekly, remark)
        await interaction.edit_original_response(view=card)

    @options.autocomplete("order")
    async def _orders(self, interaction: Interaction, current: str) -> Choices:
        groups = self._bot.library_for(interaction).catalog.groups
        pairs = [(PATH, words.ALONG_THE_PATH), (SHUFFLED, words.SHUFFLED_PATH)]
        return named_choices([*pairs, *((one.id, one.title) for one in groups if one.resources)], current)

    @options.autocomplete("start")
    async def _starts(self, interaction: Interaction, current: str) -> Choices:
        library = self._bot.library_for(interaction)
        listed = library.index.complete(current, CHOICES_LIMIT)
        return [app_commands.Choice(name=fit(one.title, CHOICE_LIMIT), value=one.id) for one in listed]

    @set.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, current: str) -> Choices:
        return choices(search_zones(current, limit=CHOICES_LIMIT))

    @app_commands.command(name="pause", description=words.PAUSE)
    @app_commands.describe(until=words.PAUSE_UNTIL)
    async def pause(self, interaction: Interaction, until: str | None = None) -> None:
        """Pause, for good or until a day."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (old := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        now = self._bot.clock()
        try:
            resume_at = parse_date(until, old.schedule.zone, now) if until else None
        except ScheduleError as error:
            await answer_failure(interaction, error)
            return
        weekly = await self._bot.store.pause(old.guild_id, by=interaction.user.id, now=now, resume_at=resume_at)
        self._bot.delivery.wake()
        await _answer(interaction, words.paused_reply(weekly) if weekly else words.NOT_SET)

    @app_commands.command(name="resume", description=words.RESUME)
    async def resume(self, interaction: Interaction) -> None:
        """End the pause and say when the next three come."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (old := await self._schedule(interaction)) is None or old.paused_at is None:
            await _answer(interaction, words.NOT_PAUSED if old else words.NOT_SET)
            return
        weekly = await self._bot.store.resume(old.guild_id, self._bot.clock())
        self._bot.delivery.wake()
        await _answer(interaction, await saved_text(self._bot, library, weekly) if weekly else words.NOT_SET)

    @app_commands.command(name="skip", description=words.SKIP)
    async def skip(self, interaction: Interaction) -> None:
        """Leave out one week; the resource comes the week after. Of a second week, ask first."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        now = self._bot.clock()
        if before := await self._bot.store.skipped_ahead(weekly.guild_id, now):
            await interaction.edit_original_response(view=skipped_already_card(weekly, before[-1]))
            return
        skipped = await self._bot.store.skip_next(weekly.guild_id, now)
        self._bot.delivery.wake()
        if skipped is None or skipped[1] is None:
            await _answer(interaction, words.UNDER_WAY if skipped else words.NOT_SET)
            return
        card = skipped_card(skipped[0], skipped[1], can_undo=skipped[1] > now)
        await interaction.edit_original_response(view=card)

    @app_commands.command(name="now", description=words.NOW)
    async def now(self, interaction: Interaction) -> None:
        """Post, and say where; shortly after another post without mentioning anybody."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        history = await self._bot.store.history(weekly.id)
        quiet = mentioned_lately(history.last, self._bot.clock())
        job = await self._bot.delivery.post_now(weekly)
        await _answer(interaction, words.now_reply(weekly, job, quiet=quiet) if job else words.GONE_MEANWHILE)

    @app_commands.command(name="past", description=words.PAST)
    async def past(self, interaction: Interaction) -> None:
        """Answer with the last ten that were posted."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NO_PAST)
            return
        recent = [one.post for one in await self._bot.store.recent(weekly.id, HISTORY)]
        posted = [one for one in recent if one.state is State.SENT and one.message_id and one.channel_id]
        await _answer(interaction, words.past_reply(weekly, posted))

    @app_commands.command(name="history", description=words.HISTORY)
    async def history(self, interaction: Interaction) -> None:
        """Answer with the last ten."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        await _answer(interaction, words.history_reply(weekly, await self._bot.store.recent(weekly.id, HISTORY)))

    @app_commands.command(name="doctor", description=words.DOCTOR)
    async def doctor(self, interaction: Interaction) -> None:
        """Answer with what is right, what is wrong, and how to fix it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        health = await self._bot.delivery.health(weekly)
        findings = [*findings_in(interaction.guild, weekly), *words.health_findings(weekly, health)]
        await _answer(interaction, words.doctor_reply(weekly, findings, next_dates(weekly)))

    @app_commands.command(name="show", description=words.SHOW)
    async def show(self, interaction: Interaction) -> None:
        """Answer with the schedule, what comes next and when, and what happened lately."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        walk, _ = await walk_of(self._bot, library, weekly)
        store = self._bot.store
        skipped = await store.skipped_ahead(weekly.guild_id, self._bot.clock())
        recent = await store.recent(weekly.id, LATELY)
        await _answer(interaction, words.show_reply(weekly, walk, next_dates(weekly), skipped, recent))

    @app_commands.command(name="preview", description=words.PREVIEW)
    async def preview(self, interaction: Interaction) -> None:
        """Answer with the next post exactly as it will be."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        prompt = await self._bot.delivery.upcoming(weekly)
        if isinstance(prompt, Reason):
            await _answer(interaction, words.nothing_reply(prompt))
            return
        message = render_prompt(prompt)
        await interaction.edit_original_response(content=message.content, view=message.view)

    @app_commands.command(name="off", description=words.OFF_DESCRIPTION)
    async def off(self, interaction: Interaction) -> None:
        """Ask first: what the schedule knows of the path goes with it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, words.NOT_SET)
            return
        await interaction.edit_original_response(view=off_card(weekly))

    async def _schedule(self, interaction: Interaction) -> WeeklySchedule | None:
        return await self._bot.store.schedule_for(_guild_id(interaction))


def _guild_id(interaction: Interaction) -> int:
    if interaction.guild_id is None:  # the command's contexts keep this from happening, on Discord's side
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def _answer(interaction: Interaction, text: str) -> None:
    """Answer after a defer: a card goes into the message that the member is waiting at."""
    await interaction.edit_original_response(view=notice(text))

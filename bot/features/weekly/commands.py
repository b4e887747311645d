"""/weekly: what admins do with the weekly prompt."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.options import Choices, choices, named_choices
from bot.discord_io.schedules import changed_schedule, next_dates
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.errors import ScheduleError, StudybotError
from bot.features.weekly.checks import check_admin, check_channel, check_role, findings_in
from bot.features.weekly.options import (
    Channel,
    PromptChannel,
    chosen_channel,
    chosen_order,
    chosen_start,
    order_words,
    wanted_follow_ups,
)
from bot.features.weekly.post import render_prompt
from bot.features.weekly.replies import (
    GONE_MEANWHILE,
    NOT_SET,
    OFF,
    UNDER_WAY,
    doctor_reply,
    health_findings,
    history_reply,
    nothing_reply,
    now_reply,
    paused_reply,
    set_reply,
    show_reply,
    skipped_reply,
)
from bot.outcomes import Reason
from bot.path import PATH, SHUFFLED
from bot.schedule import DAYS, parse_date
from bot.store import WeeklySchedule
from bot.zones import search_zones

NEEDED = "channel, day, time and timezone"
HISTORY = 10
"""Prompts that /weekly history tells of."""


@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(manage_guild=True)
class Weekly(commands.GroupCog, group_name="weekly", group_description="The weekly learning prompt of this server."):
    """The commands of /weekly."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Only who manages the server gets on: an admin may have opened the command to others in Discord's settings."""
        # It runs for autocomplete too, where there is nobody to tell.
        if interaction.permissions.manage_guild or interaction.type is discord.InteractionType.autocomplete:
            return True
        raise app_commands.MissingPermissions(["manage_guild"])

    @app_commands.command(name="set", description="Post a learning prompt every week, or change how.")
    @app_commands.describe(
        channel="Where to post",
        day="The day of the week",
        time="The time of day, such as 18:30 or 9am",
        timezone="The time zone, such as Europe/Berlin; type a city to find it",
        role="A role to mention with each prompt",
        no_role="Mention no role any more",
        order="The order of the prompts: along the path, shuffled, or one stage or track",
        start="The resource to begin with",
        thread="Open a thread under each post",
        pin="Pin each post, in place of the one before",
        poll="Ask in a poll what comes next",
    )
    @app_commands.choices(day=[app_commands.Choice(name=day.title(), value=day) for day in DAYS])
    async def set(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[Channel, PromptChannel] | None = None,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
        role: discord.Role | None = None,
        no_role: bool = False,
        order: str | None = None,
        start: str | None = None,
        thread: bool | None = None,
        pin: bool | None = None,
        poll: bool | None = None,
    ) -> None:
        """Check everything first, then save, then say when the next three come; what is not given stays."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        old = await self._schedule(interaction)
        follow_ups = {"thread": thread, "pin": pin, "poll": poll}
        try:
            schedule = changed_schedule(old.schedule if old else None, day, time, timezone, needed=NEEDED)
            target = channel or chosen_channel(self._bot, old)
            if channel is not None:
                check_admin(channel, interaction.user)
            check_channel(target, wanted_follow_ups(old, follow_ups))
            remark = check_role(target, role)
            new_order = chosen_order(library, order)
            start_id = chosen_start(library, start, new_order or (old.order if old else PATH))
        except StudybotError as error:
            await answer_failure(interaction, error)
            return
        weekly = await self._bot.store.put_schedule(
            guild_id=_guild_id(interaction),
            catalog_id=library.catalog.id,
            channel_id=target.id,
            role_id=None if no_role else role.id if role else old.role_id if old else None,
            schedule=schedule,
            created_by=interaction.user.id,
            now=self._bot.clock(),
            order=new_order,
            start_id=start_id,
            **follow_ups,
        )
        self._bot.delivery.wake()
        walk = await self._walk(library, weekly)
        await _answer(interaction, set_reply(weekly, *walk, next_dates(weekly), remark))

    @set.autocomplete("order")
    async def _orders(self, interaction: Interaction, current: str) -> Choices:
        groups = self._bot.library_for(interaction).catalog.groups
        pairs = [(PATH, "Along the path"), (SHUFFLED, "Shuffled")]
        return named_choices([*pairs, *((one.id, one.title) for one in groups if one.resources)], current)

    @set.autocomplete("start")
    async def _starts(self, interaction: Interaction, current: str) -> Choices:
        library = self._bot.library_for(interaction)
        found = [hit.resource for hit in library.index.search(current, limit=CHOICES_LIMIT).hits]
        listed = (found or list(library.catalog))[:CHOICES_LIMIT]
        return [app_commands.Choice(name=fit(one.title, CHOICE_LIMIT), value=one.id) for one in listed]

    @set.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, current: str) -> Choices:
        return choices(search_zones(current, limit=CHOICES_LIMIT))

    @app_commands.command(name="pause", description="Post nothing for a while.")
    @app_commands.describe(until="The day it goes on, such as 2027-01-11; without one, until /weekly resume")
    async def pause(self, interaction: Interaction, until: str | None = None) -> None:
        """Pause, for good or until a day."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (old := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        now = self._bot.clock()
        try:
            resume_at = parse_date(until, old.schedule.zone, now) if until else None
        except ScheduleError as error:
            await answer_failure(interaction, error)
            return
        weekly = await self._bot.store.pause(old.guild_id, by=interaction.user.id, now=now, resume_at=resume_at)
        self._bot.delivery.wake()
        await _answer(interaction, paused_reply(weekly) if weekly else NOT_SET)

    @app_commands.command(name="resume", description="Go on after a pause.")
    async def resume(self, interaction: Interaction) -> None:
        """End the pause and say when the next three come."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        weekly = await self._bot.store.resume(_guild_id(interaction), self._bot.clock())
        self._bot.delivery.wake()
        if weekly is None:
            await _answer(interaction, NOT_SET)
            return
        await _answer(interaction, set_reply(weekly, *await self._walk(library, weekly), next_dates(weekly), ""))

    @app_commands.command(name="skip", description="Leave out the next prompt only.")
    async def skip(self, interaction: Interaction) -> None:
        """Leave out one week; the resource comes the week after."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        skipped = await self._bot.store.skip_next(_guild_id(interaction), self._bot.clock())
        self._bot.delivery.wake()
        if skipped is None:
            await _answer(interaction, NOT_SET)
            return
        weekly, due_at = skipped
        await _answer(interaction, skipped_reply(weekly, due_at, next_dates(weekly)) if due_at else UNDER_WAY)

    @app_commands.command(name="now", description="Post the next prompt at once; the weekly rhythm stays.")
    async def now(self, interaction: Interaction) -> None:
        """Post, and say where."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        job = await self._bot.delivery.post_now(weekly)
        await _answer(interaction, now_reply(weekly, job) if job is not None else GONE_MEANWHILE)

    @app_commands.command(name="history", description="Show the last prompts: where, how late, and what went wrong.")
    async def history(self, interaction: Interaction) -> None:
        """Answer with the last ten."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        await _answer(interaction, history_reply(weekly, await self._bot.store.recent(weekly.id, HISTORY)))

    @app_commands.command(name="doctor", description="Check everything that the weekly prompt needs.")
    async def doctor(self, interaction: Interaction) -> None:
        """Answer with what is right, what is wrong, and how to fix it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        health = await self._bot.delivery.health(weekly)
        findings = [*findings_in(interaction.guild, weekly), *health_findings(weekly, health)]
        await _answer(interaction, doctor_reply(weekly, findings, next_dates(weekly)))

    @app_commands.command(name="show", description="Show when and where the weekly prompt comes.")
    async def show(self, interaction: Interaction) -> None:
        """Answer with the schedule, what comes next and when, and what happened lately."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        prompt = await self._bot.delivery.upcoming(weekly)
        upcoming = prompt if isinstance(prompt, Reason) else prompt.resource.title
        recent = await self._bot.store.recent(weekly.id, 3)
        walk = await self._walk(library, weekly)
        await _answer(interaction, show_reply(weekly, *walk, upcoming, next_dates(weekly), recent))

    @app_commands.command(name="preview", description="Show the next weekly prompt, to you alone.")
    async def preview(self, interaction: Interaction) -> None:
        """Answer with the next post exactly as it will be."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        prompt = await self._bot.delivery.upcoming(weekly)
        if isinstance(prompt, Reason):
            await _answer(interaction, nothing_reply(prompt))
            return
        message = render_prompt(prompt)
        await interaction.edit_original_response(content=message.content, view=message.view)

    @app_commands.command(name="off", description="End the weekly prompt and forget its schedule.")
    async def off(self, interaction: Interaction) -> None:
        """Remove the schedule with everything recorded for it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._bot.store.remove_schedule(_guild_id(interaction))
        await _answer(interaction, OFF if removed else NOT_SET)

    async def _schedule(self, interaction: Interaction) -> WeeklySchedule | None:
        return await self._bot.store.schedule_for(_guild_id(interaction))

    async def _walk(self, library: Library, weekly: WeeklySchedule) -> tuple[str, str | None]:
        """The name of a schedule's order, and the title that its present walk began with, if an admin chose one."""
        history = await self._bot.store.history(weekly.id)
        chosen = weekly.start_id if weekly.start_id and weekly.start_round >= history.round else None
        start = library.catalog.get(chosen) if chosen else None
        return order_words(library.catalog, weekly.order), start.title if start else None


def _guild_id(interaction: Interaction) -> int:
    if interaction.guild_id is None:  # the command's contexts keep this from happening, on Discord's side
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def _answer(interaction: Interaction, text: str) -> None:
    """Answer after a defer: a card goes into the message that the member is waiting at."""
    await interaction.edit_original_response(view=notice(text))

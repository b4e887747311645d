"""/weekly: the admins' hold on the weekly prompt, and the tick that posts what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.path import find_group, groups
from bot.cogs.posting import DiscordPoster
from bot.cogs.recommend import Choices, choices
from bot.cogs.ticker import Ticker
from bot.cogs.weekly_checks import check_channel, check_role, listed, missing_permissions
from bot.delivery import Report, deliver_due, deliver_now, upcoming_prompt
from bot.errors import ScheduleError, StudybotError
from bot.library import Library
from bot.path import PATH, SHUFFLED
from bot.schedule import DAYS, Schedule, parse_date, parse_day, parse_time, upcoming
from bot.store import Store, WeeklySchedule
from bot.views.cards import notice
from bot.views.failures import answer_failure
from bot.views.text import CHOICE_LIMIT, CHOICES_LIMIT, echo, fit
from bot.views.weekly_post import weekly_content, weekly_view
from bot.views.weekly_replies import (
    Finding,
    doctor_reply,
    history_reply,
    paused_reply,
    posted_reply,
    set_reply,
    show_reply,
    skipped_reply,
)
from bot.zones import resolve_zone, search_zones

log = logging.getLogger(__name__)

KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long a server that removed the bot may come back to what it had set."""

NOT_SET = "No weekly prompt is set here. `/weekly set` starts one."
UNDER_WAY = "The next prompt is being posted right now, so it is too late to leave it out."
NOTHING_TO_POST = "The index has no resources yet, so there is nothing to post."


@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(manage_guild=True)
class Weekly(commands.GroupCog, group_name="weekly", group_description="The weekly learning prompt of this server."):
    """The commands of /weekly and the ticker."""

    def __init__(self, bot: commands.Bot, library: Library, store: Store, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._library = library
        self._store = store
        self._clock = clock
        self._poster = DiscordPoster(bot)
        self._owner = uuid4().hex
        self._changed = True
        self._caught_up = False
        self._rest_until: datetime | None = None
        self._ticker = Ticker(self._look, clock)

    async def cog_load(self) -> None:
        """Start the ticker."""
        self._ticker.start(self._bot.wait_until_ready)

    async def cog_unload(self) -> None:
        """Stop the ticker."""
        self._ticker.stop()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Pause the schedule of a server that removed the bot."""
        await self._store.mark_left(guild.id, self._clock())

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep what a server that comes back had set."""
        await self._store.mark_returned(guild.id)

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
    )
    @app_commands.choices(day=[app_commands.Choice(name=day.title(), value=day) for day in DAYS])
    async def set(
        self,
        interaction: discord.Interaction[Any],
        channel: discord.TextChannel | None = None,
        day: str | None = None,
        time: str | None = None,
        timezone: str | None = None,
        role: discord.Role | None = None,
        no_role: bool = False,
        order: str | None = None,
        start: str | None = None,
        thread: bool | None = None,
    ) -> None:
        """Check everything first, then save, then say when the next three come; what is not given stays."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        old = await self._schedule(interaction)
        try:
            schedule = _schedule(old.schedule if old else None, day, time, timezone)
            target = channel or self._channel(old)
            check_channel(target, thread=bool(thread if thread is not None else old and old.thread))
            role_id = None if no_role else role.id if role else old.role_id if old else None
            remark = check_role(target, role)
            order_id, start_id = self._order(order), self._start(start)
        except StudybotError as error:
            await answer_failure(interaction, error)
            return
        weekly = await self._store.put_schedule(
            guild_id=_guild_id(interaction),
            channel_id=target.id,
            role_id=role_id,
            schedule=schedule,
            created_by=interaction.user.id,
            now=self._clock(),
        )
        weekly = (
            await self._store.put_ritual(weekly.guild_id, order=order_id, start_id=start_id, thread=thread) or weekly
        )
        self._changed = True
        await _answer(interaction, set_reply(weekly, _dates(weekly), remark))

    def _order(self, text: str | None) -> str | None:
        """The order that a text names; raises StudybotError if it names none."""
        if text is None or text.strip().casefold() in (PATH, SHUFFLED):
            return text and text.strip().casefold()
        if (group := find_group(self._library.catalog, text)) is None:
            titles = ", ".join(group.title for group in groups(self._library.catalog))
            raise StudybotError(f"“{echo(text)}” is no order. There are: path, shuffled, {titles}.")
        return group.id

    def _start(self, text: str | None) -> str | None:
        """The id of the resource that a text names; raises StudybotError if it names none."""
        if text is None:
            return None
        if text in self._library.catalog:
            return text
        hits = self._library.index.search(text, limit=1).hits
        if not hits:
            raise StudybotError(f"There is no resource “{echo(text)}”. Pick one from the list that Discord offers.")
        return hits[0].resource.id

    @set.autocomplete("order")
    async def _orders(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        names = {PATH: "Along the path", SHUFFLED: "Shuffled"}
        names |= {group.id: group.title for group in groups(self._library.catalog) if group.resources}
        fitting = [(value, name) for value, name in names.items() if current.strip().casefold() in name.casefold()]
        listed = fitting[:CHOICES_LIMIT]
        return [app_commands.Choice(name=fit(name, CHOICE_LIMIT), value=value) for value, name in listed]

    @set.autocomplete("start")
    async def _starts(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        catalog = self._library.catalog
        found = [hit.resource for hit in self._library.index.search(current, limit=CHOICES_LIMIT).hits]
        listed = (found or list(catalog))[:CHOICES_LIMIT]
        return [app_commands.Choice(name=fit(one.title, CHOICE_LIMIT), value=one.id) for one in listed]

    def _channel(self, old: WeeklySchedule | None) -> discord.TextChannel:
        """The channel of a schedule that is there; raises StudybotError if there is none any more."""
        channel = self._bot.get_channel(old.channel_id) if old else None
        if not isinstance(channel, discord.TextChannel):
            raise StudybotError("Choose a channel: the one that I posted in does not exist any more.")
        return channel

    @app_commands.command(name="pause", description="Post nothing for a while.")
    @app_commands.describe(until="The day it goes on, such as 2027-01-11; without one, until /weekly resume")
    async def pause(self, interaction: discord.Interaction[Any], until: str | None = None) -> None:
        """Pause, for good or until a day."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (old := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        now = self._clock()
        try:
            resume_at = parse_date(until, old.schedule.zone, now) if until else None
        except StudybotError as error:
            await answer_failure(interaction, error)
            return
        reason = f"<@{interaction.user.id}> paused it"
        weekly = await self._store.pause(_guild_id(interaction), reason=reason, now=now, resume_at=resume_at)
        self._changed = True
        await _answer(interaction, paused_reply(weekly) if weekly else NOT_SET)

    @app_commands.command(name="resume", description="Go on after a pause.")
    async def resume(self, interaction: discord.Interaction[Any]) -> None:
        """End the pause and say when the next three come."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        weekly = await self._store.resume(_guild_id(interaction), self._clock())
        self._changed = True
        await _answer(interaction, set_reply(weekly, _dates(weekly)) if weekly else NOT_SET)

    @app_commands.command(name="skip", description="Leave out the next prompt only.")
    async def skip(self, interaction: discord.Interaction[Any]) -> None:
        """Leave out one week; the resource comes the week after."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self._schedule(interaction) is None:
            await _answer(interaction, NOT_SET)
            return
        weekly = await self._store.skip_next(_guild_id(interaction))
        self._changed = True
        await _answer(interaction, skipped_reply(weekly, _dates(weekly)) if weekly else UNDER_WAY)

    @app_commands.command(name="now", description="Post the next prompt at once; the weekly rhythm stays.")
    async def now(self, interaction: discord.Interaction[Any]) -> None:
        """Post, and say where."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        try:
            message_id = await deliver_now(
                self._store, self._library.catalog, self._poster, weekly, now=self._clock(), owner=self._owner
            )
        except StudybotError as error:
            await _answer(interaction, f"That did not work: {error}.")
            return
        await _answer(interaction, posted_reply(weekly, message_id) if message_id is not None else NOTHING_TO_POST)

    @app_commands.command(name="history", description="Show the last prompts: where, how late, and what went wrong.")
    async def history(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the last ten."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        recent = await self._store.recent_deliveries(weekly.id, limit=10)
        await _answer(interaction, history_reply(weekly, recent, self._library.catalog))

    @app_commands.command(name="doctor", description="Check everything that the weekly prompt needs.")
    async def doctor(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with what is right, what is wrong, and how to mend it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        findings = [*_findings_in(interaction.guild, weekly), *self._findings_here(weekly)]
        await _answer(interaction, doctor_reply(weekly, findings, _dates(weekly), self._ticker.last_success))

    def _findings_here(self, weekly: WeeklySchedule) -> Iterator[Finding]:
        yield Finding(
            weekly.paused_reason is None,
            "It is running",
            f"It is paused: {weekly.paused_reason}. `/weekly resume` goes on",
        )
        ticked = self._ticker.failures == 0
        yield Finding(ticked, "I look for due prompts", f"My last {self._ticker.failures} looks for due prompts failed")

    @app_commands.command(name="show", description="Show when and where the weekly prompt comes.")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the schedule, its next dates and what happened lately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        recent = await self._store.recent_deliveries(weekly.id, limit=3)
        await _answer(interaction, show_reply(weekly, _dates(weekly), recent))

    @app_commands.command(name="preview", description="Show the next weekly prompt, to you alone.")
    async def preview(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the next post exactly as it will be."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        prompt = await upcoming_prompt(self._store, self._library.catalog, weekly)
        if prompt is None:
            await _answer(interaction, NOTHING_TO_POST)
            return
        await interaction.edit_original_response(
            content=weekly_content(prompt), view=weekly_view(prompt), allowed_mentions=discord.AllowedMentions.none()
        )

    @app_commands.command(name="off", description="End the weekly prompt and forget its schedule.")
    async def off(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the schedule with everything recorded for it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._store.remove_schedule(_guild_id(interaction))
        await _answer(interaction, "The weekly prompt is off, and its schedule is forgotten." if removed else NOT_SET)

    @set.autocomplete("timezone")
    async def _zones(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(search_zones(current, limit=CHOICES_LIMIT))

    async def _schedule(self, interaction: discord.Interaction[Any]) -> WeeklySchedule | None:
        return await self._store.schedule_for(_guild_id(interaction))

    async def _look(self) -> None:
        """Deliver what is due, unless it is known that nothing can be."""
        if not self._changed and self._rest_until is not None and self._clock() < self._rest_until:
            return
        self._changed = False
        if not self._caught_up:
            await self._catch_up()
        now = self._clock()
        await self._store.resume_due(now)
        await self._store.forget_left(now - KEPT_AFTER_LEAVING)
        while (await self._deliver()).more:
            pass
        if self._store.private:  # else another process may set a schedule any moment
            self._rest_until = await self._store.next_due() or datetime.max.replace(tzinfo=UTC)

    async def _catch_up(self) -> None:
        """Learn which servers removed the bot, or added it again, while it was offline: before any is forgotten."""
        here = {guild.id for guild in self._bot.guilds}
        for guild_id in await self._store.guilds_with_schedules() - here:
            await self._store.mark_left(guild_id, self._clock())
        for guild_id in await self._store.guilds_left() & here:
            await self._store.mark_returned(guild_id)
        self._caught_up = True

    async def _deliver(self) -> Report:
        report = await deliver_due(
            self._store, self._library.catalog, self._poster, now=self._clock(), owner=self._owner
        )
        if report.outcomes:
            log.info("Weekly prompts: %s", report)
        return report


def _schedule(old: Schedule | None, day: str | None, time: str | None, timezone: str | None) -> Schedule:
    """The schedule that is there, with what was given changed; raises ScheduleError."""
    if old is None and not (day and time and timezone):
        raise ScheduleError("For the first time I need all of these: channel, day, time and timezone.")
    return Schedule(
        parse_day(day or "") if day or old is None else old.weekday,
        parse_time(time or "") if time or old is None else old.time,
        resolve_zone(timezone or "") if timezone or old is None else old.zone,
    )


def _findings_in(guild: discord.Guild | None, weekly: WeeklySchedule) -> Iterator[Finding]:
    """What a schedule needs in its server."""
    channel = guild.get_channel(weekly.channel_id) if guild else None
    yield Finding(
        channel is not None, f"<#{weekly.channel_id}> is there", "The channel is gone: `/weekly set channel:`"
    )
    if channel is not None:
        missing = missing_permissions(channel, thread=weekly.thread)
        right = f"I may post in {channel.mention}"
        yield Finding(not missing, right, f"I need {listed(missing)} in {channel.mention}" if missing else "")
    if weekly.role_id is not None:
        role = guild.get_role(weekly.role_id) if guild else None
        right = f"<@&{weekly.role_id}> is there"
        yield Finding(role is not None, right, "The role is gone: choose another, or `/weekly set no_role: True`")


def _dates(weekly: WeeklySchedule) -> list[datetime]:
    """The next three occurrences."""
    return [weekly.next_at, *upcoming(weekly.schedule, weekly.next_at, 2)]


def _guild_id(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:  # guild_only keeps this from happening, on Discord's side
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def _answer(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer after a defer: a card goes into the message that the member is waiting at."""
    await interaction.edit_original_response(view=notice(text), allowed_mentions=discord.AllowedMentions.none())

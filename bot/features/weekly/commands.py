"""/weekly: the admins' hold on the weekly prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import Library
from bot.discord_io.cards import notice
from bot.discord_io.delivery_loop import Delivering
from bot.discord_io.failures import answer_failure
from bot.discord_io.options import Choices, choices
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.errors import StudybotError
from bot.features.weekly.checks import check_channel, check_role, findings_in
from bot.features.weekly.options import (
    Channel,
    PromptChannel,
    chosen_channel,
    chosen_order,
    chosen_schedule,
    chosen_start,
    wanted_extras,
)
from bot.features.weekly.post import weekly_content, weekly_view
from bot.features.weekly.replies import (
    Finding,
    doctor_reply,
    history_reply,
    paused_reply,
    posted_reply,
    set_reply,
    show_reply,
    skipped_reply,
)
from bot.path import PATH, SHUFFLED
from bot.schedule import DAYS, parse_date, upcoming
from bot.store import Store, WeeklySchedule
from bot.zones import search_zones

OVERDUE = timedelta(minutes=10)
"""From when on a tick is missing: ten thousand prompts take four minutes."""
NEEDED = "channel, day, time and timezone"
NOT_SET = "No weekly prompt is set here. `/weekly set` starts one."
UNDER_WAY = "The next prompt is being posted right now, so it is too late to leave it out."
NOTHING_TO_POST = "The index has no resources yet, so there is nothing to post."


@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(manage_guild=True)
class Weekly(commands.GroupCog, group_name="weekly", group_description="The weekly learning prompt of this server."):
    """The commands of /weekly."""

    def __init__(
        self,
        bot: commands.Bot,
        library: Library,
        store: Store,
        clock: Callable[[], datetime],
        delivering: Delivering,
    ) -> None:
        self._bot = bot
        self._library = library
        self._store = store
        self._clock = clock
        self._delivering = delivering

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
        interaction: discord.Interaction[Any],
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
        await interaction.response.defer(ephemeral=True, thinking=True)
        old = await self._schedule(interaction)
        try:
            schedule = chosen_schedule(old.schedule if old else None, day, time, timezone, needed=NEEDED)
            target = channel or chosen_channel(self._bot, old)
            given = {"thread": thread, "pin": pin, "poll": poll}
            check_channel(target, wanted_extras(old, given))
            role_id = None if no_role else role.id if role else old.role_id if old else None
            remark = check_role(target, role)
            order_id, start_id = chosen_order(self._library, order), chosen_start(self._library, start)
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
        changed = await self._store.put_ritual(weekly.guild_id, order=order_id, start_id=start_id, **given)
        weekly = changed or weekly
        self._delivering.wake()
        await _answer(interaction, set_reply(weekly, _dates(weekly), remark))

    @set.autocomplete("order")
    async def _orders(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        names = {PATH: "Along the path", SHUFFLED: "Shuffled"}
        names |= {group.id: group.title for group in self._library.catalog.groups if group.resources}
        fitting = [(value, name) for value, name in names.items() if current.strip().casefold() in name.casefold()]
        listed = fitting[:CHOICES_LIMIT]
        return [app_commands.Choice(name=fit(name, CHOICE_LIMIT), value=value) for value, name in listed]

    @set.autocomplete("start")
    async def _starts(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        catalog = self._library.catalog
        found = [hit.resource for hit in self._library.index.search(current, limit=CHOICES_LIMIT).hits]
        listed = (found or list(catalog))[:CHOICES_LIMIT]
        return [app_commands.Choice(name=fit(one.title, CHOICE_LIMIT), value=one.id) for one in listed]

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
        self._delivering.wake()
        await _answer(interaction, paused_reply(weekly) if weekly else NOT_SET)

    @app_commands.command(name="resume", description="Go on after a pause.")
    async def resume(self, interaction: discord.Interaction[Any]) -> None:
        """End the pause and say when the next three come."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        weekly = await self._store.resume(_guild_id(interaction), self._clock())
        self._delivering.wake()
        await _answer(interaction, set_reply(weekly, _dates(weekly)) if weekly else NOT_SET)

    @app_commands.command(name="skip", description="Leave out the next prompt only.")
    async def skip(self, interaction: discord.Interaction[Any]) -> None:
        """Leave out one week; the resource comes the week after."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self._schedule(interaction) is None:
            await _answer(interaction, NOT_SET)
            return
        weekly = await self._store.skip_next(_guild_id(interaction))
        self._delivering.wake()
        await _answer(interaction, skipped_reply(weekly, _dates(weekly)) if weekly else UNDER_WAY)

    @app_commands.command(name="now", description="Post the next prompt at once; the weekly rhythm stays.")
    async def now(self, interaction: discord.Interaction[Any]) -> None:
        """Post, and say where."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        try:
            sent = await self._delivering.now(weekly)
        except StudybotError as error:
            await _answer(interaction, f"That did not work: {error}.")
            return
        await _answer(interaction, posted_reply(weekly, sent) if sent is not None else NOTHING_TO_POST)

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
        findings = [*findings_in(interaction.guild, weekly), *self._findings_here(weekly)]
        await _answer(interaction, doctor_reply(weekly, findings, _dates(weekly), self._delivering.ticker.last_success))

    def _findings_here(self, weekly: WeeklySchedule) -> Iterator[Finding]:
        yield Finding(
            weekly.paused_reason is None,
            "It is running",
            f"It is paused: {weekly.paused_reason}. `/weekly resume` goes on",
        )
        ticker = self._delivering.ticker
        looking = ticker.last_success is not None and self._clock() - ticker.last_success < OVERDUE
        wrong = f"I have not looked for due prompts as I should; {ticker.failures} tries failed. Tell who hosts me"
        yield Finding(looking, "I look for due prompts", wrong)

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
        prompt = await self._delivering.upcoming(weekly)
        if prompt is None:
            await _answer(interaction, NOTHING_TO_POST)
            return
        await interaction.edit_original_response(
            content=weekly_content(prompt),
            view=weekly_view(prompt.resource),
            allowed_mentions=discord.AllowedMentions.none(),
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

"""The bot's delivery: a worker that the ticker keeps going, and which servers still have the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from bot.catalogs import Catalogs
from bot.discord_io.messenger import DiscordMessenger
from bot.discord_io.refusals import REQUEST_ERRORS, means
from bot.errors import StoreError
from bot.jobs import Job, JobKind, Prompt, PromptJob, Ticker, WeeklySchedule, Worker, schedules
from bot.jobs.due import enqueue_now, realign
from bot.jobs.history import history_of, job_with
from bot.outcomes import Reason, State
from bot.shards import Shards
from bot.store import Store

log = logging.getLogger(__name__)

KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long a schedule is kept after the bot was removed."""
OUTCOME_SECONDS = 45.0
"""How long an admin waits for the outcome of *Post now*. Discord lets them wait 15 minutes."""
PAGE = 200
"""Servers in one answer of Discord's: https://discord.com/developers/docs/resources/user#get-current-user-guilds."""


class Delivery(commands.Cog):
    """What the bot delivers; the features register their kinds of jobs, and wake it when they change a schedule.

    With `shards` it delivers to their servers alone, and makes their share of the bot's requests.
    """

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        catalogs: Catalogs,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        shards: Shards | None = None,
    ) -> None:
        self._client, self._store, self._catalogs, self._clock = client, store, catalogs, clock
        self._shards = shards
        self._messenger = DiscordMessenger(client, shards.share if shards else 1.0)
        self._ticker = Ticker(self._look, clock, sleep)
        self._worker = Worker(store, catalogs, self._messenger, clock, wake=self.wake, shards=shards)
        self._prompts: PromptJob | None = None
        self._aligned = False
        self._caught_up = False
        self._catching_up: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Start."""
        self._ticker.start(self._client.wait_until_ready)

    async def cog_unload(self) -> None:
        """Stop."""
        self._ticker.stop()
        if self._catching_up is not None:
            self._catching_up.cancel()
        await self._worker.stop()

    def register(self, kind: JobKind) -> None:
        """Have jobs of a kind attempted."""
        self._worker.register(kind)
        if isinstance(kind, PromptJob):
            self._prompts = kind

    def wake(self) -> None:
        """Something was changed: look at once for what is due."""
        self._ticker.wake()

    async def tick(self) -> None:
        """Look once for what is due, as happens by itself every half minute; never raises."""
        await self._ticker.tick()

    async def post_now(self, schedule: WeeklySchedule) -> Job | None:
        """Post a server's next prompt at once, in addition to its schedule; returns its job after an attempt at it.

        Of several calls at once each gets the same job. None if the schedule is gone. Raises StoreError.
        """
        store = self._store
        job_id = await store.write(enqueue_now, schedule.id, self._clock())
        if job_id is None:
            return None
        ended = self._worker.watch(job_id)
        self.wake()
        job = await store.look_up(job_with, job_id)
        if job is not None and job.state is State.WAITING:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), OUTCOME_SECONDS)
        return await store.look_up(job_with, job_id)

    async def upcoming(self, schedule: WeeklySchedule) -> Prompt | Reason:
        """The prompt that a server gets next, or why there is none; raises StoreError."""
        assert self._prompts is not None, "the feature that posts prompts is not there"  # noqa: S101
        history = await self._store.read(history_of, schedule.id)
        now = self._clock()
        return await self._prompts.upcoming(schedule, history, self._catalogs, self._messenger, now)

    @property
    def last_checked_at(self) -> datetime | None:
        """When due jobs were last looked for."""
        return self._ticker.last_success

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Pause the schedule of a server that removed the bot."""
        self._caught_up = False  # should this fail, the next tick learns of it
        self.wake()
        await self._store.write(schedules.mark_left, guild.id, self._clock())

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Learn what changed during a lost connection."""
        self._caught_up = False
        self.wake()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Go on with the schedule of a server that added the bot again."""
        await self._store.write(schedules.mark_returned, guild.id, self._clock())
        self.wake()

    async def _look(self) -> None:
        """Have what is due attempted."""
        store, clock = self._store, self._clock
        if not self._aligned:
            await self._align()
        if self._caught_up:
            await store.write(schedules.forget_left, clock() - KEPT_AFTER_LEAVING, self._shards)
        elif self._catching_up is None or self._catching_up.done():
            # In a task of its own: a tick that takes too long is cancelled, and a request never may be.
            self._catching_up = asyncio.create_task(self._catch_up())
        await self._worker.tick()

    async def _align(self) -> None:
        """Move upcoming occurrences to where the zone data has them, which may have changed with this start."""
        if moved := await realign(self._store, self._clock(), self._shards):
            log.info("The zone data changed: %s schedules move to their wall-clock time", moved)
        self._aligned = True

    async def _catch_up(self) -> None:
        """Learn which servers removed the bot, or added it again, unnoticed: before any is forgotten.

        Discord is asked, and not the cache: that one keeps servers that are gone. Those of other processes are theirs.
        """
        store, clock = self._store, self._clock
        try:
            here = await self._guilds_here()
            for guild_id in await store.read(schedules.guilds_served, self._shards) - here:
                if await self._has_left(guild_id):
                    await store.write(schedules.mark_left, guild_id, clock())
            for guild_id in await store.read(schedules.guilds_left, self._shards) & here:
                await store.write(schedules.mark_returned, guild_id, clock())
        except (StoreError, *REQUEST_ERRORS) as error:
            log.warning("It is not known yet which servers removed the bot; the next tick asks again: %s", error)
            return
        self._caught_up = True
        self.wake()

    async def _guilds_here(self) -> set[int]:
        """The servers that Discord lists, a page at a time."""
        here: set[int] = set()
        async for guild in self._client.fetch_guilds(limit=None, with_counts=False):
            if len(here) % PAGE == 0:
                await self._messenger.turn()
            here.add(guild.id)
        return here

    async def _has_left(self, guild_id: int) -> bool:
        """Whether Discord says that the bot is not in a server: a list that lacks it may be an incomplete one."""
        await self._messenger.turn()
        try:
            await self._client.fetch_guild(guild_id, with_counts=False)
        except discord.HTTPException as error:
            return means(error, Reason.CHANNEL_GONE, Reason.FORBIDDEN)
        return False

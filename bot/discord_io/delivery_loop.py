"""The tick that delivers what is due, in every server and to every member, and what it must know of the servers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import discord
from discord.ext import commands

from bot.catalogs import Library
from bot.delivery import Prompt, Sent, deliver_due, deliver_now, finish_interrupted, upcoming_prompt
from bot.discord_io.messenger import DiscordPoster
from bot.discord_io.ticker import Ticker
from bot.store import Store, WeeklySchedule

log = logging.getLogger(__name__)

KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long a server that removed the bot may come back to what it had set."""
LANES = 4
"""Batches under way at a time. With one, a server that hangs holds up all others for as long as a post may take."""


class Delivering(commands.Cog):
    """Delivers by the ticker, and at an admin's word; `ticker` says how that goes."""

    def __init__(self, bot: commands.Bot, library: Library, store: Store, clock: Callable[[], datetime]) -> None:
        self.poster = DiscordPoster(bot)
        self.ticker = Ticker(self._look, clock)
        self._bot = bot
        self._library = library
        self._store = store
        self._clock = clock
        self._owner = uuid4().hex
        self._changed = True
        self._aligned = False
        self._caught_up = False
        self._rest_until: datetime | None = None

    async def cog_load(self) -> None:
        """Start the ticker."""
        self.ticker.start(self._bot.wait_until_ready)

    async def cog_unload(self) -> None:
        """Stop the ticker."""
        self.ticker.stop()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Pause the schedule of a server that removed the bot."""
        self._caught_up = False  # should this fail, the next tick learns of it
        self.wake()
        await self._store.mark_left(guild.id, self._clock())

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Learn what changed during a lost connection."""
        self._caught_up = False
        self.wake()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep what a server that comes back had set."""
        await self._store.mark_returned(guild.id)

    def wake(self) -> None:
        """A schedule was changed: what is due may come sooner than it was known to."""
        self._changed = True

    async def now(self, weekly: WeeklySchedule) -> Sent | None:
        """Post a server's next prompt at once and return where it is; None for an index without resources.

        Raises CannotPost, PostFailed or StoreError.
        """
        self.wake()
        return await deliver_now(
            self._store, self._library.catalog, self.poster, weekly, now=self._clock(), owner=self._owner
        )

    async def upcoming(self, weekly: WeeklySchedule) -> Prompt | None:
        """The prompt that a server gets next, None for an index without resources; raises StoreError."""
        return await upcoming_prompt(self._store, self._library.catalog, self.poster, weekly, now=self._clock())

    async def _look(self) -> None:
        """Deliver what is due, unless it is known that nothing can be."""
        if not self._changed and self._rest_until is not None and self._clock() < self._rest_until:
            return
        self._changed = False
        if not self._aligned:
            await self._align()
        if not self._caught_up:
            await self._catch_up()
        now = self._clock()
        await self._store.resume_due(now)
        await self._store.forget_left(now - KEPT_AFTER_LEAVING)
        if await self._batch():
            await self._lanes()
        catalog = self._library.catalog
        await finish_interrupted(self._store, catalog, self.poster, now=self._clock(), owner=self._owner)
        if self._store.private:  # else another process may set a schedule any moment
            self._rest_until = await self._store.next_due() or datetime.max.replace(tzinfo=UTC)

    async def _lanes(self) -> None:
        """Deliver several batches at a time until nothing is due that nobody is at work on."""
        for ended in await asyncio.gather(*(self._lane() for _ in range(LANES)), return_exceptions=True):
            if ended is not None:  # raised once all have ended: the next tick does not run beside one of this
                raise ended

    async def _lane(self) -> None:
        while await self._batch():
            pass

    async def _batch(self) -> bool:
        """Deliver one batch; whether more is due."""
        report = await deliver_due(
            self._store, self._library.catalog, self.poster, now=self._clock(), owner=self._owner
        )
        if report.outcomes:
            log.info("Delivered: %s", report)
        return report.more

    async def _align(self) -> None:
        """Move what is to come to where today's zone data has it, which may have changed with this start."""
        if moved := await self._store.realign(self._clock()):
            log.info("The zone data changed: %s schedules move to their wall-clock time", moved)
        self._aligned = True

    async def _catch_up(self) -> None:
        """Learn which servers removed the bot, or added it again, unnoticed: before any is forgotten."""
        here = {guild.id for guild in self._bot.guilds}
        for guild_id in await self._store.guilds_with_schedules() - here:
            await self._store.mark_left(guild_id, self._clock())
        for guild_id in await self._store.guilds_left() & here:
            await self._store.mark_returned(guild_id)
        self._caught_up = True

"""A walk of admins: random changes in every phase of an attempt, over faults, changes of clocks and leaps of the clock.

`python -m tests.faults.walk 1000 [URL]` makes that many walks, each from its number as the seed, on databases in memory
or on the one at an address, which it empties before each. A walk keeps a model of its
own of what may and must happen, and fails where the bot does something else.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import time as clock
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.errors import PostFailed
from bot.jobs import Job, WeeklySchedule, schedules
from bot.jobs.due import enqueue_now
from bot.jobs.history import recent_deliveries
from bot.outcomes import Reason, State
from bot.schedule import Schedule, next_occurrence, week_of
from bot.store import Store, tables
from tests.delivery_world import Killed, World, fail
from tests.store.test_contract import expire

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
BEGINNINGS = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC))
"""Shortly before clocks change, and before a year does."""
STEPS = 70
PAUSES = (10, 40, 100, 400, 1800, 7200, 30_000, 90_000, 400_000)
"""Seconds from one step to the next, at random."""
HARMS = ("none", "none", "none", "outage", "lost answer", "killed before", "killed after", "bug")
DEED_WEIGHTS = {
    "nothing": 8, "day": 2, "zone": 2, "time": 2, "channel": 1, "order": 1, "start": 1, "skip": 2, "pause": 1,
    "pause until": 1, "resume": 2, "now": 2, "off": 0.3, "leap": 1,
}  # fmt: skip
GRACE = timedelta(hours=12)
LEASE = timedelta(seconds=90)


class Walk:
    """One walk. What the model knows is in `deeds`, `harms` and `due`."""

    def __init__(self, seed: int, store: Store, catalog: Catalog) -> None:
        self.random = random.Random(seed)
        self.world = World(store, catalog)
        self.store = store
        self.catalog = catalog
        self.now = self.random.choice(BEGINNINGS) + timedelta(minutes=self.random.randrange(20_000))
        self.deeds: set[str] = set()
        self.harms: set[str] = set()
        self.due: dict[int, set[str]] = {}
        self.longest_gap = timedelta(0)
        self.ticked_at = self.now

    async def run(self) -> None:
        await self.set(schedule=self.rule())
        for _ in range(STEPS):
            await self.step()
        self.world.channel.before, self.world.channel.after = [], []
        for _ in range(30):  # everything comes to its end
            self.pass_time(timedelta(hours=1))
            await self.note_due()
            await self.tick("none")
        await self.check_end()

    async def step(self) -> None:
        if self.random.random() < 0.5 and (weekly := await self.schedule()) is not None:
            # To the due instant and a little around it: there the phases of an attempt are.
            until = weekly.next_at - self.now + timedelta(seconds=self.random.choice((-20, 0, 5, 30, 120)))
            pause = max(until, timedelta(seconds=1))
        else:
            pause = timedelta(seconds=self.random.choice(PAUSES))
        self.pass_time(pause)
        deed = self.random.choices(list(DEED_WEIGHTS), list(DEED_WEIGHTS.values()))[0]
        if deed != "leap":
            await self.note_due()
        await self.do(deed)
        await self.tick(self.random.choice(HARMS))
        await self.check()

    def pass_time(self, pause: timedelta) -> None:
        self.longest_gap = max(self.longest_gap, pause)
        self.now += pause

    async def note_due(self) -> None:
        """Note which weeks of the rule in force are due by now."""
        weekly = await self.schedule()
        if weekly is not None and weekly.paused_at is None:
            instant = weekly.next_at
            while instant <= self.now:
                self.due.setdefault(weekly.id, set()).add(week_of(weekly.schedule, instant))
                instant = next_occurrence(weekly.schedule, instant)

    async def do(self, deed: str) -> None:
        weekly = await self.schedule()
        if deed == "leap":
            self.now += timedelta(minutes=self.random.randrange(-150, 150))
            self.longest_gap = timedelta(days=1)  # who is to know how long it was
            await self.note_due()
        elif weekly is None:
            await self.set(schedule=self.rule())
        elif deed in ("day", "zone", "time"):
            await self.set(schedule=self.rule(weekly.schedule, deed))
        elif deed == "channel":
            await self.set(schedule=weekly.schedule, channel_id=self.random.choice((10, 11)))
        elif deed == "order":
            await self.set(schedule=weekly.schedule, order=self.random.choice(("path", "shuffled")))
        elif deed == "start":
            start = self.random.choice(self.catalog.resources).id
            await self.set(schedule=weekly.schedule, start_id=start, order="path")
        else:
            await self.manage(deed, weekly)
        self.deeds.add(deed)

    async def manage(self, deed: str, weekly: WeeklySchedule) -> None:
        if deed == "skip":
            await self.store.write(schedules.skip_next, 1, self.now)
        elif deed == "pause":
            await self.store.write(schedules.pause, 1, by=5, now=self.now)
        elif deed == "pause until":
            until = self.now + timedelta(days=self.random.randrange(1, 20))
            await self.store.write(schedules.pause, 1, by=5, now=self.now, resume_at=until)
        elif deed == "resume":
            await self.store.write(schedules.resume, 1, self.now)
        elif deed == "now":
            await self.store.write(enqueue_now, weekly.id, self.now)
        elif deed == "off":
            await self.store.write(schedules.remove, 1)

    async def set(self, **given: Any) -> None:
        # Not a change of list or channel that makes nonsense: what an admin may type into /weekly set.
        values = {"catalog_id": self.catalog.id, "channel_id": 10, "role_id": None, "created_by": 5} | given
        await self.store.write(schedules.put, guild_id=1, now=self.now, **values)

    def rule(self, old: Schedule | None = None, change: str = "") -> Schedule:
        fresh = Schedule(
            self.random.randrange(7),
            time(self.random.choice((0, 2, 9, 23)), self.random.choice((0, 30))),
            self.random.choice(ZONES),
        )
        if old is None:
            return fresh
        return Schedule(
            fresh.weekday if change == "day" else old.weekday,
            fresh.time if change == "time" else old.time,
            fresh.zone if change == "zone" else old.zone,
        )

    async def tick(self, harm: str) -> None:
        if self.now - self.ticked_at >= LEASE:
            await expire(self.store)  # PostgreSQL's own clock, by which it judges leases, stands still meanwhile
        self.ticked_at = self.now
        error: BaseException = {
            "outage": PostFailed("503"), "lost answer": PostFailed("reset"), "bug": RuntimeError("a bug of the walk"),
        }.get(harm, Killed())  # fmt: skip
        channel = self.world.channel
        channel.before = [fail(error)] if harm in ("outage", "killed before", "bug") else []
        channel.after = [fail(error)] if harm in ("lost answer", "killed after") else []
        channel.nonces = self.random.random() < 0.5
        with suppress(Killed):
            await self.world.tick(self.now, f"killed {self.now} {harm}" if "killed" in harm else "me")
        self.harms.add(harm)

    async def schedule(self) -> WeeklySchedule | None:
        return await self.store.look_up(schedules.of_guild, 1)

    async def jobs(self, weekly: WeeklySchedule) -> list[Job]:
        return [delivery.post for delivery in await self.store.read(recent_deliveries, weekly.id, 1000)]

    async def check(self) -> None:
        """What holds after every step."""
        posted = Counter(prompt.job.id for prompt in self.world.channel.prompts if prompt.job)
        assert max(posted.values(), default=0) <= 1, "a job was posted twice"
        weeks = Counter((prompt.schedule.id, prompt.job.week) for prompt in self.world.channel.prompts if prompt.job)
        assert max(weeks.values(), default=0) <= 1, "a week has two posts"
        weekly = await self.schedule()
        if weekly is None:
            return
        assert weekly.paused_at is not None or weekly.next_at > self.now, "the next instant is in the past"
        there = {job.week for job in await self.jobs(weekly)}
        missing = {week for week in self.due.get(weekly.id, set()) if week not in there}
        assert not missing, f"weeks without a post or a reason: {missing}"

    async def check_end(self) -> None:
        """What holds once nothing is under way any more."""
        await self.check()
        weekly = await self.schedule()
        if weekly is None:
            return
        jobs = await self.jobs(weekly)
        messages = {prompt.job.id for prompt in self.world.channel.prompts if prompt.job}
        for job in jobs:
            assert job.state is not State.WAITING, f"{job} still waits"
            assert (job.state is State.SENT) == (job.id in messages), f"the history is not true: {job}"
            assert job.state is State.SENT or self.is_true(job), f"not a true reason: {job}"
        used = Counter((job.round, job.resource_id) for job in jobs if job.state is State.SENT)
        assert max(used.values(), default=0) <= 1, "a resource came twice on one walk"

    def is_true(self, job: Job) -> bool:
        """Whether something happened on this walk that its reason could be."""
        return {
            Reason.ADMIN_SKIPPED: "skip" in self.deeds,
            Reason.PAUSED: bool({"pause", "pause until"} & self.deeds),
            Reason.OFFLINE: self.longest_gap > GRACE or job.manual,
            Reason.OUTAGE: bool({"outage", "lost answer"} & self.harms),
            Reason.BROKEN: "bug" in self.harms,
        }.get(job.reason or Reason.EMPTY_LIST, False)


async def walk(seed: int, catalog: Catalog, url: str = "sqlite:///:memory:") -> None:
    """Make one walk; raises AssertionError where something is not as it must be."""
    async with await Store.open(url) as store:
        await store.write(lambda connection: connection.execute(delete(tables.schedules)))
        await Walk(seed, store, catalog).run()


async def main(count: int, *url: str) -> int:
    catalog, failed = load_catalog(shipped_catalog()), 0
    logging.disable(logging.CRITICAL)  # the walks' own bugs
    begun = clock.monotonic()
    for seed in range(count):
        try:
            await walk(seed, catalog, *url)
        except Exception as error:  # noqa: BLE001 - every walk is to be made
            failed += 1
            print(f"walk {seed}: {type(error).__name__}: {str(error)[:400]}", flush=True)
    print(f"{count} walks, {failed} failed, {clock.monotonic() - begun:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(bool(asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))))

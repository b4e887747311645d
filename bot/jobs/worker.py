"""The worker: claims jobs and makes an attempt at each, many at a time; and the ticker, which has it look for them.

    due schedules ──> jobs ──> claimed, while there is room ──> attempt ──> sent, skipped, failed
                                                                   └──> or back to the queue, for later

Attempts are no batches: there is room for another as soon as one ends. An attempt is never cancelled; while it lasts
its claim is prolonged.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from bot.catalogs import Catalogs
from bot.errors import PostError, StoreError
from bot.jobs import queue
from bot.jobs.attempt import Attempt, ClaimLost, Done, JobKind, Messenger, Skip, WorkerContext, nonce
from bot.jobs.due import AT_ONCE, enqueue_due, resume_due
from bot.jobs.records import AnySchedule, Job
from bot.outcomes import Reason
from bot.shards import Shards
from bot.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
P = ParamSpec("P")

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""How long a claim holds that is not prolonged. At 0 two processes post the same prompt; at an hour a crash delays it
by an hour."""
IN_FLIGHT_LIMIT = 256
"""Attempts under way at a time. At 1 one server that hangs holds up all others; 46 requests a second, of a tenth of a
second or two each, keep ten busy, so that with 30 or 200 servers that hang nobody waits. When that many hang, it is
Discord that hangs, and more requests would not help: all of them leave at once when a global rate limit ends."""
DATABASE_CALLS = 8
"""Attempts that use the database at a time, of the twenty connections to PostgreSQL: the rest serve members. At 1 a
database 30 ms away takes three prompts a second, at 8 twenty-five; at 128 each waits until its time is over."""
CLAIMS = 25
"""Jobs that are claimed at a time, and the room for which the worker claims again. At 1 each job costs a claim of its
own."""
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=30)
"""The pause after the first failed attempt, doubled after each further one up to the longest, and up to a quarter more
of each: about 25 attempts in the grace period."""

RECORD_PAUSES = (0.5, 2.0, 8.0)
"""Seconds before an outcome is recorded again that the database did not take: in all well within a lease, after which
another attempt would have to find out what happened."""


def monotonic() -> float:
    """Seconds that never go back; CLOCK_BOOTTIME where available, which also counts suspended time."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Worker:
    """Makes attempts at due jobs. `clock` returns the present as an aware datetime, `monotonic` seconds that never go
    back; `wake` is called when a further tick has something to do before its time; with `shards` it delivers to their
    servers alone."""

    def __init__(
        self,
        store: Store,
        catalogs: Catalogs,
        messenger: Messenger,
        clock: Callable[[], datetime],
        *,
        wake: Callable[[], None] = lambda: None,
        lease: timedelta = LEASE,
        shards: Shards | None = None,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        database = asyncio.Semaphore(DATABASE_CALLS)
        self._context = WorkerContext(store, catalogs, messenger, clock, monotonic, uuid4().hex, lease, database)
        self._store = store
        self._owner = self._context.owner
        self._shards = shards
        self._wake = wake
        self._kinds: dict[str, JobKind] = {}
        self._attempts: dict[int, Attempt] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._watched: dict[int, asyncio.Event] = {}
        self._more = False

    def register(self, kind: JobKind) -> None:
        """Have jobs of a kind attempted."""
        self._kinds[kind.name] = kind

    async def tick(self) -> None:
        """Enqueue what is due, and begin attempts at all jobs that wait for one, as far as there is room.

        Returns once the attempts are begun; raises StoreError.
        """
        await self._renew()
        now = self._context.clock()
        await self._store.write(resume_due, now, self._shards)
        while await self._store.write(enqueue_due, now, self._shards) == AT_ONCE:
            await self._claim()
        await self._claim()

    async def idle(self) -> None:
        """Wait until no attempt is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def stop(self) -> None:
        """End every attempt: the process ends. What was under way is taken over when its lease runs out."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def watch(self, job_id: int) -> asyncio.Event:
        """What is set once the next attempt at a job has ended here."""
        return self._watched.setdefault(job_id, asyncio.Event())

    async def _renew(self) -> None:
        """Prolong the claims on what is under way; one that does not hold any more stops before its next request."""
        if not self._attempts:
            return
        attempts, begun_at = list(self._attempts.values()), self._context.monotonic()
        ids = [attempt.job.id for attempt in attempts]
        held = await self._store.write(
            queue.renew, ids, self._context.clock(), owner=self._owner, lease=self._context.lease
        )
        for attempt in attempts:
            attempt.deadline = self._context.deadline(begun_at) if attempt.job.id in held else begun_at

    async def _claim(self) -> None:
        while room := min(IN_FLIGHT_LIMIT - len(self._tasks), CLAIMS):
            begun_at = self._context.monotonic()
            claimed = await self._store.write(
                queue.claim_with_schedules,
                self._context.clock(),
                room,
                owner=self._owner,
                lease=self._context.lease,
                shards=self._shards,
            )
            for job, schedule in claimed:
                self._begin(job, schedule, self._context.deadline(begun_at))
            if len(claimed) < room:
                self._more = False
                return
        self._more = True

    def _begin(self, job: Job, schedule: AnySchedule, deadline: float) -> None:
        """Make an attempt, in a task of its own."""
        attempt = Attempt(job, schedule, self._context, deadline)
        self._attempts[job.id] = attempt
        task = self._tasks[job.id] = asyncio.create_task(self._attempt(attempt))

        def ended(_: object) -> None:
            self._attempts.pop(job.id, None)
            self._tasks.pop(job.id, None)
            if self._more and IN_FLIGHT_LIMIT - len(self._tasks) >= CLAIMS:
                self._more = False
                self._wake()
            if (watched := self._watched.pop(job.id, None)) is not None:
                watched.set()

        task.add_done_callback(ended)

    async def _write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Record what happened, again after a while if the database cannot be used just now; raises StoreError."""
        for pause in RECORD_PAUSES:
            try:
                async with self._context.database:
                    return await self._store.write(work, *args, **options)
            except StoreError as error:
                log.info("An outcome is recorded again: %s", error)
                await asyncio.sleep(pause)
        return await self._store.write(work, *args, **options)

    async def _attempt(self, attempt: Attempt) -> None:
        try:
            await self._run(attempt)
        except StoreError as error:
            log.info("An attempt could not be recorded; it is repeated once its lease runs out: %s", error)
        except Exception:
            log.exception("An attempt could not be recorded; it is repeated once its lease runs out")

    async def _run(self, attempt: Attempt) -> None:
        """Make the attempt and record its outcome."""
        job, write = attempt.job, self._write
        kind = self._kinds[job.kind]
        try:
            outcome = await kind.run(attempt)
        except ClaimLost:
            # Cancelled, paused or removed meanwhile, or taken over; whoever looks next finds out which.
            await write(queue.release, job, None, None, owner=self._owner, attempt_at=self._context.clock())
            self._wake()
        except PostError as error:
            if error.tries is None or job.attempts < error.tries:
                await self._try_later(attempt, kind, error.reason, str(error), untaken=error.untaken)
            else:
                await self._give_up(attempt, kind, error)
        except StoreError:
            raise
        except Exception as error:
            log.exception("An attempt at job %s (%s) went wrong", job.id, job.kind)
            await self._try_later(attempt, kind, Reason.BROKEN, type(error).__name__)
        else:
            await self._record(job, outcome)

    async def _give_up(self, attempt: Attempt, kind: JobKind, error: PostError) -> None:
        """Record that Discord refused the job for good."""
        job, now = attempt.job, self._context.clock()
        reason, pauses = await kind.refused(attempt, error)
        log.info("Discord refused job %s (%s), which is given up as %s: %s", job.id, job.kind, reason, error)
        await self._store.write(queue.record_failed, job, reason, str(error), now, owner=self._owner, pauses=pauses)
        self._wake()

    async def _record(self, job: Job, outcome: Done | Skip) -> None:
        now, write = self._context.clock(), self._write
        if isinstance(outcome, Skip):
            await write(queue.record_skipped, job, outcome.reason, outcome.detail, now, owner=self._owner)
            self._wake()  # somebody may have to be told
            return
        recorded = await write(
            queue.record_sent,
            job,
            now=now,
            channel_id=outcome.sent.channel_id if outcome.sent else None,
            message_id=outcome.sent.message_id if outcome.sent else None,
            finished=outcome.finished,
            follow_ups=outcome.follow_ups,
            ends=outcome.ends,
            notice=outcome.notice,
        )
        if not recorded:  # it may have been enqueued anew: then it is free for another attempt at once
            await write(queue.release, job, None, None, owner=self._owner, attempt_at=now)
        if outcome.follow_ups or outcome.notice or not recorded:
            self._wake()

    async def _try_later(
        self, attempt: Attempt, kind: JobKind, reason: Reason, detail: str, *, untaken: bool = False
    ) -> None:
        """Give the job back for another attempt, or up if that would be too late."""
        job, now, write = attempt.job, self._context.clock(), self._write
        if kind.too_late(attempt):
            await write(queue.record_skipped, job, job.cancelled or reason, detail, now, owner=self._owner)
            self._wake()
            return
        pause = min(FIRST_RETRY * 2 ** min(job.attempts - 1, 10), LONGEST_RETRY)
        jitter = int(nonce(job)[job.attempts % 16 :][:8], 16) / 0xFFFFFFFF  # those that fail together return apart
        attempt_at = now + pause * (1 + jitter / 4)
        await write(queue.release, job, reason, detail, owner=self._owner, attempt_at=attempt_at, untaken=untaken)


TICK_SECONDS = 30.0
"""How often due jobs are looked for: a prompt is at most this late. At 0 the database never rests; at an hour a prompt
could be an hour late."""
TICK_TIMEOUT = 120.0
"""Seconds after which a tick is given up. It waits only for the database, and each call has a limit; at 0 none
ever ends, and without a limit one that hangs is the last."""


class Ticker:
    """Calls `look` every TICK_SECONDS from `start` to `stop`, and at once after `wake`, whatever it raises.

    It sleeps for a time, not until a time, as `discord.ext.tasks` does: there, a clock that is set back an hour would
    stop it for an hour, and one that leaps ahead would have it run once for every tick it missed.
    `last_success` is when `look` last returned, `failures` how often it has raised since.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._look = look
        self._clock = clock
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()
        self._started = False
        self._woken = False
        self._cause = ""
        self.last_success: datetime | None = None
        self.failures = 0

    def start(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Begin to tick once `ready` has returned."""
        self._tasks.add(asyncio.create_task(self._run(ready)))

    def stop(self) -> None:
        """End it for good."""
        self._started = False
        for task in self._tasks:
            task.cancel()

    def wake(self) -> None:
        """Tick at once, or once more if a tick is under way."""
        if self._started and not self._woken:
            self._woken = True
            task = asyncio.create_task(self.tick())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, ready: Callable[[], Awaitable[None]]) -> None:
        await ready()
        self._started = True
        while True:
            await self.tick()
            await self._sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Look once, after any look that is under way; what that raises is counted, and logged if it is new."""
        async with self._looking:
            self._woken = False
            await self._tick()

    async def _tick(self) -> None:
        try:
            async with asyncio.timeout(TICK_TIMEOUT):
                await self._look()
        except (Exception, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise  # the ticker itself is stopped; any other comes from inside, where something else was cancelled
            self.failures += 1
            if (cause := f"{type(error).__name__}: {error}") != self._cause:
                self._cause = cause
                log.error("A tick failed; the next ones go on trying", exc_info=error)
            return
        if self.failures:
            log.info("Ticks succeed again, after %s that failed", self.failures)
        self.last_success, self.failures, self._cause = self._clock(), 0, ""

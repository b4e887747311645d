"""Periodic scheduler tick: runs every 30 seconds, survives errors, can be woken early."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

log = logging.getLogger(__name__)

TICK_SECONDS = 30.0
"""How often due jobs are looked for: a prompt is at most this late. At 0 the database never rests; at an hour a prompt
could be an hour late."""
TICK_TIMEOUT = 120.0
"""Seconds after which a tick is given up. It waits for the database alone, of which each call has a limit; at 0 none
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
        """End it; nothing wakes it any more."""
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

"""The clock hand that looks for due prompts: it cannot die, and says when it last did its work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

log = logging.getLogger(__name__)

TICK_SECONDS = 30
"""How often due prompts are looked for: a prompt is at most this late. At 0 the database never rests; at an hour
a prompt could be an hour late."""


class Ticker:
    """Calls `look` every TICK_SECONDS from `start` to `stop`, whatever it raises.

    It sleeps for a time, not until a time, as `discord.ext.tasks` does: there, a clock that is set back an hour would
    stop it for an hour, and one that leaps ahead would have it run once for every tick it missed.
    `last_success` is when `look` last returned, `failures` how often it has raised since.
    """

    def __init__(self, look: Callable[[], Awaitable[None]], clock: Callable[[], datetime]) -> None:
        self._look = look
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._cause = ""
        self.last_success: datetime | None = None
        self.failures = 0

    def start(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Begin to tick once `ready` has returned."""
        self._task = asyncio.create_task(self._run(ready))

    def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, ready: Callable[[], Awaitable[None]]) -> None:
        await ready()
        while True:
            await self.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Look once; what that raises is counted, and logged if it is not what the last tick raised."""
        try:
            await self._look()
        except Exception as error:
            self.failures += 1
            if (cause := f"{type(error).__name__}: {error}") != self._cause:
                self._cause = cause
                log.error("A tick failed; the next ones go on trying", exc_info=error)
            return
        if self.failures:
            log.info("Ticks succeed again, after %s that failed", self.failures)
        self.last_success, self.failures, self._cause = self._clock(), 0, ""

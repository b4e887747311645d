"""The pace of the bot's own messages: below what Discord allows, so that people's commands find room."""

from __future__ import annotations

import asyncio
import random

REQUESTS_PER_SECOND = 46
"""Requests a second. Discord allows a bot 50 of all kinds; answers to commands do not count among them:
https://discord.com/developers/docs/topics/rate-limits."""
AT_ONCE = 2
"""Requests that need not wait after a rest: few servers are served at once, and with
REQUESTS_PER_SECOND stay under 50."""
JITTER = 0.02
"""Seconds by which a request that had to wait comes later still, at random: several processes that serve the same
minute do not ask in step."""


class RateLimiter:
    """Gives each request its turn, in the order in which they ask.

    Each waiter gets its own wake-up time; then the "generic cell rate algorithm" lets them
    pass one by one, or all whose time came while the process stood still would pass at once.
    """

    def __init__(self) -> None:
        self._line_ends_at = 0.0
        self._free_at = 0.0

    async def acquire(self) -> None:
        """Wait until a request may be made."""
        now = _now()
        place = max(self._line_ends_at, now - (AT_ONCE - 1) / REQUESTS_PER_SECOND)
        self._line_ends_at = place + 1 / REQUESTS_PER_SECOND
        if place > now:
            await asyncio.sleep(place - now + random.uniform(0, JITTER))  # noqa: S311 - nothing to guess here
        while (pause := self._free_at - _now()) > 0:  # noqa: ASYNC110 - it is a time that is waited for
            await asyncio.sleep(pause)
        self._free_at = max(self._free_at, _now() - (AT_ONCE - 1) / REQUESTS_PER_SECOND) + 1 / REQUESTS_PER_SECOND


def _now() -> float:
    return asyncio.get_running_loop().time()

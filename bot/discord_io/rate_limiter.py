"""The pace of the bot's own messages: below what Discord allows, so that people's commands find room."""

from __future__ import annotations

import asyncio
import random

A_SECOND = 46
"""Requests a second. Discord allows a bot 50 of all kinds; answers to commands do not count among them:
https://discord.com/developers/docs/topics/rate-limits."""
AT_ONCE = 2
"""Requests that need not wait after a rest: few servers are served at once, and with A_SECOND stay under 50."""
JITTER = 0.02
"""Seconds by which a request that had to wait comes later still, at random: several processes that serve the same
minute do not ask in step."""


class Pace:
    """Gives each request its turn, one after another.

    The "generic cell rate algorithm" at the head of the line: no turn is given before it can be used, or all that came
    due while the process stood still would be used at once.
    """

    def __init__(self) -> None:
        self._line = asyncio.Lock()
        self._free_at = 0.0

    async def turn(self) -> None:
        """Wait until a request may be made."""
        async with self._line:
            now = asyncio.get_running_loop().time()
            self._free_at = max(self._free_at, now - (AT_ONCE - 1) / A_SECOND)
            pause = self._free_at - now
            if pause > 0:
                await asyncio.sleep(pause)
            self._free_at += 1 / A_SECOND
        if pause > 0:
            await asyncio.sleep(random.uniform(0, JITTER))  # noqa: S311 - nothing to guess here

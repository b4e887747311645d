"""Around every request to Discord: its pace, a check just before it, and the date of its answer.

discord.py repeats a request by itself after a 500, 502 or 504, and waits inside it for rate limits. What was right when
it was called may be wrong by then: the claim on the job may have run out, and a post in a forum, where Discord knows no
nonce, may have been taken. aiohttp's tracing is called just before each request goes out, and may stop it.

Discord's answers carry the time at which they were made: a second opinion on this machine's clock, which may leap (a
wrong battery, a virtual machine that was restored, an admin's slip). A leap of forty days would write five weekly
prompts off as missed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.errors import PostFailed

log = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429
REFUSED, FAILED = 400, 500
"""The first status of a request that is refused, and of one that is answered by a failure."""


class Guard:
    """Checks the requests of one call; `once` says that only one of them may reach Discord."""

    def __init__(self, check: Callable[[], None], *, once: bool) -> None:
        self._check = check
        self._once = once
        self._pending = False
        self.maybe_taken = False
        """Whether Discord may have taken what a request carried: it took it, or its answer was lost."""

    def started(self) -> None:
        """A request is about to go out: raise what is to stop it."""
        self.maybe_taken |= self._pending  # the last one ended without an answer
        if self._once and self.maybe_taken:
            raise PostFailed("Discord may have taken the message")
        self._check()
        self._pending = True

    def ended(self, status: int) -> None:
        """A request was answered."""
        self._pending = False
        self.maybe_taken |= not REFUSED <= status < FAILED

    @property
    def untaken(self) -> bool:
        """Whether Discord surely took nothing."""
        return not (self._pending or self.maybe_taken)


_guard: ContextVar[Guard | None] = ContextVar("request guard", default=None)


@contextmanager
def guarded(check: Callable[[], None], *, once: bool = False) -> Iterator[Guard]:
    """Have `check` called before every request of the block, which it stops by raising.

    With `once` a second request raises PostFailed, unless the first was refused.
    """
    token = _guard.set(guard := Guard(check, once=once))
    try:
        yield guard
    finally:
        _guard.reset(token)


def request_trace(hear: Callable[[str], None]) -> aiohttp.TraceConfig:
    """What the bot must be built with (`http_trace`) for `guarded` to see its requests.

    `hear` is called with the `Date` of each of Discord's own answers, which are JSON.
    """

    async def ended(session: aiohttp.ClientSession, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if (guard := _guard.get()) is not None:
            guard.ended(params.response.status)
        if params.response.content_type == "application/json" and "date" in params.response.headers:
            hear(params.response.headers["date"])

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_started)
    trace.on_request_end.append(ended)
    return trace


async def _started(session: aiohttp.ClientSession, context: Any, params: aiohttp.TraceRequestStartParams) -> None:
    if (guard := _guard.get()) is not None:
        guard.started()


REQUESTS_PER_SECOND = 46
"""Requests a second. Discord allows a bot 50 of all kinds; answers to commands do not count among them:
https://discord.com/developers/docs/topics/rate-limits."""
AT_ONCE = 2
"""Requests that need not wait after a rest: few servers are served at once, and with
REQUESTS_PER_SECOND stay under 50."""
JITTER = 0.02
"""Seconds that a request that had to wait is delayed further, at random: several processes that serve the same
minute do not ask in step."""


class RateLimiter:
    """Gives each request its turn, in the order in which they ask.

    Each waiter gets its own wake-up time; then the "generic cell rate algorithm" lets them
    pass one by one, or all whose time came while the process stood still would pass at once.

    `share` is the part of REQUESTS_PER_SECOND that this process may use, above 0 and at most 1. Where others use the
    rest, AT_ONCE of each would add up, and so there is no such start.
    """

    def __init__(self, share: float = 1.0) -> None:
        self._interval = 1 / (REQUESTS_PER_SECOND * share)
        self._start = (AT_ONCE - 1) * self._interval if share == 1 else 0.0
        self._line_ends_at = 0.0
        self._free_at = 0.0

    async def acquire(self) -> None:
        """Wait until a request may be made."""
        now = _now()
        place = max(self._line_ends_at, now - self._start)
        self._line_ends_at = place + self._interval
        if place > now:
            await asyncio.sleep(place - now + random.uniform(0, JITTER))  # noqa: S311 - nothing to guess here
        while (pause := self._free_at - _now()) > 0:  # noqa: ASYNC110 - it is a time that is waited for
            await asyncio.sleep(pause)
        self._free_at = max(self._free_at, _now() - self._start) + self._interval


def _now() -> float:
    return asyncio.get_running_loop().time()


LEAP = timedelta(minutes=1)
"""From when on this machine's clock counts as wrong. At 0 the second that Discord's time is rounded to is a leap; at an
hour a clock that was set back leaves a claim open for an hour."""


class CheckedClock:
    """The current time: this machine's clock while it agrees with Discord's, else Discord's.

    `clock` returns an aware datetime; `monotonic` seconds that never go back, and count suspended time.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._start: datetime | None = None
        self._agreed = True

    def hear(self, date: str) -> None:
        """Note the `Date` of an answer of Discord's (RFC 9110); what is no date is ignored."""
        try:
            start = parsedate_to_datetime(date) - timedelta(seconds=self._monotonic())
        except ValueError:
            return
        # Dates are cut to seconds and come with a delay: the latest is nearest, and so the present never steps back.
        if self._start is None or not self._start - LEAP < start < self._start:
            self._start = start

    def __call__(self) -> datetime:
        """The present as an aware datetime."""
        now = self._clock()
        if self._start is None:
            return now
        present = self._start + timedelta(seconds=self._monotonic())
        agrees = abs(now - present) < LEAP
        if agrees != self._agreed:
            self._agreed = agrees
            log.warning(
                "This machine's clock is right again"
                if agrees
                else "This machine's clock is off by %s: set it right. Until then Discord's is used",
                *(() if agrees else (now - present,)),
            )
        return now if agrees else present

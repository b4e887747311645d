"""A check at each request that discord.py makes, its own repetitions included.

discord.py repeats a request by itself after a 500, 502 or 504, and waits inside it for rate limits. What was right when
it was called may be wrong by then: the claim on the job may have run out, and a post in a forum, where Discord knows no
nonce, may have been taken. aiohttp's tracing is called just before each request goes out, and may stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp

from bot.errors import PostFailed

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

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


class _Guard:
    """Checks the requests of one call; `once` says that only one of them may reach Discord."""

    def __init__(self, check: Callable[[], None], *, once: bool) -> None:
        self._check = check
        self._once = once
        self._taken = False

    def started(self) -> None:
        if self._once and self._taken:
            raise PostFailed("Discord may have taken the message")
        self._check()
        self._taken = True

    def ended(self, status: int) -> None:
        if status == TOO_MANY_REQUESTS:
            self._taken = False


_guard: ContextVar[_Guard | None] = ContextVar("request guard", default=None)


@contextmanager
def guarded(check: Callable[[], None], *, once: bool = False) -> Iterator[None]:
    """Have `check` called before every request of the block, which it stops by raising.

    With `once` a second request raises PostFailed, unless the first was refused for its rate.
    """
    token = _guard.set(_Guard(check, once=once))
    try:
        yield
    finally:
        _guard.reset(token)


def request_trace(hear: Callable[[str], None]) -> aiohttp.TraceConfig:
    """What the bot must be built with (`http_trace`) for `guarded` to see its requests.

    `hear` is called with the `Date` of each of Discord's own answers, which are JSON.
    """

    async def ended(session: aiohttp.ClientSession, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if (guard := _guard.get()) is not None:
            guard.ended(params.response.status)
        if params.response.content_type == "application/json" and "Date" in params.response.headers:
            hear(params.response.headers["Date"])

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_started)
    trace.on_request_end.append(ended)
    return trace


async def _started(session: aiohttp.ClientSession, context: Any, params: aiohttp.TraceRequestStartParams) -> None:
    if (guard := _guard.get()) is not None:
        guard.started()

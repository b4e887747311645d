"""Which of these users are members of a guild: asked over REST, which works while the gateway reconnects, and
remembered for a day."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import discord

from bot.discord_io.refusals import REQUEST_ERRORS, means
from bot.outcomes import Reason

log = logging.getLogger(__name__)

CANDIDATES = 5_000
"""Users of all servers who are looked for in one: those with the latest marks."""
MAX_ASKED = 100
"""Requests for one answer; the next one asks about the rest."""
AT_ONCE = 5
"""Requests at the same time: at 1 a hundred take ten seconds, and many would hold up every other answer."""
ANSWER_SECONDS = 10.0
"""How long all requests together may take: a member is waiting."""
REMEMBERED = 100_000
"""Answers that are kept. At 0 every press asks Discord again; without a limit they grow for ever."""
FRESH = timedelta(days=1)
"""How long an answer is good for: without a privileged intent nobody says who leaves a guild."""


class Presence(NamedTuple):
    """Those of some users who are `here`; `complete` says whether that is known of each of them."""

    here: frozenset[int]
    complete: bool


class Membership:
    """Answers, and remembers the answers for a while; `clock` returns the present as an aware datetime."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._known: OrderedDict[tuple[int, int], tuple[bool, datetime]] = OrderedDict()

    def remember(self, guild_id: int, user_id: int, *, present: bool = True) -> None:
        """A user is seen in a guild, or not to be in it."""
        self._known[guild_id, user_id] = present, self._clock()
        self._known.move_to_end((guild_id, user_id))
        while len(self._known) > REMEMBERED or self._is_stale(next(iter(self._known))):
            self._known.popitem(last=False)

    def knows(self, user_id: int) -> bool:
        """Whether an answer about this user is remembered, for any guild."""
        return any(known == user_id for _, known in self._known)

    def forget(self, user_id: int) -> None:
        """Drop every answer about this user."""
        for key in [key for key in self._known if key[1] == user_id]:
            del self._known[key]

    async def present(self, guild: discord.Guild, user_ids: Iterable[int]) -> Presence:
        """Those of some users who are members of a guild.

        Discord is asked about MAX_ASKED of the unknown ones, the first first. Calls at the same time share one round.
        """
        wanted = list(dict.fromkeys(user_ids))
        if (asking := self._asking.get(guild.id)) is not None:
            await asyncio.shield(asking)
        unknown = [one for one in wanted if self._is_in(guild.id, one) is None][:MAX_ASKED]
        if unknown:
            if (asking := self._asking.get(guild.id)) is None:
                asking = self._asking[guild.id] = asyncio.create_task(self._ask(guild, unknown))
                asking.add_done_callback(lambda _: self._asking.pop(guild.id))
            await asyncio.shield(asking)  # the first to ask may be gone, and others wait for it
        known = {one: self._is_in(guild.id, one) for one in wanted}
        here = frozenset(one for one, present in known.items() if present)
        return Presence(here, complete=None not in known.values())

    async def _ask(self, guild: discord.Guild, user_ids: list[int]) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def ask_about(user_id: int) -> None:
            async with room:
                try:
                    await guild.fetch_member(user_id)
                except REQUEST_ERRORS as error:
                    if not means(error, Reason.ACCOUNT_GONE):
                        raise
                    self.remember(guild.id, user_id, present=False)
                else:
                    self.remember(guild.id, user_id)

        asked = [asyncio.create_task(ask_about(one)) for one in user_ids]
        # Those that take longer go on: discord.py must not be cancelled inside a request.
        done, _ = await asyncio.wait(asked, timeout=ANSWER_SECONDS)
        for task in done:
            if (error := task.exception()) is not None and not isinstance(error, REQUEST_ERRORS):
                raise error
        if failed := sum(task not in done or task.exception() is not None for task in asked):
            log.info("Discord did not say of %s users whether they are in server %s", failed, guild.id)

    def _is_in(self, guild_id: int, user_id: int) -> bool | None:
        """What is known of a user, if it is fresh."""
        key = guild_id, user_id
        return self._known[key][0] if key in self._known and not self._is_stale(key) else None

    def _is_stale(self, key: tuple[int, int]) -> bool:
        return self._clock() - self._known[key][1] >= FRESH

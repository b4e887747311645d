"""Who of some people is in a server: asked of Discord, so that the store need not know where anybody is a member.

Asking for members by id needs no privileged intent: https://discord.com/developers/docs/events/gateway-events, Request
Guild Members.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import discord

log = logging.getLogger(__name__)

CANDIDATES = 5_000
"""People of all servers who are looked for in one: those with the latest marks."""
ASKED_AT_ONCE = 100
"""Members that Discord looks up in one go."""
ASKED = 1000
"""Most members that are asked for at a time: Discord takes 120 questions a minute of every kind."""
ANSWER_SECONDS = 10
"""How long all answers together may take: somebody is waiting for them."""
REMEMBERED = 100_000
"""Answers that are kept. At 0 every press of a button asks Discord again; without a limit they grow for ever."""
FRESH = timedelta(days=1)
"""How long an answer is good for: nobody tells the bot who leaves a server."""


class Presence(NamedTuple):
    """Those of some people who are `here`; `complete` says whether that is known of each of them."""

    here: frozenset[int]
    complete: bool


class Membership:
    """Answers, and remembers the answers for a while; `clock` returns the present as an aware datetime."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._questions: dict[int, tuple[frozenset[int], asyncio.Task[None]]] = {}
        self._known: OrderedDict[tuple[int, int], tuple[bool, datetime]] = OrderedDict()

    def remember(self, guild_id: int, user_id: int, *, present: bool = True) -> None:
        """Somebody is seen in a server, or not to be in it."""
        self._known[guild_id, user_id] = present, self._clock()
        self._known.move_to_end((guild_id, user_id))
        while len(self._known) > REMEMBERED or self._is_stale(next(iter(self._known))):
            self._known.popitem(last=False)

    def knows(self, user_id: int) -> bool:
        """Whether an answer about this user is remembered, for any server."""
        return any(known == user_id for _, known in self._known)

    def forget(self, user_id: int) -> None:
        """Drop every answer about this user."""
        for key in [key for key in self._known if key[1] == user_id]:
            del self._known[key]

    async def present(self, guild: discord.Guild, user_ids: Iterable[int]) -> Presence:
        """Those of some people who are in a server.

        Discord is asked for ASKED of those of whom nothing is known, so after a few questions all are known. Questions
        about the same people of a server that come at the same time share one answer.
        """
        wanted = list(dict.fromkeys(user_ids))
        await self._learn(guild, [one for one in wanted if self._is_in(guild.id, one) is None])
        known = {one: self._is_in(guild.id, one) for one in wanted}
        here = frozenset(one for one, present in known.items() if present)
        return Presence(here, complete=None not in known.values())

    async def _learn(self, guild: discord.Guild, unknown: list[int]) -> None:
        """Have Discord asked about people, those apart whom a question under way is about."""
        while unknown and (question := self._questions.get(guild.id)) is not None:
            about, task = question
            await asyncio.shield(task)
            unknown = [one for one in unknown if one not in about]
        if unknown:
            task = asyncio.create_task(self._ask(guild, unknown[:ASKED]))
            self._questions[guild.id] = frozenset(unknown), task
            task.add_done_callback(lambda _: self._questions.pop(guild.id))
            # Who asks may be gone before the answer comes; others wait for it too.
            await asyncio.shield(task)

    async def _ask(self, guild: discord.Guild, user_ids: list[int]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                for start in range(0, len(user_ids), ASKED_AT_ONCE):
                    await self._ask_at_once(guild, user_ids[start : start + ASKED_AT_ONCE])
        except (TimeoutError, discord.ClientException) as error:
            log.warning("Discord did not say who is in server %s: %s", guild.id, error)

    def _is_in(self, guild_id: int, user_id: int) -> bool | None:
        """What is known of somebody, if it is fresh."""
        key = guild_id, user_id
        return self._known[key][0] if key in self._known and not self._is_stale(key) else None

    def _is_stale(self, key: tuple[int, int]) -> bool:
        return self._clock() - self._known[key][1] >= FRESH

    async def _ask_at_once(self, guild: discord.Guild, user_ids: list[int]) -> None:
        members = await guild.query_members(user_ids=user_ids, limit=ASKED_AT_ONCE, cache=False)
        here = {member.id for member in members}
        for user_id in user_ids:
            self.remember(guild.id, user_id, present=user_id in here)

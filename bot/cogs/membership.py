"""Who of some people is in a server: asked of Discord, so that the store need not know where anybody is a member.

Asking for members by id needs no privileged intent: https://discord.com/developers/docs/events/gateway-events, Request
Guild Members.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import discord

log = logging.getLogger(__name__)

ASKED_AT_ONCE = 100
"""Members that Discord looks up in one go."""
ASKED = 1000
"""Most members that are asked for in all: Discord takes 120 questions a minute of every kind."""
ANSWER_SECONDS = 10
"""How long an answer may take: somebody is waiting for it."""
REMEMBERED = 20_000
"""Answers that are kept. At 0 every press of a button asks Discord again; without a limit they grow for ever."""
FRESH = timedelta(days=1)
"""How long an answer is good for: nobody tells the bot who leaves a server."""


class Membership:
    """Answers, and remembers the answers for a while; `clock` returns the present as an aware datetime."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], tuple[bool, datetime]] = OrderedDict()

    def remember(self, guild_id: int, user_id: int, *, present: bool = True) -> None:
        """Somebody is seen in a server, or not to be in it."""
        self._known[guild_id, user_id] = present, self._clock()
        self._known.move_to_end((guild_id, user_id))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, user_id: int) -> None:
        """Keep in mind nothing of somebody."""
        for key in [key for key in self._known if key[1] == user_id]:
            del self._known[key]

    async def present(self, guild: discord.Guild, user_ids: Iterable[int]) -> frozenset[int]:
        """Those of some people who are in a server; whom Discord does not answer for in time counts as not there."""
        wanted = list(dict.fromkeys(user_ids))[:ASKED]
        unknown = [one for one in wanted if self._is_in(guild.id, one) is None]
        for start in range(0, len(unknown), ASKED_AT_ONCE):
            await self._ask(guild, unknown[start : start + ASKED_AT_ONCE])
        return frozenset(one for one in wanted if self._is_in(guild.id, one))

    def _is_in(self, guild_id: int, user_id: int) -> bool | None:
        """What is known of somebody, if it is fresh."""
        present, since = self._known.get((guild_id, user_id), (None, self._clock()))
        return present if self._clock() - since < FRESH else None

    async def _ask(self, guild: discord.Guild, user_ids: list[int]) -> None:
        try:
            members = await guild.query_members(user_ids=user_ids, limit=ASKED_AT_ONCE, cache=False)
        except (TimeoutError, discord.ClientException) as error:
            log.warning("Discord did not say who is in server %s: %s", guild.id, error)
            return
        here = {member.id for member in members}
        for user_id in user_ids:
            self.remember(guild.id, user_id, present=user_id in here)

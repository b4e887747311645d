"""Limits for each member and each channel: nobody's flood slows anyone else's answers.

    interaction ── Gate.admits ──┬── yes: it is answered when it's its member's turn, and waited for when the bot stops
                                 └── no:  the member is told when to try again

Every way in passes the gate: commands, the menu of messages and autocomplete through the command tree's check, buttons
through `PersistentItem`. An honest member never meets it.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.discord_io.cards import notice
from bot.language import Language

REMEMBERED = 10_000
"""Buckets that are kept, those in use last. At 0 nothing is limited; past it the longest unused one is full again."""
ROUNDING = 1e-6
"""Seconds by which sums of times may be wrong. At 0 a bucket of sixty has fifty-nine."""
AT_ONCE = 2
"""Interactions of one member that are answered at the same time; others of theirs wait. So whatever comes of one member
at once, another's waits for two of it. At 1 a press waits for a picture; without a limit, 120 commands at once make
another member wait for all of them."""
TURN_SECONDS = 2.0
"""Seconds that an interaction waits for its turn at most: Discord gives three for an answer."""
COSTLY: dict[Any, Any] = {"costly": True}
"""The `extras` of a command whose answer takes many times as long as others: a picture, an export, numbers of a server,
a whole message to be searched."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many at once, and how many a second from then on."""

    at_once: int
    per_second: float


class Kind(Enum):
    """What is limited. At zero a second a bucket stays empty once it is; at 200 a second a flood gets through whole."""

    ORDINARY = Allowance(60, 5)
    """Commands and buttons of a member. A hand presses six times a second at most, for some seconds, and then reads; to
    mark a list of eighty done, press by press at four a second, never empties it."""
    COSTLY = Allowance(20, 0.5)
    """Commands with COSTLY, and buttons that say so; they count as ordinary too."""
    TYPING = Allowance(100, 20)
    """Keystrokes with autocomplete: Discord asks at most a few times a second for somebody who types."""
    REFUSAL = Allowance(5, 1)
    """Refusal messages. Nobody reads more of them, and each costs a request."""
    SHARING = Allowance(3, 0.05)
    """Answers that a channel is shown for everyone: three, then one every twenty seconds."""


class Limits:
    """Token buckets, one for each kind and member or channel, as the "generic cell rate algorithm": all that is kept of
    a bucket is when it will be full again. `clock` returns seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: OrderedDict[tuple[Kind, int], float] = OrderedDict()

    def take(self, kind: Kind, key: int) -> float:
        """Take one of what a member or channel is allowed; the seconds to wait if there is none left, else 0."""
        now, allowed = self._clock(), kind.value
        full_at = max(self._full_at.get((kind, key), now), now)
        wait = full_at - now - (allowed.at_once - 1) / allowed.per_second
        if wait > ROUNDING:
            return float(wait)
        self._full_at[kind, key] = full_at + 1 / allowed.per_second
        self._full_at.move_to_end((kind, key))
        self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        while len(self._full_at) > REMEMBERED or next(iter(self._full_at.values())) <= now:
            self._full_at.popitem(last=False)


class Gate:
    """Lets interactions in, and knows which are being answered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._limits = Limits(clock)
        self._turns: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._answering: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def admits(self, interaction: discord.Interaction[Any], *, costly: bool = False) -> bool:
        """Whether the task that asks may answer an interaction; if not, the member has been told why."""
        if (refusal := self._refusal(interaction, costly=costly)) is not None:
            if _is_typing(interaction) or self._limits.take(Kind.REFUSAL, interaction.user.id):
                return False
            await interaction.response.send_message(view=notice(refusal), ephemeral=True)
            return False
        if (task := asyncio.current_task()) is not None:
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
            await self._take_turn(interaction.user.id, task)
        return True

    async def _take_turn(self, user_id: int, task: asyncio.Task[Any]) -> None:
        """Wait until fewer than AT_ONCE tasks answer a member, or for TURN_SECONDS."""
        turn = self._turns.setdefault(user_id, asyncio.Semaphore(AT_ONCE))
        with suppress(TimeoutError):
            await asyncio.wait_for(turn.acquire(), TURN_SECONDS)
            task.add_done_callback(lambda _: turn.release())

    def not_shared(self, interaction: discord.Interaction[Any]) -> str | None:
        """Why an answer cannot be posted for everyone in this channel now; None, and it counts as posted, if it can."""
        wait = math.ceil(self._limits.take(Kind.SHARING, interaction.channel_id or interaction.user.id))
        if not wait:
            return None
        language: Language = interaction.client.language_for(interaction)
        return language.plural(
            "Only you can see this: too many answers were posted here just now. Try again in {n} second.",
            "Only you can see this: too many answers were posted here just now. Try again in {n} seconds.",
            wait,
        )

    async def close(self, seconds: float) -> None:
        """Let nobody in any more, and wait up to some seconds for the answers that are under way."""
        self._closed = True
        if waiting := self._answering - {asyncio.current_task()}:
            await asyncio.wait(waiting, timeout=seconds)

    def _refusal(self, interaction: discord.Interaction[Any], *, costly: bool) -> str | None:
        language: Language = interaction.client.language_for(interaction)
        if self._closed:
            return language.t("I'm restarting. Try again in a minute.")
        kind = Kind.TYPING if _is_typing(interaction) else Kind.ORDINARY
        kinds = [kind, Kind.COSTLY] if costly else [kind]
        wait = math.ceil(max(self._limits.take(one, interaction.user.id) for one in kinds))
        if not wait:
            return None
        return language.plural(
            "Slow down a little: try again in {n} second.", "Slow down a little: try again in {n} seconds.", wait
        )


def _is_typing(interaction: discord.Interaction[Any]) -> bool:
    return interaction.type is discord.InteractionType.autocomplete

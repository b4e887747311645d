"""One due occurrence on its way: what a server's prompt and a member's reminder have in common."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.catalog import Catalog
from bot.delivery.letters import Letter, Poster, Sent
from bot.errors import PostFailed
from bot.schedule import next_occurrence
from bot.store import Choice, Delivery, Reminder, Store, WeeklySchedule

GRACE = timedelta(hours=12)
"""How late a message may still be posted. At 0 a restart at the wrong minute loses a week; at a week two prompts could
come on one day."""
LEASE = timedelta(seconds=90)
"""How long a claim holds. At 0 two processes post the same prompt; at an hour a crash delays it by an hour."""
SEND_SECONDS = 35
"""How long a post, or a look for one, may take."""
COMPOSE_SECONDS = 8
"""How long it may take to ask Discord what became of the last prompt. This and twice SEND_SECONDS together must be
under LEASE: whoever posts must still hold the claim."""
NONCE_WINDOW = timedelta(minutes=2)
"""How long Discord is trusted to know a nonce: it promises "the past few minutes"."""
LATE = timedelta(minutes=5)
"""From when on a message says that it is late."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What all deliveries of one call share."""

    store: Store
    catalog: Catalog
    poster: Poster
    now: datetime
    owner: str


class Errand(ABC):
    """A due occurrence of one schedule. `letter` is what is to be posted, once it is composed."""

    letter: Letter

    def __init__(self, shift: Shift, schedule: WeeklySchedule | Reminder) -> None:
        self.shift = shift
        self.schedule = schedule

    @abstractmethod
    async def compose(self, delivery: Delivery) -> Choice | str:
        """Make the letter; returns what it is about, or the reason why there is none this time.

        What an earlier try chose stays chosen: it may have been posted, and a second choice would be a second post.
        """

    @abstractmethod
    async def refused(self, delivery: Delivery, reason: str) -> bool:
        """Record that it cannot be posted, and what follows from that; False if the claim was lost."""

    @abstractmethod
    async def delivered(self, delivery: Delivery, sent: Sent) -> None:
        """See to what comes after the post, which is there whatever becomes of this."""

    @property
    def extras_at(self) -> datetime | None:
        """When somebody else is to see to what comes after the post, should this process die; None if nothing does."""
        return None

    def late(self, delivery: Delivery) -> bool:
        """Whether the letter has to say that it is late."""
        return self.shift.now - delivery.occurrence > LATE

    def too_late(self, delivery: Delivery) -> bool:
        """Whether the occurrence is to be left out."""
        return delivery.occurrence < self.oldest

    @property
    def oldest(self) -> datetime:
        """The occurrences up to this instant are too late."""
        return self.shift.now - GRACE

    def next_after(self, instant: datetime) -> datetime:
        """The schedule's first occurrence after an instant."""
        return next_occurrence(self.schedule.schedule, instant)


@asynccontextmanager
async def time_limit(seconds: float | None = None) -> AsyncIterator[None]:
    """Turn an answer that does not come in time (SEND_SECONDS, unless said otherwise) into PostFailed."""
    seconds = seconds or SEND_SECONDS
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise PostFailed(f"Discord did not answer within {seconds} seconds") from error

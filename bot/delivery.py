"""Delivering the weekly prompts: each one once, at its time, whatever happened before.

    due? ──> claim it ──> choose the resource ──> post it ──> record it, and move on to the next occurrence
              (lease)      (committed first)       (nonce)

A crash between two steps leaves a claim whose lease runs out; the next try begins where it stopped. If the message may
have been sent already it is looked for first, and Discord itself refuses a second one with the same nonce for a while.

Knows nothing of Discord: whoever calls hands over a Poster.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.catalog import Catalog, Resource
from bot.errors import CannotPost, PostError, PostFailed
from bot.path import NextPrompt, Plan, next_prompt
from bot.schedule import next_occurrence
from bot.store import Delivery, Store, WeeklySchedule

log = logging.getLogger(__name__)

GRACE = timedelta(hours=12)
"""How late a prompt may still be posted. At 0 a restart at the wrong minute loses a week; at a week two prompts could
come on one day."""
LEASE = timedelta(seconds=90)
"""How long a claim holds. At 0 two processes post the same prompt; at an hour a crash delays it by an hour."""
SEND_SECONDS = 40
"""How long a post, or a look for one, may take. The two together must be under LEASE: whoever posts must still hold the
claim."""
NONCE_WINDOW = timedelta(minutes=2)
"""How long Discord is trusted to know a nonce: it promises "the past few minutes"."""
LATE = timedelta(minutes=5)
"""From when on a post says that it is late."""
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=30)
"""The pause after the first failed try, doubled after each further one, up to the longest: about 30 tries in GRACE."""
BATCH = 25
"""Posts under way at a time. At 1 a slow server holds up all others; Discord allows 50 requests a second, and people's
commands need some of them."""

OFFLINE = "I was offline at that time and for more than half a day after it"
EMPTY = "the index has no resources"
DEFAULT_QUESTION = "What in it was new to you, and what would you still ask its authors?"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is posted for one occurrence.

    `step` of `total` is the resource's place on the path, `following` the one of the week after; `begins_again` says
    that a new walk through the path starts here, `late` that the post comes noticeably after its time.
    """

    guild_id: int
    channel_id: int
    role_id: int | None
    resource: Resource
    question: str
    following: Resource
    step: int
    total: int
    begins_again: bool
    late: bool
    occurrence: datetime


class Poster(Protocol):
    """Who puts prompts where people see them."""

    async def post(self, prompt: Prompt, nonce: str) -> int:
        """Post it and return the message's id; a second post with the same nonce soon after makes no second message.

        Raises CannotPost or PostFailed.
        """

    async def find(self, prompt: Prompt, since: datetime) -> int | None:
        """The id of a post of this prompt made since an instant, if there is one; raises CannotPost or PostFailed."""

    async def open_thread(self, prompt: Prompt, message_id: int) -> None:
        """Open a thread for the discussion under a post; raises CannotPost or PostFailed."""

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        """Tell the admin who set a schedule that it is paused; raises PostError if nobody can be told."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one call of `deliver_due` did: how many were "posted", "skipped", "failed" or will be "retried".

    "taken" were another process's, "broken" went wrong in a way that is in the log. `more` says that others are due.
    """

    outcomes: Counter[str]
    more: bool

    def __str__(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))


async def deliver_due(store: Store, catalog: Catalog, poster: Poster, *, now: datetime, owner: str) -> Report:
    """Deliver the prompts that are due at `now` and that nobody else is at work on, at most BATCH of them.

    `owner` names this process among all that share the store. What goes wrong with one server is logged and recorded
    there; the others are served. Raises StoreError if the store cannot even say what is due.
    """
    weeklies = await store.due(now, BATCH)
    courier = _Courier(store, catalog, poster, now, owner)
    outcomes = Counter(await asyncio.gather(*(_one(courier, weekly) for weekly in weeklies)))
    # Those that broke are due still: without progress, going on at once would go on for ever.
    progress = len(weeklies) > outcomes["broken"] + outcomes["taken"]
    return Report(outcomes, more=len(weeklies) == BATCH and progress)


async def upcoming_prompt(store: Store, catalog: Catalog, weekly: WeeklySchedule) -> Prompt | None:
    """The prompt that a schedule will post next; None for a catalog without resources."""
    round, chosen = await _choice(store, catalog, weekly)
    return _prompt(weekly, chosen, round, weekly.next_at, late=False) if chosen else None


async def deliver_now(
    store: Store, catalog: Catalog, poster: Poster, weekly: WeeklySchedule, *, now: datetime, owner: str
) -> int | None:
    """Post the next prompt at once; the schedule's own next occurrence stays where it is.

    Returns the message's id, None for a catalog without resources. Raises CannotPost or PostFailed; nothing is tried
    again, since the admin who asked for it sees what went wrong.
    """
    round, chosen = await _choice(store, catalog, weekly)
    delivery = await store.claim_extra(weekly.id, owner=owner, now=now, lease_until=now + LEASE)
    if chosen is None or delivery is None:
        return None
    prompt = _prompt(weekly, chosen, round, now, late=False)
    await store.choose(
        delivery,
        owner=owner,
        round=round + chosen.begins_again,
        resource_id=chosen.resource.id,
        now=now,
        scheduled=False,
    )
    try:
        async with _time_limit():
            message_id = await poster.post(prompt, _nonce(delivery))
    except PostError as error:
        await store.record_skipped(delivery, owner=owner, reason=str(error), next_at=weekly.next_at)
        raise
    await store.record_posted(
        delivery, owner=owner, message_id=message_id, channel_id=weekly.channel_id, now=now, next_at=weekly.next_at
    )
    if weekly.thread:
        await _open_thread(store, poster, delivery, prompt, message_id)
    return message_id


async def _one(courier: _Courier, weekly: WeeklySchedule) -> str:
    try:
        return await courier.deliver(weekly)
    except Exception:
        # Whatever it was, it is this server's alone: the claim runs out and is taken again.
        log.exception("The weekly prompt of server %s went wrong", weekly.guild_id)
        return "broken"


@dataclass(frozen=True, slots=True)
class _Courier:
    """One call of `deliver_due`: what every delivery of it shares."""

    store: Store
    catalog: Catalog
    poster: Poster
    now: datetime
    owner: str

    async def deliver(self, weekly: WeeklySchedule) -> str:
        """Deliver the next occurrence of one schedule; returns the outcome, one of those in a Report."""
        delivery = await self.store.claim(
            weekly.id, weekly.next_at, owner=self.owner, now=self.now, lease_until=self.now + LEASE
        )
        if delivery is None:
            return "taken"
        try:
            return await self._send(weekly, delivery)
        except CannotPost as error:
            if await self.store.record_failed(delivery, owner=self.owner, reason=str(error), now=self.now):
                await self._tell(weekly, str(error))
            return "failed"
        except PostFailed as error:
            return await self._try_later(weekly, delivery, str(error))

    async def _send(self, weekly: WeeklySchedule, delivery: Delivery) -> str:
        # What an earlier try chose stays chosen: it may have been posted, and a second choice would be a second post.
        round, chosen = await _choice(self.store, self.catalog, weekly, delivery.resource_id)
        if chosen is None:
            return await self._skip(weekly, delivery, EMPTY)
        late = self.now - delivery.occurrence > LATE
        prompt = _prompt(weekly, chosen, round, delivery.occurrence, late=late)
        message_id = await self._sent_before(prompt, delivery)
        if message_id is None:
            if self._too_late(delivery):
                return await self._skip(weekly, delivery, delivery.error or OFFLINE)
            held = await self.store.choose(
                delivery,
                owner=self.owner,
                round=round + chosen.begins_again,
                resource_id=chosen.resource.id,
                now=self.now,
            )
            if held is None:
                return "taken"
            async with _time_limit():
                message_id = await self.poster.post(prompt, _nonce(delivery))
        next_at = next_occurrence(weekly.schedule, delivery.occurrence)
        posted_now = await self.store.record_posted(
            delivery,
            owner=self.owner,
            message_id=message_id,
            channel_id=weekly.channel_id,
            now=self.now,
            next_at=next_at,
        )
        if not posted_now:
            return "taken"
        if weekly.thread:
            await _open_thread(self.store, self.poster, delivery, prompt, message_id)
        return "posted"

    async def _tell(self, weekly: WeeklySchedule, reason: str) -> None:
        """Tell the admin who set a schedule that it is paused: once, since only one delivery records the failure."""
        try:
            await self.poster.tell(weekly, reason)
        except PostError as error:
            log.warning("Nobody on server %s could be told about a pause: %s", weekly.guild_id, error)

    def _too_late(self, delivery: Delivery) -> bool:
        return self.now - delivery.occurrence > GRACE

    async def _sent_before(self, prompt: Prompt, delivery: Delivery) -> int | None:
        """The message of an earlier try that never came to record it."""
        if delivery.first_sent_at is None:
            return None
        try:
            async with _time_limit():
                return await self.poster.find(prompt, delivery.first_sent_at)
        except CannotPost:
            if self.now - delivery.first_sent_at <= NONCE_WINDOW:
                return None  # Discord itself will not make a second one yet
            raise  # a prompt that is missing and says so, rather than one that may come twice

    async def _skip(self, weekly: WeeklySchedule, delivery: Delivery, reason: str) -> str:
        """Give up this occurrence and every one after it that would be too late as well."""
        next_at = next_occurrence(weekly.schedule, max(delivery.occurrence, self.now - GRACE))
        await self.store.record_skipped(delivery, owner=self.owner, reason=reason, next_at=next_at)
        return "skipped"

    async def _try_later(self, weekly: WeeklySchedule, delivery: Delivery, error: str) -> str:
        if self._too_late(delivery):
            return await self._skip(weekly, delivery, error)
        pause = min(FIRST_RETRY * 2 ** min(delivery.attempts - 1, 10), LONGEST_RETRY)
        await self.store.release(delivery, owner=self.owner, error=error, retry_at=self.now + pause)
        return "retried"


async def _choice(
    store: Store, catalog: Catalog, weekly: WeeklySchedule, chosen: str | None = None
) -> tuple[int, NextPrompt | None]:
    """The walk through the path that a schedule is on, and what comes next on it."""
    round, posted = await store.posted_in_round(weekly.id)
    if weekly.start_round > round:  # an admin began a new walk, and nothing was posted on it yet
        round, posted = weekly.start_round, frozenset()
    start = weekly.start_id if round == weekly.start_round else None
    return round, next_prompt(catalog, posted, chosen, Plan(weekly.order, weekly.id, start))


async def _open_thread(store: Store, poster: Poster, delivery: Delivery, prompt: Prompt, message_id: int) -> None:
    """Open the discussion; if that fails the post stays, and the history says what is missing."""
    try:
        async with _time_limit():
            await poster.open_thread(prompt, message_id)
    except PostError as error:
        await store.note(delivery, f"its thread could not be opened: {error}")


@asynccontextmanager
async def _time_limit() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            yield
    except TimeoutError as error:
        raise PostFailed(f"Discord did not answer within {SEND_SECONDS} seconds") from error


def _prompt(weekly: WeeklySchedule, chosen: NextPrompt, round: int, occurrence: datetime, *, late: bool) -> Prompt:
    questions = chosen.resource.prompts or (DEFAULT_QUESTION,)
    # Each walk through the path asks the next question, so that old members are not asked the same again.
    question = questions[(round + chosen.begins_again - 1) % len(questions)]
    return Prompt(
        guild_id=weekly.guild_id,
        channel_id=weekly.channel_id,
        role_id=weekly.role_id,
        resource=chosen.resource,
        question=question,
        following=chosen.following,
        step=chosen.step,
        total=chosen.total,
        begins_again=chosen.begins_again,
        late=late,
        occurrence=occurrence,
    )


def _nonce(delivery: Delivery) -> str:
    """The same for every try of one occurrence, different for all others; Discord takes at most 25 characters."""
    key = f"{delivery.schedule_id}:{delivery.occurrence.isoformat()}"
    return hashlib.sha256(key.encode()).hexdigest()[:25]

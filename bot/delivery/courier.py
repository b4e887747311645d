"""Carrying the letters: each one once, at its time, whatever happened before.

    due? ──> claim ──> compose ──> choose ──> post ──> record, and move on to the next occurrence ──> extras
            (lease)              (committed) (nonce)

A crash between two steps leaves a claim whose lease runs out; the next try begins where it stopped. If the message may
have been sent already it is looked for first, and Discord itself refuses a second one with the same nonce for a while.

Knows nothing of Discord: whoever calls hands over a Poster.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from bot.catalog import Catalog
from bot.delivery.errand import LEASE, NONCE_WINDOW, Errand, Shift, time_limit
from bot.delivery.letters import Poster, Prompt, Sent
from bot.delivery.nonce import jitter, nonce
from bot.delivery.reminding import ReminderErrand
from bot.delivery.weekly import WeeklyErrand
from bot.errors import CannotPost, PostError, PostFailed
from bot.store import Choice, Delivery, History, Reminder, Store, WeeklySchedule

log = logging.getLogger(__name__)

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=30)
"""The pause after the first failed try, doubled after each further one, up to the longest, and up to a quarter more of
each: about 25 tries in GRACE."""
BATCH = 25
"""Letters under way at a time. At 1 a slow server holds up all others; at a thousand the last of them is posted when
its claim is about to run out."""

RECENT = 10
"""Deliveries among which the post before another is looked for."""

INTERRUPTED = "I was switched off while I posted it, and it is not there"
OFFLINE = "I was offline at that time and for more than half a day after it"


@dataclass(frozen=True, slots=True)
class Report:
    """What one call of `deliver_due` did: how many were "posted", "skipped", "failed" or will be "retried".

    "taken" were another process's, "broken" went wrong in a way that is in the log. `more` says that others are due.
    """

    outcomes: Counter[str]
    more: bool

    def __str__(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))


@dataclass(frozen=True, slots=True)
class _Parcel:
    """An errand with its claim, and what it is about or why there is nothing to post."""

    errand: Errand
    delivery: Delivery
    choice: Choice | str


async def deliver_due(store: Store, catalog: Catalog, poster: Poster, *, now: datetime, owner: str) -> Report:
    """Deliver what is due at `now` and that nobody else is at work on, at most BATCH of it.

    `owner` names this process among all that share the store. What goes wrong with one schedule is logged and recorded
    there; the others are served. Raises StoreError if the store cannot be used.
    """
    shift = Shift(store, catalog, poster, now, owner)
    claimed = await store.claim_due(now, BATCH, owner=owner, lease_until=now + LEASE)
    claims = {schedule.id: delivery for schedule, delivery in claimed}
    errands = await _errands(shift, [schedule for schedule, _ in claimed])
    parcels = await asyncio.gather(*(_composed(errand, claims[errand.schedule.id]) for errand in errands))
    outcomes = await _carried(shift, [parcel for parcel in parcels if parcel is not None])
    outcomes["broken"] += sum(parcel is None for parcel in parcels)
    # If all broke, what broke them is not theirs alone, and going on at once would only break the next.
    return Report(+outcomes, more=len(claimed) == BATCH and outcomes["broken"] < BATCH)


async def finish_interrupted(store: Store, catalog: Catalog, poster: Poster, *, now: datetime, owner: str) -> int:
    """See to what was begun and not ended, at most BATCH of each kind; returns how many there were.

    That is what should have followed a post, and what an admin had posted at once, whose process died over it.
    """
    shift = Shift(store, catalog, poster, now, owner)
    posted = await store.take_extras(now, BATCH)
    begun = await store.take_interrupted(now, BATCH, owner=owner, lease_until=now + LEASE)
    await asyncio.gather(
        *(_isolated(_finish_extras, shift, delivery) for delivery in posted),
        *(_isolated(_finish_begun, shift, delivery) for delivery in begun),
    )
    return len(posted) + len(begun)


async def upcoming_prompt(
    store: Store, catalog: Catalog, poster: Poster, weekly: WeeklySchedule, *, now: datetime
) -> Prompt | None:
    """The prompt that a schedule will post next; None for a catalog without resources."""
    errand = await _weekly_errand(Shift(store, catalog, poster, now, ""), weekly)
    return await errand.prompt(weekly.next_at)


async def deliver_now(
    store: Store, catalog: Catalog, poster: Poster, weekly: WeeklySchedule, *, now: datetime, owner: str
) -> Sent | None:
    """Post the next prompt at once; the schedule's own next occurrence stays where it is.

    Returns where it is, None for a catalog without resources. Raises CannotPost or PostFailed; nothing is tried
    again, since the admin who asked for it sees what went wrong.
    """
    if not len(catalog):
        return None
    errand = await _weekly_errand(Shift(store, catalog, poster, now, owner), weekly)
    delivery = await store.claim_unscheduled(weekly.id, owner=owner, now=now, lease_until=now + LEASE)
    choice = await errand.compose(delivery) if delivery else None
    if delivery is None or not isinstance(choice, Choice):
        return None
    if not await store.choose([choice], owner=owner, now=now, scheduled=False):
        raise CannotPost("the weekly prompt was ended meanwhile")
    try:
        sent = await _post_surely(errand, delivery, now)
    except PostError as error:
        await store.record_skipped(delivery, owner=owner, reason=str(error), next_at=weekly.next_at)
        raise
    await _record(errand, delivery, sent, weekly.next_at)
    return sent


async def _errands(shift: Shift, schedules: Sequence[WeeklySchedule | Reminder]) -> list[Errand]:
    """An errand for each schedule, with what it needs to know read for all of them at once."""
    weeklies = [schedule for schedule in schedules if isinstance(schedule, WeeklySchedule)]
    reminders = [schedule for schedule in schedules if isinstance(schedule, Reminder)]
    found: list[Errand] = []
    if weeklies:
        histories = await shift.store.histories([weekly.id for weekly in weeklies])
        found += [WeeklyErrand(shift, weekly, histories[weekly.id]) for weekly in weeklies]
    if reminders:
        marks = await shift.store.marks_of_each([reminder.user_id for reminder in reminders])
        found += [ReminderErrand(shift, reminder, marks[reminder.user_id]) for reminder in reminders]
    return found


async def _weekly_errand(shift: Shift, weekly: WeeklySchedule) -> WeeklyErrand:
    return WeeklyErrand(shift, weekly, (await shift.store.histories([weekly.id]))[weekly.id])


async def _composed(errand: Errand, delivery: Delivery) -> _Parcel | None:
    try:
        return _Parcel(errand, delivery, await errand.compose(delivery))
    except Exception:
        # Whatever it was, it is this schedule's alone: the claim runs out and is taken again.
        log.exception("Schedule %s went wrong before it was posted", errand.schedule.id)
        return None


async def _carried(shift: Shift, parcels: Sequence[_Parcel]) -> Counter[str]:
    """Post the parcels that hold something and whose claims still hold; returns the outcomes."""
    choices = [parcel.choice for parcel in parcels if isinstance(parcel.choice, Choice) and not _hopeless(parcel)]
    held = await shift.store.choose(choices, owner=shift.owner, now=shift.now)
    lost = {choice.delivery.schedule_id for choice in choices} - held
    going = [parcel for parcel in parcels if parcel.delivery.schedule_id not in lost]
    outcomes = await asyncio.gather(*(_isolated(_carry, parcel) for parcel in going))
    return Counter([*outcomes, *(["taken"] * len(lost))])


async def _isolated(doing: Callable[..., Awaitable[str]], *given: Any) -> str:
    try:
        return await doing(*given)
    except Exception:
        # Whatever it was, it is this schedule's alone: the claim runs out and is taken again.
        log.exception("A delivery went wrong")
        return "broken"


def _hopeless(parcel: _Parcel) -> bool:
    """Whether it cannot have been posted and is too late to be."""
    return parcel.delivery.first_sent_at is None and parcel.errand.too_late(parcel.delivery)


async def _carry(parcel: _Parcel) -> str:
    """Post one parcel, or leave it out; returns the outcome, one of those in a Report."""
    errand, delivery = parcel.errand, parcel.delivery
    if isinstance(parcel.choice, str):
        return await _skip(errand, delivery, parcel.choice)
    if _hopeless(parcel):
        return await _skip(errand, delivery, delivery.error or OFFLINE)
    try:
        sent = await _sent_before(errand, delivery)
        if sent is None and errand.too_late(delivery):
            return await _skip(errand, delivery, delivery.error or OFFLINE)
        sent = sent or await _post(errand, delivery)
    except CannotPost as error:
        return "failed" if await errand.refused(delivery, str(error)) else "taken"
    except PostFailed as error:
        return await _try_later(errand, delivery, str(error))
    return await _record(errand, delivery, sent, errand.next_after(delivery.occurrence))


async def _post(errand: Errand, delivery: Delivery) -> Sent:
    async with time_limit():
        return await errand.shift.poster.post(errand.letter, nonce(delivery))


async def _post_surely(errand: Errand, delivery: Delivery, since: datetime) -> Sent:
    """Post, and look for the message if the answer was lost: nobody tries again."""
    try:
        return await _post(errand, delivery)
    except PostFailed:
        async with time_limit():
            found = await errand.shift.poster.find(errand.letter, since)
        if found is None:
            raise
        return found


async def _sent_before(errand: Errand, delivery: Delivery) -> Sent | None:
    """The message of an earlier try that never came to record it."""
    if delivery.first_sent_at is None:
        return None
    try:
        async with time_limit():
            return await errand.shift.poster.find(errand.letter, delivery.first_sent_at)
    except CannotPost:
        if errand.shift.now - delivery.first_sent_at <= NONCE_WINDOW:
            return None  # Discord itself will not make a second one yet
        raise  # a prompt that is missing and says so, rather than one that may come twice


async def _record(errand: Errand, delivery: Delivery, sent: Sent, next_at: datetime) -> str:
    """Record a post and see to what follows it."""
    shift = errand.shift
    recorded = await shift.store.record_posted(
        delivery,
        owner=shift.owner,
        message_id=sent.message_id,
        channel_id=sent.channel_id,
        now=shift.now,
        next_at=next_at,
        extras_at=errand.extras_at,
    )
    if not recorded:
        return "taken"
    await errand.delivered(delivery, sent)
    return "posted"


async def _finish_extras(shift: Shift, delivery: Delivery) -> str:
    errand = await _begun_errand(shift, delivery)
    if errand is None or delivery.channel_id is None or delivery.message_id is None:
        return "skipped"
    await errand.delivered(delivery, Sent(delivery.channel_id, delivery.message_id))
    return "posted"


async def _finish_begun(shift: Shift, delivery: Delivery) -> str:
    """Record a post that is there; one that is not is not made up for: the admin saw that something went wrong."""
    errand = await _begun_errand(shift, delivery)
    try:
        sent = await _sent_before(errand, delivery) if errand else None
    except PostFailed:
        return "retried"  # when this claim has run out too
    except CannotPost:
        sent = None
    if errand is not None and sent is not None:
        return await _record(errand, delivery, sent, errand.weekly.next_at)
    await shift.store.record_skipped(delivery, owner=shift.owner, reason=INTERRUPTED, next_at=delivery.occurrence)
    return "skipped"


async def _begun_errand(shift: Shift, delivery: Delivery) -> WeeklyErrand | None:
    """The errand of a delivery that another process began, with the letter as it was then."""
    weekly = await shift.store.schedule_with(delivery.schedule_id)
    if not isinstance(weekly, WeeklySchedule):
        return None
    errand = WeeklyErrand(shift, weekly, await _history_before(shift.store, delivery))
    return errand if isinstance(await errand.compose(delivery), Choice) else None


async def _history_before(store: Store, delivery: Delivery) -> History:
    """What a schedule had posted when a delivery that is posted by now was composed."""
    history = (await store.histories([delivery.schedule_id]))[delivery.schedule_id]
    recent = await store.recent_deliveries(delivery.schedule_id, RECENT)
    earlier = (one for one in recent if one.state == "posted" and one.occurrence < delivery.occurrence)
    return History(delivery.round, history.posted - {delivery.resource_id or ""}, next(earlier, None))


async def _skip(errand: Errand, delivery: Delivery, reason: str) -> str:
    """Give up this occurrence and every one after it that would be too late as well."""
    next_at = errand.next_after(max(delivery.occurrence, errand.oldest))
    if more := _between(errand, delivery.occurrence, next_at):
        reason = f"{reason}; {more} more after it were left out too"
    done = await errand.shift.store.record_skipped(delivery, owner=errand.shift.owner, reason=reason, next_at=next_at)
    return "skipped" if done else "taken"


def _between(errand: Errand, first: datetime, last: datetime) -> int:
    """How many occurrences lie between two."""
    instants = takewhile(lambda instant: instant < last, _from(errand, first))
    return sum(1 for _ in instants)


def _from(errand: Errand, instant: datetime) -> Iterator[datetime]:
    while True:
        instant = errand.next_after(instant)
        yield instant


async def _try_later(errand: Errand, delivery: Delivery, error: str) -> str:
    if errand.too_late(delivery):
        return await _skip(errand, delivery, error)
    pause = min(FIRST_RETRY * 2 ** min(delivery.attempts - 1, 10), LONGEST_RETRY)
    retry_at = errand.shift.now + pause * (1 + jitter(delivery) / 4)
    await errand.shift.store.release(delivery, owner=errand.shift.owner, error=error, retry_at=retry_at)
    return "retried"

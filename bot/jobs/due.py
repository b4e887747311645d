"""What is due of the schedules, turned into jobs.

    next_at has come ──> a job for its week, unless that week has one ──> next_at moves on to the next free week

`next_at` of a running schedule is therefore in the future or due this moment, and a week can have two posts only if the
database breaks its own unique key. The functions take a connection that is in a transaction (`Store.write`), and those
that look for work the `shards` of the process, which leaves all other servers alone.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, bindparam, func, literal, select, update

from bot.jobs.records import POSTS, AnySchedule, Reminder, WeeklySchedule, built
from bot.outcomes import LOST, Reason, State
from bot.schedule import Schedule, due_by, first_free, realigned, week_of
from bot.shards import DIRECT_MESSAGES, GUILD_ID_BITS, Shards
from bot.store import Store
from bot.store.tables import WAITING, insert_into, jobs, schedules

log = logging.getLogger(__name__)

GRACE = timedelta(hours=12)
"""How late a message may still be posted. At 0 a restart at the wrong minute loses a week; at a week two prompts could
come on one day."""
MISSED_LIMIT = 8
"""Weeks in a row that are written down one by one when all of them were missed. At 1 the history has holes; without a
limit a server that is paused for ten years leaves 520 rows."""
AT_ONCE = 200
"""Schedules in one transaction: a few milliseconds, between which commands are answered."""
FORTNIGHT = timedelta(days=15)
MOMENT = timedelta(microseconds=1)
NO_SUCH_ZONE = (LookupError, ValueError, OSError)
"""Exceptions raised for a time zone that this machine's data does not have."""
ROLE = "role:"
"""What stands, with the role's id, for the week of a notice about a deleted role: so there is one for each role."""
RUNNING: dict[str, Any] = {"paused_at": None, "pause_reason": None, "paused_by": None, "resume_at": None}
"""The columns of a schedule that is not paused."""

_MOVE = update(schedules).where(schedules.c.id == bindparam("of")).values(next_at=bindparam("to"))


def owned(shards: Shards | None) -> tuple[ColumnElement[bool], ...]:
    """The condition under which a schedule belongs to a process with some shards; none for one that has them all."""
    return () if shards is None else (shard_of(shards).in_(shards.ids),)


def shard_of(shards: Shards) -> ColumnElement[int]:
    """The shard of a schedule; a member's own is delivered with the direct messages."""
    shard = schedules.c.guild_id.bitwise_rshift(literal(GUILD_ID_BITS, Integer)) % shards.count
    return func.coalesce(shard, DIRECT_MESSAGES)


def enqueue_due(connection: Connection, now: datetime, shards: Shards | None = None) -> int:
    """Turn what is due of at most AT_ONCE schedules into jobs; returns of how many.

    A week that is too late is recorded as lost, and a notice to whoever set the prompt is enqueued.
    """
    due = select(schedules).where(schedules.c.next_at <= now, schedules.c.paused_at.is_(None), *owned(shards))
    due = due.order_by(schedules.c.next_at, schedules.c.id).limit(AT_ONCE)
    # What another process is enqueueing just now is not waited for.
    rows = connection.execute(due.with_for_update(skip_locked=True)).all()
    settle(connection, rows, now)
    return len(rows)


def enqueue_now(connection: Connection, schedule_id: int, now: datetime) -> int | None:
    """Enqueue a prompt in addition to the weekly one and return its job's id, or the id of one that is under way.

    None if the schedule is gone.
    """
    row = connection.execute(select(schedules).where(schedules.c.id == schedule_id).with_for_update()).one_or_none()
    if row is None:
        return None
    manual = (jobs.c.schedule_id == schedule_id, jobs.c.week.startswith("now:"), jobs.c.kind == "prompt")
    found: int | None = connection.scalar(select(jobs.c.id).where(*manual, jobs.c.state == State.WAITING))
    if found is None:
        new = post_values(row, now, now, State.WAITING) | {"week": f"now:{now.isoformat()}"}
        found = connection.scalar(insert_into(connection, jobs).values(new).returning(jobs.c.id))
    return found


def resume_due(connection: Connection, now: datetime, shards: Shards | None = None) -> int:
    """End every pause that ends by itself by now; returns how many there were."""
    ended = select(schedules).where(schedules.c.paused_at.is_not(None), schedules.c.resume_at <= now, *owned(shards))
    rows = connection.execute(ended.with_for_update(skip_locked=True)).all()
    for row in rows:
        # As of the instant at which it was to end: what came due since then is late, not lost. A moment before it, so
        # that what is due at that very instant is still to come.
        resume_row(connection, row, row.resume_at - MOMENT)
    return len(rows)


async def realign(store: Store, now: datetime, shards: Shards | None = None) -> int:
    """Move what is to come to where today's zone data has it; returns how many moved. What is due stays."""
    moved, last = 0, 0  # type: int, int | None
    while last is not None:
        count, last = await store.write(_realign_page, now, last, shards)
        moved += count
    return moved


def _realign_page(connection: Connection, now: datetime, after: int, shards: Shards | None) -> tuple[int, int | None]:
    """Realign AT_ONCE schedules with ids above `after`; returns how many moved, and the last id if more may follow."""
    page = select(schedules).where(schedules.c.next_at > now, schedules.c.id > after, *owned(shards))
    rows = connection.execute(page.order_by(schedules.c.id).limit(AT_ONCE).with_for_update()).all()
    moves = [{"of": row.id, "to": at} for row in rows if (at := _realigned(row)) != row.next_at]
    if moves:
        connection.execute(_MOVE, moves)
    return len(moves), rows[-1].id if len(rows) == AT_ONCE else None


def next_due(connection: Connection) -> datetime | None:
    """When there will next be something to do for a tick, if nobody changes anything; None if never."""
    instant = schedules.c.next_at.type
    free_at = func.coalesce(jobs.c.lease_until, jobs.c.attempt_at, type_=instant)
    statements = (
        select(func.min(schedules.c.next_at, type_=instant)).where(schedules.c.paused_at.is_(None)),
        select(func.min(schedules.c.resume_at, type_=instant)).where(schedules.c.paused_at.is_not(None)),
        select(func.min(free_at, type_=instant)).where(WAITING),
    )
    found = [connection.scalar(statement) for statement in statements]
    return min((instant for instant in found if instant is not None), default=None)


# For those who have locked the schedule.


def settle(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """Turn what is due of some locked schedules into jobs, and move them on to their next free week.

    What came due during a pause, or too long ago, becomes a job that was skipped.
    """
    due = {row.id: _due(connection, row, now) for row in rows if row.next_at <= now}
    passed = [row for row in rows if due.get(row.id)]
    new = [_due_job(row, instant, now) for row in passed for instant in due[row.id]]
    if not new:
        return
    connection.execute(insert_into(connection, jobs).values(new).on_conflict_do_nothing())
    lost = {one["schedule_id"]: one["week"] for one in new if one["reason"] in LOST}  # the last of each
    for row in passed:
        if row.id in lost and row.user_id is None:
            enqueue_notice(connection, row.id, lost[row.id], now)
    taken = weeks_taken(connection, [row.id for row in passed], now)
    moves = [{"of": row.id, "to": first_free(rule_of(row), now, taken[row.id])} for row in passed]
    connection.execute(_MOVE, moves)


def resume_row(connection: Connection, row: Row[Any], now: datetime) -> Row[Any]:
    """End the pause of a schedule; what was due during it stays out."""
    settle(connection, [row], now)
    return changed(connection, row.id, RUNNING | {"left_at": None})


def enqueue_notice(connection: Connection, schedule_id: int, week: str, now: datetime) -> None:
    """Enqueue one notice to whoever set a prompt about the outcome of a week."""
    new = job_values(schedule_id, week, "notice", now, now)
    connection.execute(insert_into(connection, jobs).values(new).on_conflict_do_nothing())


def pause_itself(
    connection: Connection, schedule_id: int, week: str, reason: Reason, now: datetime, *, tell: bool = True
) -> None:
    """Pause a schedule for a reason that nobody chose; with `tell`, enqueue one notice of it."""
    row = changed(connection, schedule_id, paused(now, reason))
    if tell and row.user_id is None:
        enqueue_notice(connection, schedule_id, week, now)
    elif tell:
        changed(connection, schedule_id, {"notice_pending": True})


def changed(connection: Connection, schedule_id: int, values: Mapping[str, Any]) -> Row[Any]:
    """A schedule's row after a change; after none, as it is now."""
    if values:
        statement = update(schedules).where(schedules.c.id == schedule_id).values(values).returning(schedules)
        return connection.execute(statement).one()
    return connection.execute(select(schedules).where(schedules.c.id == schedule_id)).one()


def paused(now: datetime, reason: Reason) -> dict[str, Any]:
    """The columns of a schedule that is paused from now on."""
    return {"paused_at": now, "pause_reason": reason, "paused_by": None, "resume_at": None}


def weeks_taken(connection: Connection, schedule_ids: Collection[int], now: datetime) -> dict[int, set[str]]:
    """The weeks of each schedule, from the last fortnight on, that have a post or were left out."""
    rows = select(jobs.c.schedule_id, jobs.c.week).where(jobs.c.schedule_id.in_(schedule_ids), jobs.c.kind.in_(POSTS))
    taken: dict[int, set[str]] = {one: set() for one in schedule_ids}
    for row in connection.execute(rows.where(jobs.c.due_at > now - FORTNIGHT)):
        taken[row.schedule_id].add(row.week)
    return taken


def post_values(
    row: Row[Any], due_at: datetime, now: datetime, state: State, reason: Reason | None = None
) -> dict[str, Any]:
    """A row of `jobs` for a post of a schedule."""
    kind = "prompt" if row.user_id is None else "reminder"
    values = job_values(row.id, week_of(rule_of(row), due_at), kind, due_at, now)
    return values | {"state": state, "reason": reason}


def job_values(schedule_id: int, week: str, kind: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """A row of `jobs` that waits for its first attempt."""
    return {
        "schedule_id": schedule_id, "week": week, "kind": kind, "due_at": due_at, "enqueued_at": now,
        "attempt_at": now, "state": State.WAITING,
    }  # fmt: skip


def rule_of(row: Row[Any]) -> Schedule:
    """The day, time and zone of a row of `schedules`."""
    return Schedule(row.weekday, time.fromisoformat(row.time), row.zone)


def schedule_of(row: Row[Any]) -> AnySchedule:
    """A row of `schedules`, a server's or a member's."""
    rule = rule_of(row)
    return built(WeeklySchedule, row, schedule=rule) if row.user_id is None else built(Reminder, row, schedule=rule)


def _due(connection: Connection, row: Row[Any], now: datetime) -> list[datetime]:
    """The instants of a schedule that are due; pauses one that cannot be computed, and then there are none."""
    try:
        return due_by(rule_of(row), row.next_at, now)[-MISSED_LIMIT:]
    except NO_SUCH_ZONE as error:
        log.error("Schedule %s cannot be computed: %s", row.id, error)
        if row.paused_at is None:
            pause_itself(connection, row.id, f"zone:{now.isoformat()}", Reason.UNKNOWN_ZONE, now)
        return []


def _due_job(row: Row[Any], instant: datetime, now: datetime) -> dict[str, Any]:
    if row.paused_at is not None:
        return post_values(row, instant, now, State.SKIPPED, Reason.PAUSED)
    if instant < now - GRACE:
        return post_values(row, instant, now, State.SKIPPED, Reason.OFFLINE)
    return post_values(row, instant, now, State.WAITING)


def _realigned(row: Row[Any]) -> datetime:
    try:
        return realigned(rule_of(row), row.next_at)
    except NO_SUCH_ZONE as error:  # its zone alone; once it is due it pauses
        log.error("Schedule %s cannot be computed: %s", row.id, error)
        instant: datetime = row.next_at
        return instant

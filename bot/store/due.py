"""What is due of the schedules, turned into jobs.

    next_at has come ──> a job for its week, unless that week has one ──> next_at moves on to the next free week

`next_at` of a running schedule is therefore in the future or due this moment, and a week can have two posts only if the
database breaks its own unique key.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from bot.outcomes import LOST, Reason, State
from bot.schedule import Schedule, due_by, first_free, realigned, week_of
from bot.store.database import Database
from bot.store.rows import POSTS, AnySchedule, Reminder, WeeklySchedule, built
from bot.store.tables import WAITING, jobs, schedules

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
NO_SUCH_ZONE = (LookupError, ValueError, OSError)
"""What a zone raises that this machine's data does not have."""

_MOVE = update(schedules).where(schedules.c.id == bindparam("of")).values(next_at=bindparam("to"))


class Due(Database):
    """The part of the store that enqueues what is due."""

    async def enqueue_due(self, now: datetime) -> int:
        """Turn what is due of at most AT_ONCE schedules into jobs; returns of how many.

        A week that is too late is recorded as lost, and a notice to whoever set the prompt is enqueued.
        """
        due = select(schedules).where(schedules.c.next_at <= now, schedules.c.paused_at.is_(None))
        due = due.order_by(schedules.c.next_at, schedules.c.id).limit(AT_ONCE)

        def work(connection: Connection) -> int:
            # What another process is enqueueing just now is not waited for.
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            self.settle(connection, rows, now)
            return len(rows)

        return await self.write(work)

    async def enqueue_now(self, schedule_id: int, now: datetime) -> int | None:
        """Enqueue a prompt beside the rhythm and return its job's id; the id of one that is under way, if there is one.

        None if the schedule is gone.
        """
        of = select(schedules).where(schedules.c.id == schedule_id).with_for_update()
        manual = (jobs.c.schedule_id == schedule_id, jobs.c.week.startswith("now:"), jobs.c.kind == "prompt")
        waiting = select(jobs.c.id).where(*manual, jobs.c.state == State.WAITING)

        def work(connection: Connection) -> int | None:
            row = connection.execute(of).one_or_none()
            if row is None:
                return None
            found: int | None = connection.scalar(waiting)
            if found is None:
                new = post_values(row, now, now, State.WAITING) | {"week": f"now:{now.isoformat()}"}
                insert = self._insert(jobs).values(new).returning(jobs.c.id)
                found = connection.scalar(insert)
            return found

        return await self.write(work)

    def settle(self, connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
        """Turn what is due of some locked schedules into jobs, and move them on to their next free week.

        What came due during a pause, or too long ago, becomes a job that was skipped.
        """
        due = {row.id: self._due(connection, row, now) for row in rows if row.next_at <= now}
        passed = [row for row in rows if due.get(row.id)]
        new = [_due_job(row, instant, now) for row in passed for instant in due[row.id]]
        if not new:
            return
        connection.execute(self._insert(jobs).values(new).on_conflict_do_nothing())
        for row in passed:
            lost = [one for one in new if one["schedule_id"] == row.id and one["reason"] in LOST]
            if lost and row.user_id is None:
                self.enqueue_notice(connection, row.id, lost[-1]["week"], now)
        taken = weeks_taken(connection, [row.id for row in passed], now)
        moves = [{"of": row.id, "to": first_free(rule_of(row), now, taken[row.id])} for row in passed]
        connection.execute(_MOVE, moves)

    def _due(self, connection: Connection, row: Row[Any], now: datetime) -> list[datetime]:
        """The instants of a schedule that are due; pauses one that cannot be computed, and then there are none."""
        try:
            return due_by(rule_of(row), row.next_at, now)[-MISSED_LIMIT:]
        except NO_SUCH_ZONE as error:  # no such zone on this machine
            log.error("Schedule %s cannot be computed: %s", row.id, error)
            if row.paused_at is None:
                self.pause_itself(connection, row.id, f"zone:{now.isoformat()}", Reason.UNKNOWN_ZONE, now)
            return []

    def enqueue_notice(self, connection: Connection, schedule_id: int, week: str, now: datetime) -> None:
        """Enqueue one notice to whoever set a prompt about the outcome of a week."""
        new = job_values(schedule_id, week, "notice", now, now)
        connection.execute(self._insert(jobs).values(new).on_conflict_do_nothing())

    def pause_itself(
        self, connection: Connection, schedule_id: int, week: str, reason: Reason, now: datetime, *, tell: bool = True
    ) -> None:
        """Pause a schedule for a reason that nobody chose; with `tell`, enqueue one notice of it."""
        values = paused(now, reason)
        statement = update(schedules).where(schedules.c.id == schedule_id)
        row = connection.execute(statement.values(values).returning(schedules)).one()
        if tell and row.user_id is None:
            self.enqueue_notice(connection, schedule_id, week, now)
        elif tell:
            connection.execute(statement.values(notice_pending=True))

    async def realign(self, now: datetime) -> int:
        """Move what is to come to where today's zone data has it; returns how many moved. What is due stays."""
        moved = last = 0
        while True:
            page = select(schedules).where(schedules.c.next_at > now, schedules.c.id > last)
            page = page.order_by(schedules.c.id).limit(AT_ONCE).with_for_update()

            def work(connection: Connection, page: Select[Any] = page) -> tuple[list[int], int]:
                rows = connection.execute(page).all()
                moves = [{"of": row.id, "to": at} for row in rows if (at := _realigned(row)) != row.next_at]
                if moves:
                    connection.execute(_MOVE, moves)
                return [row.id for row in rows], len(moves)

            ids, count = await self.write(work)
            moved += count
            if len(ids) < AT_ONCE:
                return moved
            last = ids[-1]

    async def next_due(self) -> datetime | None:
        """When there will next be something to do for a tick, if nobody changes anything; None if never."""
        instant = schedules.c.next_at.type
        free_at = func.coalesce(jobs.c.lease_until, jobs.c.attempt_at, type_=instant)
        statements = (
            select(func.min(schedules.c.next_at, type_=instant)).where(schedules.c.paused_at.is_(None)),
            select(func.min(schedules.c.resume_at, type_=instant)).where(schedules.c.paused_at.is_not(None)),
            select(func.min(free_at, type_=instant)).where(WAITING),
        )

        def work(connection: Connection) -> datetime | None:
            found = [connection.scalar(statement) for statement in statements]
            return min((instant for instant in found if instant is not None), default=None)

        return await self.read(work)


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


def _due_job(row: Row[Any], instant: datetime, now: datetime) -> dict[str, Any]:
    if row.paused_at is not None:
        return post_values(row, instant, now, State.SKIPPED, Reason.PAUSED)
    if instant < now - GRACE:
        return post_values(row, instant, now, State.SKIPPED, Reason.OFFLINE)
    return post_values(row, instant, now, State.WAITING)


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


def _realigned(row: Row[Any]) -> datetime:
    try:
        return realigned(rule_of(row), row.next_at)
    except NO_SUCH_ZONE as error:  # its zone alone; once it is due it pauses
        log.error("Schedule %s cannot be computed: %s", row.id, error)
        instant: datetime = row.next_at
        return instant


def schedule_of(row: Row[Any]) -> AnySchedule:
    """A row of `schedules`, a server's or a member's."""
    rule = rule_of(row)
    return built(WeeklySchedule, row, schedule=rule) if row.user_id is None else built(Reminder, row, schedule=rule)

"""The schedules: set, changed, paused, skipped, forgotten; and what is due of them turned into jobs.

    next_at has come ──> a job for its week, unless that week has one ──> next_at moves on to the next free week

`next_at` of a running schedule is therefore in the future or due this moment, and a week can have two jobs of a kind
only if the database breaks its own unique key.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, update

from bot.outcomes import LOST, Reason, State
from bot.schedule import Schedule, due_by, first_free, next_occurrence, realigned, week_of
from bot.store.database import Database
from bot.store.rows import POSTS, AnySchedule, Reminder, WeeklySchedule
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
MOMENT = timedelta(microseconds=1)
FORTNIGHT = timedelta(days=15)

_OF_GUILD = select(schedules).where(schedules.c.guild_id == bindparam("guild_id"))
_LOCKED = _OF_GUILD.with_for_update()


class Schedules(Database):
    """The part of the store that holds one schedule for each server, and enqueues what is due of all schedules."""

    async def put_schedule(
        self,
        *,
        guild_id: int,
        catalog_id: str,
        channel_id: int,
        role_id: int | None,
        schedule: Schedule,
        created_by: int,
        now: datetime,
        order: str | None = None,
        start_id: str | None = None,
        thread: bool | None = None,
        pin: bool | None = None,
        poll: bool | None = None,
    ) -> WeeklySchedule:
        """Set a server's schedule, or change it; returns it with its next occurrence.

        The options of each prompt that are None stay; a new walk begins at `start_id`. A week that has its prompt, or
        was left out, gets no second one by a change. A change ends a pause that came of itself, which it is to fix; one
        that an admin wanted lasts.
        """
        given = {"order": order, "start_id": start_id, "thread": thread, "pin": pin, "poll": poll}
        values = {
            "catalog_id": catalog_id,
            "channel_id": channel_id,
            "role_id": role_id,
            "created_by": created_by,
            "left_at": None,
            **rule_values(schedule),
            **{name: value for name, value in given.items() if value is not None},
        }

        def work(connection: Connection) -> WeeklySchedule:
            row = connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()
            if row is None:
                new = values | {"created_at": now, "next_at": next_occurrence(schedule, now)}
                insert = self._insert(schedules).values(guild_id=guild_id, **new).on_conflict_do_nothing()
                connection.execute(insert)  # nothing if another was first: its row is changed below
                row = connection.execute(_LOCKED, {"guild_id": guild_id}).one()
            lasts = row.pause_reason == Reason.ADMIN_PAUSED
            new_values = values | {"next_at": self.moved(connection, row, schedule, now, keeps_pause=lasts)}
            if start_id is not None:
                new_values["start_round"] = _latest_round(connection, row.id) + 1
            return _weekly(changed(connection, row.id, new_values | ({} if lasts else RUNNING)))

        return await self.write(work)

    def moved(
        self, connection: Connection, row: Row[Any], schedule: Schedule, now: datetime, *, keeps_pause: bool = False
    ) -> datetime:
        """The next occurrence of a schedule that takes the place of the one in `row`, whose due weeks are settled."""
        old = _rule_of(row)
        running = keeps_pause or row.paused_at is None
        if old == schedule and running:
            return row.next_at  # type: ignore[no-any-return]
        self._settle(connection, [row], now)
        return first_free(schedule, now, _weeks_taken(connection, [row.id], now)[row.id], _known_zone(old))

    async def schedule_for(self, guild_id: int) -> WeeklySchedule | None:
        """A server's schedule, if it has one."""
        row = await self.look_up(lambda connection: connection.execute(_OF_GUILD, {"guild_id": guild_id}).one_or_none())
        return _weekly(row) if row else None

    async def schedule_with(self, schedule_id: int) -> AnySchedule | None:
        """The schedule with this id, a server's or a member's."""
        statement = select(schedules).where(schedules.c.id == schedule_id)
        row = await self.look_up(lambda connection: connection.execute(statement).one_or_none())
        return schedule_of(row) if row else None

    async def remove_schedule(self, guild_id: int) -> bool:
        """Forget a server's schedule with its jobs; whether there was one."""
        statement = delete(schedules).where(schedules.c.guild_id == guild_id)
        return await self.write(lambda connection: connection.execute(statement).rowcount > 0)

    async def pause(
        self, guild_id: int, *, by: int, now: datetime, resume_at: datetime | None = None
    ) -> WeeklySchedule | None:
        """Post nothing until `resume`, or until `resume_at`; returns the schedule, None if the server has none.

        A prompt that is due and not sent yet is left out.
        """

        def work(connection: Connection) -> WeeklySchedule | None:
            row = connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()
            if row is None:
                return None
            self._settle(connection, [row], now)
            pause = _paused(now, Reason.ADMIN_PAUSED) | {"paused_by": by, "resume_at": resume_at}
            cancel(connection, row.id, Reason.PAUSED)
            return _weekly(changed(connection, row.id, pause))

        return await self.write(work)

    async def resume(self, guild_id: int, now: datetime) -> WeeklySchedule | None:
        """End a pause; what was due during it stays out. Returns the schedule, None if the server has none."""

        def work(connection: Connection) -> WeeklySchedule | None:
            row = connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()
            if row is None or row.paused_at is None:
                return _weekly(row) if row else None
            return _weekly(self._resume(connection, row, now))

        return await self.write(work)

    async def resume_due(self, now: datetime) -> int:
        """End every pause that ends by itself by now; returns how many there were."""
        ended = select(schedules).where(schedules.c.paused_at.is_not(None), schedules.c.resume_at <= now)

        def work(connection: Connection) -> int:
            rows = connection.execute(ended.with_for_update(skip_locked=True)).all()
            for row in rows:
                # As of the instant at which it was to end: what came due since then is late, not lost. A moment before
                # it, so that what is due at that very instant is still to come.
                self._resume(connection, row, row.resume_at - MOMENT)
            return len(rows)

        return await self.write(work)

    def _resume(self, connection: Connection, row: Row[Any], now: datetime) -> Row[Any]:
        self._settle(connection, [row], now)
        return changed(connection, row.id, RUNNING | {"left_at": None})

    async def skip_next(self, guild_id: int, now: datetime) -> tuple[WeeklySchedule, datetime | None] | None:
        """Leave out the next prompt: the one that waits for another attempt, else the next occurrence.

        Returns the schedule and the instant at which the prompt was due, None for one that is being posted right now;
        None alone if the server has no schedule.
        """

        def work(connection: Connection) -> tuple[WeeklySchedule, datetime | None] | None:
            row = connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()
            if row is None:
                return None
            self._settle(connection, [row], now)
            current = connection.execute(_waiting_post(row.id)).one_or_none()
            if current is not None:
                under_way = current.owner is not None and current.lease_until > now
                if not under_way:
                    cancel(connection, row.id, Reason.ADMIN_SKIPPED, only=current.id)
                return _weekly(changed(connection, row.id, {})), None if under_way else current.due_at
            row = changed(connection, row.id, {})
            skipped = _job(row, row.next_at, now, State.SKIPPED, Reason.ADMIN_SKIPPED)
            connection.execute(self._insert(jobs).values(skipped).on_conflict_do_nothing())
            taken = _weeks_taken(connection, [row.id], now)[row.id]
            following = first_free(_rule_of(row), row.next_at, taken)
            return _weekly(changed(connection, row.id, {"next_at": following})), row.next_at

        return await self.write(work)

    # What is due

    async def enqueue_due(self, now: datetime) -> int:
        """Turn what is due of at most AT_ONCE schedules into jobs; returns of how many.

        A week that is too late is written down as lost, and whoever set the prompt is to be told.
        """
        due = select(schedules).where(schedules.c.next_at <= now, schedules.c.paused_at.is_(None))
        due = due.order_by(schedules.c.next_at, schedules.c.id).limit(AT_ONCE)

        def work(connection: Connection) -> int:
            # What another process is enqueueing just now is not waited for.
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            self._settle(connection, rows, now)
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
                new = _job(row, now, now, State.WAITING) | {"week": f"now:{now.isoformat()}"}
                insert = self._insert(jobs).values(new).returning(jobs.c.id)
                found = connection.scalar(insert)
            return found

        return await self.write(work)

    def _settle(self, connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
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
        taken = _weeks_taken(connection, [row.id for row in passed], now)
        moves = [{"of": row.id, "to": first_free(_rule_of(row), now, taken[row.id])} for row in passed]
        connection.execute(_MOVE, moves)

    def _due(self, connection: Connection, row: Row[Any], now: datetime) -> list[datetime]:
        """The instants of a schedule that are due; pauses one that cannot be computed, and then there are none."""
        try:
            return due_by(_rule_of(row), row.next_at, now)[-MISSED_LIMIT:]
        except (LookupError, ValueError, OSError) as error:  # no such zone on this machine
            log.error("Schedule %s cannot be computed: %s", row.id, error)
            if row.paused_at is None:
                self.pause_itself(connection, row.id, f"zone:{now.isoformat()}", Reason.UNKNOWN_ZONE, now)
            return []

    def enqueue_notice(self, connection: Connection, schedule_id: int, week: str, now: datetime) -> None:
        """Have whoever set a prompt told what became of a week, once."""
        new = _job_values(schedule_id, week, "notice", now, now)
        connection.execute(self._insert(jobs).values(new).on_conflict_do_nothing())

    def pause_itself(
        self, connection: Connection, schedule_id: int, week: str, reason: Reason, now: datetime, *, tell: bool = True
    ) -> None:
        """Pause a schedule for a reason that nobody wanted; `tell` says that whom it concerns is to be told, once."""
        values = _paused(now, reason)
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

    # Servers that the bot is no longer in

    async def guilds_with_schedules(self) -> frozenset[int]:
        """The servers that have a schedule and, as far as is known, the bot."""
        served = select(schedules.c.guild_id).where(schedules.c.left_at.is_(None), schedules.c.guild_id.is_not(None))
        return await self.read(lambda connection: frozenset(connection.scalars(served)))

    async def guilds_left(self) -> frozenset[int]:
        """The servers that removed the bot, and whose schedules are not forgotten yet."""
        left = select(schedules.c.guild_id).where(schedules.c.left_at.is_not(None))
        return await self.read(lambda connection: frozenset(connection.scalars(left)))

    async def mark_left(self, guild_id: int, now: datetime) -> None:
        """The bot was removed from a server: pause its schedule, and remember since when."""

        def work(connection: Connection) -> None:
            row = connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()
            if row is not None:
                self._settle(connection, [row], now)
                cancel(connection, row.id, Reason.BOT_REMOVED)
                changed(connection, row.id, _paused(now, Reason.BOT_REMOVED) | {"left_at": now})

        await self.write(work)

    async def mark_returned(self, guild_id: int) -> None:
        """The bot is in a server again: its schedule, still paused, is no longer about to be forgotten."""
        statement = update(schedules).where(schedules.c.guild_id == guild_id).values(left_at=None)
        await self.write(lambda connection: connection.execute(statement))

    async def forget_left(self, before: datetime) -> int:
        """Forget the schedules, with their jobs, of servers left before an instant; returns how many."""
        statement = delete(schedules).where(schedules.c.left_at < before)
        return await self.write(lambda connection: connection.execute(statement).rowcount)


RUNNING: dict[str, Any] = {"paused_at": None, "pause_reason": None, "paused_by": None, "resume_at": None}
"""The columns of a schedule that is not paused."""
_MOVE = update(schedules).where(schedules.c.id == bindparam("of")).values(next_at=bindparam("to"))


def _paused(now: datetime, reason: Reason) -> dict[str, Any]:
    return {"paused_at": now, "pause_reason": reason, "paused_by": None, "resume_at": None}


def cancel(connection: Connection, schedule_id: int, reason: Reason, *, only: int | None = None) -> None:
    """Have no further attempt made at the posts of a schedule that wait for one, or `only` at the one with this id.

    What was sent before is still found.
    """
    waiting = (jobs.c.schedule_id == schedule_id, jobs.c.state == State.WAITING, jobs.c.kind.in_(POSTS))
    statement = update(jobs).where(*waiting, jobs.c.cancelled.is_(None))
    if only is not None:
        statement = statement.where(jobs.c.id == only)
    connection.execute(statement.values(cancelled=reason, attempt_at=jobs.c.enqueued_at))


def _waiting_post(schedule_id: int) -> Select[Any]:
    """The first scheduled prompt that is to be attempted yet, if there is one."""
    waiting = select(jobs).where(
        jobs.c.schedule_id == schedule_id,
        jobs.c.state == State.WAITING,
        jobs.c.kind.in_(POSTS),
        jobs.c.cancelled.is_(None),
        jobs.c.week.not_like("now:%"),
    )
    return waiting.order_by(jobs.c.due_at).limit(1)


def changed(connection: Connection, schedule_id: int, values: Mapping[str, Any]) -> Row[Any]:
    """A schedule's row after a change; after none, as it is now."""
    if values:
        statement = update(schedules).where(schedules.c.id == schedule_id).values(values).returning(schedules)
        return connection.execute(statement).one()
    return connection.execute(select(schedules).where(schedules.c.id == schedule_id)).one()


def _latest_round(connection: Connection, schedule_id: int) -> int:
    """The latest walk that anything was chosen for; 0 if nothing was yet."""
    chosen = (jobs.c.schedule_id == schedule_id, jobs.c.resource_id.is_not(None))
    return connection.scalar(select(func.max(jobs.c.round)).where(*chosen)) or 0


def _weeks_taken(connection: Connection, schedule_ids: Collection[int], now: datetime) -> dict[int, set[str]]:
    """The weeks of each schedule, from the last fortnight on, that have a post or were left out."""
    rows = select(jobs.c.schedule_id, jobs.c.week).where(jobs.c.schedule_id.in_(schedule_ids), jobs.c.kind.in_(POSTS))
    taken: dict[int, set[str]] = {one: set() for one in schedule_ids}
    for row in connection.execute(rows.where(jobs.c.due_at > now - FORTNIGHT)):
        taken[row.schedule_id].add(row.week)
    return taken


def _due_job(row: Row[Any], instant: datetime, now: datetime) -> dict[str, Any]:
    if row.paused_at is not None:
        return _job(row, instant, now, State.SKIPPED, Reason.PAUSED)
    if instant < now - GRACE:
        return _job(row, instant, now, State.SKIPPED, Reason.OFFLINE)
    return _job(row, instant, now, State.WAITING)


def _job(row: Row[Any], due_at: datetime, now: datetime, state: State, reason: Reason | None = None) -> dict[str, Any]:
    kind = "prompt" if row.user_id is None else "reminder"
    values = _job_values(row.id, week_of(_rule_of(row), due_at), kind, due_at, now)
    return values | {"state": state, "reason": reason}


def _job_values(schedule_id: int, week: str, kind: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "schedule_id": schedule_id, "week": week, "kind": kind, "due_at": due_at, "enqueued_at": now,
        "attempt_at": now, "state": State.WAITING,
    }  # fmt: skip


def follow_up_values(schedule_id: int, week: str, kinds: Iterable[str], now: datetime) -> list[dict[str, Any]]:
    """Rows of `jobs` for what follows a post."""
    return [_job_values(schedule_id, week, kind, now, now) for kind in kinds]


def rule_values(schedule: Schedule) -> dict[str, Any]:
    """The columns that hold a day, time and zone."""
    return {"weekday": schedule.weekday, "time": f"{schedule.time:%H:%M}", "zone": schedule.zone}


def _rule_of(row: Row[Any]) -> Schedule:
    return Schedule(row.weekday, time.fromisoformat(row.time), row.zone)


def _known_zone(schedule: Schedule) -> str | None:
    try:
        week_of(schedule, datetime.min.replace(year=2000, tzinfo=UTC))
    except (LookupError, ValueError, OSError):
        return None
    return schedule.zone


def _realigned(row: Row[Any]) -> datetime:
    try:
        return realigned(_rule_of(row), row.next_at)
    except (LookupError, ValueError, OSError) as error:  # its zone alone; once it is due it pauses
        log.error("Schedule %s cannot be computed: %s", row.id, error)
        instant: datetime = row.next_at
        return instant


def reason_of(code: str | None) -> Reason | None:
    """A code as it is stored, as a Reason."""
    return Reason(code) if code is not None else None


def _weekly(row: Row[Any]) -> WeeklySchedule:
    return WeeklySchedule(
        id=row.id,
        guild_id=row.guild_id,
        catalog_id=row.catalog_id,
        channel_id=row.channel_id,
        role_id=row.role_id,
        schedule=_rule_of(row),
        created_by=row.created_by,
        next_at=row.next_at,
        paused_at=row.paused_at,
        pause_reason=reason_of(row.pause_reason),
        paused_by=row.paused_by,
        resume_at=row.resume_at,
        order=row.order,
        start_id=row.start_id,
        start_round=row.start_round,
        thread=row.thread,
        pin=row.pin,
        poll=row.poll,
    )


def reminder_of(row: Row[Any]) -> Reminder:
    """A row of `schedules` that belongs to a member."""
    return Reminder(
        id=row.id,
        user_id=row.user_id,
        catalog_id=row.catalog_id,
        channel_id=row.channel_id,
        schedule=_rule_of(row),
        next_at=row.next_at,
        paused_at=row.paused_at,
        pause_reason=reason_of(row.pause_reason),
        idle_only=row.idle_only,
        notice_pending=row.notice_pending,
    )


def schedule_of(row: Row[Any]) -> AnySchedule:
    """A row of `schedules`, a server's or a member's."""
    return _weekly(row) if row.user_id is None else reminder_of(row)

"""The weekly schedules of the servers: set, changed, paused, skipped, forgotten."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from bot.schedule import Schedule, first_occurrence, next_occurrence, realigned
from bot.store.database import Database
from bot.store.rows import Reminder, WeeklySchedule
from bot.store.tables import CLAIMED, ERROR_LIMIT, deliveries, schedules

log = logging.getLogger(__name__)

REMOVED = "I was removed from this server and added again. Run /weekly resume to go on"
"""Why a schedule is paused whose server removed the bot: nobody reads it before the bot is back."""
LEFT_OUT = "an admin left it out"
"""Why an occurrence was skipped at an admin's word: the week is taken all the same."""
MOMENT = timedelta(microseconds=1)
PAGE = 500
"""Schedules that are realigned at a time: commands are answered between two pages."""


def _realigned(row: Row[Any]) -> datetime:
    try:
        return realigned(schedule(row).schedule, row.next_at)
    except (
        LookupError,
        ValueError,
        OSError,
    ) as error:  # a zone that this machine's data does not know is that schedule's alone
        log.error("Schedule %s cannot be computed: %s", row.id, error)
        instant: datetime = row.next_at
        return instant


class Schedules(Database):
    """The part of the store that holds one schedule for each server."""

    async def put_schedule(
        self, *, guild_id: int, channel_id: int, role_id: int | None, schedule: Schedule, created_by: int, now: datetime
    ) -> WeeklySchedule:
        """Set a server's schedule, or change it; returns it with its next occurrence.

        A change never makes a week post twice, and one that leaves day, time and zone alone does not lose a prompt that
        is just due. It ends a pause that came of itself, which it is to mend; one that an admin wanted lasts.
        """

        def work(connection: Connection) -> WeeklySchedule:
            old = _schedule_of(connection, guild_id, lock=True)
            wanted = old is not None and _pause_is_wanted(connection, old)
            values: dict[str, Any] = {
                "channel_id": channel_id,
                "role_id": role_id,
                "weekday": schedule.weekday,
                "time": f"{schedule.time:%H:%M}",
                "zone": schedule.zone,
                "created_by": created_by,
                "next_at": next_at(connection, old, schedule, now, going_on=wanted),
                "left_at": None,
            }
            if not wanted:
                values |= {"paused_at": None, "paused_reason": None, "resume_at": None}
            statement = self._insert(schedules).values(guild_id=guild_id, created_at=now, **values)
            statement = statement.on_conflict_do_update(index_elements=["guild_id"], set_=values)
            return _weekly(connection.execute(statement.returning(schedules)).one())

        return await self.write(work)

    async def schedule_for(self, guild_id: int) -> WeeklySchedule | None:
        """A server's schedule, if it has one."""

        def work(connection: Connection) -> WeeklySchedule | None:
            return _schedule_of(connection, guild_id)

        return await self.read(work)

    async def remove_schedule(self, guild_id: int) -> bool:
        """Forget a server's schedule with its deliveries; whether there was one."""

        def work(connection: Connection) -> bool:
            removed = connection.execute(delete(schedules).where(schedules.c.guild_id == guild_id))
            return removed.rowcount > 0

        return await self.write(work)

    async def put_ritual(
        self,
        guild_id: int,
        *,
        order: str | None = None,
        start_id: str | None = None,
        thread: bool | None = None,
        pin: bool | None = None,
        poll: bool | None = None,
    ) -> WeeklySchedule | None:
        """Change what each prompt is about and comes with; what is None stays. A new walk begins at `start_id`.

        Returns the schedule, None if the server has none.
        """

        def work(connection: Connection) -> WeeklySchedule | None:
            weekly = _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            given = {"order": order, "thread": thread, "pin": pin, "poll": poll, "start_id": start_id}
            values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
            if start_id is not None:
                posted = and_(deliveries.c.schedule_id == weekly.id, deliveries.c.state == "posted")
                latest = connection.scalar(select(func.max(deliveries.c.round)).where(posted))
                values["start_round"] = max(latest or 0, weekly.start_round) + 1
            if not values:
                return weekly
            statement = update(schedules).where(schedules.c.id == weekly.id).values(values).returning(schedules)
            return _weekly(connection.execute(statement).one())

        return await self.write(work)

    async def pause(
        self, guild_id: int, *, reason: str, now: datetime, resume_at: datetime | None = None
    ) -> WeeklySchedule | None:
        """Post nothing until `resume`, or until `resume_at`; returns the schedule, None if the server has none."""
        values = {"paused_at": now, "paused_reason": reason[:ERROR_LIMIT], "resume_at": resume_at}
        statement = update(schedules).where(schedules.c.guild_id == guild_id).values(values).returning(schedules)

        def work(connection: Connection) -> WeeklySchedule | None:
            row = connection.execute(statement).one_or_none()
            return _weekly(row) if row else None

        return await self.write(work)

    async def resume(self, guild_id: int, now: datetime) -> WeeklySchedule | None:
        """End a pause; what was due during it stays out. Returns the schedule, None if the server has none."""

        def work(connection: Connection) -> WeeklySchedule | None:
            old = _schedule_of(connection, guild_id, lock=True)
            return _resume(connection, old, now) if old and old.paused_at is not None else old

        return await self.write(work)

    async def resume_due(self, now: datetime) -> int:
        """End every pause that ends by itself by now; returns how many there were."""
        ended = select(schedules).where(schedules.c.paused_at.is_not(None), schedules.c.resume_at <= now)

        def work(connection: Connection) -> int:
            weeklies = [_weekly(row) for row in connection.execute(ended.with_for_update())]
            for weekly in weeklies:
                # From the instant it was to end, not from now: what came due between the two is late, not lost.
                # A moment before it, so that what is due at that very instant is still to come.
                _resume(connection, weekly, (weekly.resume_at or now) - MOMENT)
            return len(weeklies)

        return await self.write(work)

    async def realign(self, now: datetime) -> int:
        """Move what is to come to where today's zone data has it; returns how many moved. What is due stays."""
        moved = last = 0
        while rows := await self._realign_page(now, last):
            moved += sum(was != is_now for _, was, is_now in rows)
            last = rows[-1][0]
        return moved

    async def _realign_page(self, now: datetime, after: int) -> list[tuple[int, datetime, datetime]]:
        """The id of each schedule of the page after an id, with when it was next and when it is now."""
        page = select(schedules).where(schedules.c.next_at > now, schedules.c.id > after)

        def work(connection: Connection) -> list[tuple[int, datetime, datetime]]:
            rows = connection.execute(page.order_by(schedules.c.id).limit(PAGE))
            found = [(row.id, row.next_at, _realigned(row)) for row in rows]
            for schedule_id, was, is_now in found:
                if was != is_now:
                    connection.execute(update(schedules).where(schedules.c.id == schedule_id).values(next_at=is_now))
            return found

        return await self.write(work)

    async def skip_next(self, guild_id: int) -> WeeklySchedule | None:
        """Leave out the next occurrence; returns the schedule, None if the server has none or that one is under way."""

        def work(connection: Connection) -> WeeklySchedule | None:
            weekly = _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            left_out = {"state": "skipped", "attempts": 0, "round": 1, "error": LEFT_OUT}
            key = {"schedule_id": weekly.id, "occurrence": weekly.next_at}
            done = connection.execute(self._insert(deliveries).values(key | left_out).on_conflict_do_nothing())
            if not done.rowcount:
                return None
            later = next_occurrence(weekly.schedule, weekly.next_at)
            statement = update(schedules).where(schedules.c.id == weekly.id).values(next_at=later)
            return _weekly(connection.execute(statement.returning(schedules)).one())

        return await self.write(work)

    # Servers that the bot is no longer in

    async def guilds_with_schedules(self) -> frozenset[int]:
        """The servers that have a schedule and, as far as is known, the bot."""

        def work(connection: Connection) -> frozenset[int]:
            served = select(schedules.c.guild_id).where(
                schedules.c.left_at.is_(None), schedules.c.guild_id.is_not(None)
            )
            found = connection.scalars(served)
            return frozenset(found)

        return await self.read(work)

    async def guilds_left(self) -> frozenset[int]:
        """The servers that removed the bot, and whose schedules are not forgotten yet."""

        def work(connection: Connection) -> frozenset[int]:
            found = connection.scalars(select(schedules.c.guild_id).where(schedules.c.left_at.is_not(None)))
            return frozenset(found)

        return await self.read(work)

    async def mark_left(self, guild_id: int, now: datetime) -> None:
        """The bot was removed from a server: pause its schedule, and remember since when."""
        values = {"paused_at": now, "paused_reason": REMOVED, "resume_at": None, "left_at": now}

        def work(connection: Connection) -> None:
            connection.execute(update(schedules).where(schedules.c.guild_id == guild_id).values(values))

        return await self.write(work)

    async def mark_returned(self, guild_id: int) -> None:
        """The bot is in a server again: its schedule, still paused, is no longer about to be forgotten."""

        def work(connection: Connection) -> None:
            connection.execute(update(schedules).where(schedules.c.guild_id == guild_id).values(left_at=None))

        return await self.write(work)

    async def forget_left(self, before: datetime) -> int:
        """Forget the schedules, with their deliveries, of servers left before an instant; returns how many."""

        def work(connection: Connection) -> int:
            gone = connection.execute(delete(schedules).where(schedules.c.left_at < before))
            return gone.rowcount

        return await self.write(work)

    async def schedule_with(self, schedule_id: int) -> WeeklySchedule | Reminder | None:
        """The schedule with this id, a server's or a member's."""

        def work(connection: Connection) -> WeeklySchedule | Reminder | None:
            row = connection.execute(select(schedules).where(schedules.c.id == schedule_id)).one_or_none()
            return schedule(row) if row else None

        return await self.read(work)

    async def next_due(self) -> datetime | None:
        """When there will next be something to do for a tick, if nobody changes anything.

        None if never.
        """
        current = and_(
            deliveries.c.schedule_id == schedules.c.id,
            deliveries.c.occurrence == schedules.c.next_at,
            deliveries.c.state == "claimed",
        )
        instant = schedules.c.next_at.type
        free_at = func.coalesce(deliveries.c.lease_until, schedules.c.next_at, type_=instant)
        running = select(func.min(free_at)).select_from(schedules.outerjoin(deliveries, current))
        paused = select(func.min(schedules.c.resume_at, type_=instant)).where(schedules.c.paused_at.is_not(None))
        abandoned = select(func.min(deliveries.c.lease_until, type_=instant)).where(CLAIMED, ~is_next())

        def work(connection: Connection) -> datetime | None:
            found: list[datetime | None] = [
                connection.scalar(running.where(schedules.c.paused_at.is_(None))),
                connection.scalar(paused),
                connection.scalar(select(func.min(deliveries.c.extras_at, type_=instant))),
                connection.scalar(abandoned),
            ]
            return min((instant for instant in found if instant is not None), default=None)

        return await self.read(work)


def _schedule_of(connection: Connection, guild_id: int, *, lock: bool = False) -> WeeklySchedule | None:
    statement = select(schedules).where(schedules.c.guild_id == guild_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return _weekly(row) if row else None


def _pause_is_wanted(connection: Connection, weekly: WeeklySchedule) -> bool:
    """Whether a schedule is paused because an admin said so: not for a failure, nor because the bot was removed."""
    failed = select(deliveries.c.state).where(
        deliveries.c.schedule_id == weekly.id,
        deliveries.c.occurrence == weekly.next_at,
        deliveries.c.state == "failed",
    )
    if weekly.paused_at is None or weekly.paused_reason == REMOVED:
        return False
    return connection.scalar(failed) is None


def next_at(
    connection: Connection,
    old: WeeklySchedule | Reminder | None,
    schedule: Schedule,
    now: datetime,
    *,
    going_on: bool = False,
) -> datetime:
    """The first occurrence of a schedule that takes the place of another, if there was one.

    `going_on` says that a pause of the old one lasts.
    """
    if old is None:
        return first_occurrence(schedule, now, None)
    if old.schedule == schedule and (going_on or old.paused_at is None):
        return old.next_at
    last = _last_posted(connection, old.id)
    _give_up_claims(connection, old.id, now)
    first = first_occurrence(schedule, now, last, old.schedule.zone)
    return _open_from(connection, old.id, schedule, first)


def _resume(connection: Connection, weekly: WeeklySchedule, now: datetime) -> WeeklySchedule:
    last = _last_posted(connection, weekly.id)
    _give_up_claims(connection, weekly.id, now)
    first = weekly.next_at if weekly.next_at > now else first_occurrence(weekly.schedule, now, last)
    next_at = _open_from(connection, weekly.id, weekly.schedule, first)
    values = {"paused_at": None, "paused_reason": None, "resume_at": None, "left_at": None, "next_at": next_at}
    statement = update(schedules).where(schedules.c.id == weekly.id).values(values).returning(schedules)
    return _weekly(connection.execute(statement).one())


def _open_from(connection: Connection, schedule_id: int, schedule: Schedule, instant: datetime) -> datetime:
    """The first occurrence from an instant on of which nothing has become yet."""
    its = and_(deliveries.c.schedule_id == schedule_id, deliveries.c.state != "claimed")
    while connection.scalar(select(deliveries.c.state).where(its, deliveries.c.occurrence == instant)):
        instant = next_occurrence(schedule, instant)
    return instant


def _last_posted(connection: Connection, schedule_id: int) -> datetime | None:
    """The latest occurrence that was posted, or may have been: a claim that was overtaken, or given up in an outage,
    may have reached Discord; a refusal did not. A week that an admin left out is taken, too;
    what they posted beside the rhythm does not count."""
    sent = and_(deliveries.c.first_sent_at.is_not(None), deliveries.c.state != "failed")
    maybe_posted = and_(or_(sent, deliveries.c.error == LEFT_OUT), deliveries.c.unscheduled.is_(False))
    statement = select(func.max(deliveries.c.occurrence, type_=deliveries.c.occurrence.type))
    found: datetime | None = connection.scalar(statement.where(deliveries.c.schedule_id == schedule_id, maybe_posted))
    return found


def _give_up_claims(connection: Connection, schedule_id: int, now: datetime) -> None:
    """Nobody will come back for what was claimed under a rule that is gone."""
    overtaken = and_(
        deliveries.c.schedule_id == schedule_id,
        deliveries.c.state == "claimed",
        or_(deliveries.c.lease_until <= now, deliveries.c.owner.is_(None)),
    )
    connection.execute(
        update(deliveries).where(overtaken).values(state="skipped", error="the schedule was changed meanwhile")
    )


def is_next() -> ColumnElement[bool]:
    """Whether a row of `deliveries` is its schedule's next occurrence."""
    its = and_(schedules.c.id == deliveries.c.schedule_id, schedules.c.next_at == deliveries.c.occurrence)
    return select(1).where(its).correlate(deliveries).exists()


def _weekly(row: Row[Any]) -> WeeklySchedule:
    return WeeklySchedule(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        role_id=row.role_id,
        schedule=Schedule(row.weekday, time.fromisoformat(row.time), row.zone),
        created_by=row.created_by,
        next_at=row.next_at,
        paused_at=row.paused_at,
        paused_reason=row.paused_reason,
        resume_at=row.resume_at,
        order=row.order,
        start_id=row.start_id,
        start_round=row.start_round,
        thread=row.thread,
        pin=row.pin,
        poll=row.poll,
    )


def reminder(row: Row[Any]) -> Reminder:
    """A row of `schedules` that belongs to a member."""
    return Reminder(
        id=row.id,
        user_id=row.user_id,
        channel_id=row.channel_id,
        schedule=Schedule(row.weekday, time.fromisoformat(row.time), row.zone),
        next_at=row.next_at,
        paused_at=row.paused_at,
        paused_reason=row.paused_reason,
        quiet=row.quiet,
        untold=row.untold,
    )


def schedule(row: Row[Any]) -> WeeklySchedule | Reminder:
    """A row of `schedules`, a server's or a member's."""
    return _weekly(row) if row.user_id is None else reminder(row)

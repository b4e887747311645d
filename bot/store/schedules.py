"""The weekly schedules of the servers: set, changed, paused, skipped, forgotten."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

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
        async with self._begin() as connection:
            old = await _schedule_of(connection, guild_id, lock=True)
            wanted = old is not None and await _pause_is_wanted(connection, old)
            values: dict[str, Any] = {
                "channel_id": channel_id,
                "role_id": role_id,
                "weekday": schedule.weekday,
                "time": f"{schedule.time:%H:%M}",
                "zone": schedule.zone,
                "created_by": created_by,
                "next_at": await next_at(connection, old, schedule, now, going_on=wanted),
                "left_at": None,
            }
            if not wanted:
                values |= {"paused_at": None, "paused_reason": None, "resume_at": None}
            statement = self._insert(schedules).values(guild_id=guild_id, created_at=now, **values)
            statement = statement.on_conflict_do_update(index_elements=["guild_id"], set_=values)
            return _weekly((await connection.execute(statement.returning(schedules))).one())

    async def schedule_for(self, guild_id: int) -> WeeklySchedule | None:
        """A server's schedule, if it has one."""
        async with self._begin() as connection:
            return await _schedule_of(connection, guild_id)

    async def remove_schedule(self, guild_id: int) -> bool:
        """Forget a server's schedule with its deliveries; whether there was one."""
        async with self._begin() as connection:
            removed = await connection.execute(delete(schedules).where(schedules.c.guild_id == guild_id))
            return removed.rowcount > 0

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
        async with self._begin() as connection:
            weekly = await _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            given = {"order": order, "thread": thread, "pin": pin, "poll": poll, "start_id": start_id}
            values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
            if start_id is not None:
                posted = and_(deliveries.c.schedule_id == weekly.id, deliveries.c.state == "posted")
                latest = await connection.scalar(select(func.max(deliveries.c.round)).where(posted))
                values["start_round"] = max(latest or 0, weekly.start_round) + 1
            if not values:
                return weekly
            statement = update(schedules).where(schedules.c.id == weekly.id).values(values).returning(schedules)
            return _weekly((await connection.execute(statement)).one())

    async def pause(
        self, guild_id: int, *, reason: str, now: datetime, resume_at: datetime | None = None
    ) -> WeeklySchedule | None:
        """Post nothing until `resume`, or until `resume_at`; returns the schedule, None if the server has none."""
        values = {"paused_at": now, "paused_reason": reason[:ERROR_LIMIT], "resume_at": resume_at}
        statement = update(schedules).where(schedules.c.guild_id == guild_id).values(values).returning(schedules)
        async with self._begin() as connection:
            row = (await connection.execute(statement)).one_or_none()
            return _weekly(row) if row else None

    async def resume(self, guild_id: int, now: datetime) -> WeeklySchedule | None:
        """End a pause; what was due during it stays out. Returns the schedule, None if the server has none."""
        async with self._begin() as connection:
            old = await _schedule_of(connection, guild_id, lock=True)
            return await _resume(connection, old, now) if old and old.paused_at is not None else old

    async def resume_due(self, now: datetime) -> int:
        """End every pause that ends by itself by now; returns how many there were."""
        ended = select(schedules).where(schedules.c.paused_at.is_not(None), schedules.c.resume_at <= now)
        async with self._begin() as connection:
            weeklies = [_weekly(row) for row in await connection.execute(ended.with_for_update())]
            for weekly in weeklies:
                # From the instant it was to end, not from now: what came due between the two is late, not lost.
                # A moment before it, so that what is due at that very instant is still to come.
                await _resume(connection, weekly, (weekly.resume_at or now) - MOMENT)
        return len(weeklies)

    async def realign(self, now: datetime) -> int:
        """Move what is to come to where today's zone data has it; returns how many moved. What is due stays."""
        moved = last = 0
        while True:
            async with self._begin() as connection:
                page = select(schedules).where(schedules.c.next_at > now, schedules.c.id > last)
                rows = (await connection.execute(page.order_by(schedules.c.id).limit(PAGE))).all()
                for row in rows:
                    next_at = _realigned(row)
                    if next_at != row.next_at:
                        await connection.execute(
                            update(schedules).where(schedules.c.id == row.id).values(next_at=next_at)
                        )
                        moved += 1
            if len(rows) < PAGE:
                return moved
            last = rows[-1].id

    async def skip_next(self, guild_id: int) -> WeeklySchedule | None:
        """Leave out the next occurrence; returns the schedule, None if the server has none or that one is under way."""
        async with self._begin() as connection:
            weekly = await _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            left_out = {"state": "skipped", "attempts": 0, "round": 1, "error": LEFT_OUT}
            key = {"schedule_id": weekly.id, "occurrence": weekly.next_at}
            done = await connection.execute(self._insert(deliveries).values(key | left_out).on_conflict_do_nothing())
            if not done.rowcount:
                return None
            later = next_occurrence(weekly.schedule, weekly.next_at)
            statement = update(schedules).where(schedules.c.id == weekly.id).values(next_at=later)
            return _weekly((await connection.execute(statement.returning(schedules))).one())

    # Servers that the bot is no longer in

    async def guilds_with_schedules(self) -> frozenset[int]:
        """The servers that have a schedule and, as far as is known, the bot."""
        async with self._begin() as connection:
            served = select(schedules.c.guild_id).where(
                schedules.c.left_at.is_(None), schedules.c.guild_id.is_not(None)
            )
            found = await connection.scalars(served)
            return frozenset(found)

    async def guilds_left(self) -> frozenset[int]:
        """The servers that removed the bot, and whose schedules are not forgotten yet."""
        async with self._begin() as connection:
            found = await connection.scalars(select(schedules.c.guild_id).where(schedules.c.left_at.is_not(None)))
            return frozenset(found)

    async def mark_left(self, guild_id: int, now: datetime) -> None:
        """The bot was removed from a server: pause its schedule, and remember since when."""
        values = {"paused_at": now, "paused_reason": REMOVED, "resume_at": None, "left_at": now}
        async with self._begin() as connection:
            await connection.execute(update(schedules).where(schedules.c.guild_id == guild_id).values(values))

    async def mark_returned(self, guild_id: int) -> None:
        """The bot is in a server again: its schedule, still paused, is no longer about to be forgotten."""
        async with self._begin() as connection:
            await connection.execute(update(schedules).where(schedules.c.guild_id == guild_id).values(left_at=None))

    async def forget_left(self, before: datetime) -> int:
        """Forget the schedules, with their deliveries, of servers left before an instant; returns how many."""
        async with self._begin() as connection:
            gone = await connection.execute(delete(schedules).where(schedules.c.left_at < before))
            return gone.rowcount

    async def schedule_with(self, schedule_id: int) -> WeeklySchedule | Reminder | None:
        """The schedule with this id, a server's or a member's."""
        async with self._begin() as connection:
            row = (await connection.execute(select(schedules).where(schedules.c.id == schedule_id))).one_or_none()
            return schedule(row) if row else None

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
        async with self._begin() as connection:
            found: list[datetime | None] = [
                await connection.scalar(running.where(schedules.c.paused_at.is_(None))),
                await connection.scalar(paused),
                await connection.scalar(select(func.min(deliveries.c.extras_at, type_=instant))),
                await connection.scalar(abandoned),
            ]
        return min((instant for instant in found if instant is not None), default=None)


async def _schedule_of(connection: AsyncConnection, guild_id: int, *, lock: bool = False) -> WeeklySchedule | None:
    statement = select(schedules).where(schedules.c.guild_id == guild_id)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return _weekly(row) if row else None


async def _pause_is_wanted(connection: AsyncConnection, weekly: WeeklySchedule) -> bool:
    """Whether a schedule is paused because an admin said so: not for a failure, nor because the bot was removed."""
    failed = select(deliveries.c.state).where(
        deliveries.c.schedule_id == weekly.id,
        deliveries.c.occurrence == weekly.next_at,
        deliveries.c.state == "failed",
    )
    if weekly.paused_at is None or weekly.paused_reason == REMOVED:
        return False
    return await connection.scalar(failed) is None


async def next_at(
    connection: AsyncConnection,
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
    last = await _last_posted(connection, old.id)
    await _give_up_claims(connection, old.id, now)
    first = first_occurrence(schedule, now, last, old.schedule.zone)
    return await _open_from(connection, old.id, schedule, first)


async def _resume(connection: AsyncConnection, weekly: WeeklySchedule, now: datetime) -> WeeklySchedule:
    last = await _last_posted(connection, weekly.id)
    await _give_up_claims(connection, weekly.id, now)
    first = weekly.next_at if weekly.next_at > now else first_occurrence(weekly.schedule, now, last)
    next_at = await _open_from(connection, weekly.id, weekly.schedule, first)
    values = {"paused_at": None, "paused_reason": None, "resume_at": None, "left_at": None, "next_at": next_at}
    statement = update(schedules).where(schedules.c.id == weekly.id).values(values).returning(schedules)
    return _weekly((await connection.execute(statement)).one())


async def _open_from(connection: AsyncConnection, schedule_id: int, schedule: Schedule, instant: datetime) -> datetime:
    """The first occurrence from an instant on of which nothing has become yet."""
    its = and_(deliveries.c.schedule_id == schedule_id, deliveries.c.state != "claimed")
    while await connection.scalar(select(deliveries.c.state).where(its, deliveries.c.occurrence == instant)):
        instant = next_occurrence(schedule, instant)
    return instant


async def _last_posted(connection: AsyncConnection, schedule_id: int) -> datetime | None:
    """The latest occurrence that was posted, or may have been: a claim that was overtaken, or given up in an outage,
    may have reached Discord; a refusal did not. A week that an admin left out is taken, too;
    what they posted beside the rhythm does not count."""
    sent = and_(deliveries.c.first_sent_at.is_not(None), deliveries.c.state != "failed")
    maybe_posted = and_(or_(sent, deliveries.c.error == LEFT_OUT), deliveries.c.unscheduled.is_(False))
    statement = select(func.max(deliveries.c.occurrence, type_=deliveries.c.occurrence.type))
    found: datetime | None = await connection.scalar(
        statement.where(deliveries.c.schedule_id == schedule_id, maybe_posted)
    )
    return found


async def _give_up_claims(connection: AsyncConnection, schedule_id: int, now: datetime) -> None:
    """Nobody will come back for what was claimed under a rule that is gone."""
    overtaken = and_(
        deliveries.c.schedule_id == schedule_id,
        deliveries.c.state == "claimed",
        or_(deliveries.c.lease_until <= now, deliveries.c.owner.is_(None)),
    )
    await connection.execute(
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

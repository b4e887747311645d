"""The store: every read and write of the bot's state, each one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time
from typing import Any, Self

from sqlalchemy import ColumnElement, Insert, Row, and_, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.schedule import Schedule, first_occurrence, next_occurrence
from bot.store.engine import create_engine, database_url, in_memory
from bot.store.rows import Delivery, WeeklySchedule
from bot.store.tables import app_state, deliveries, schedules
from bot.store.upgrade import upgrade

log = logging.getLogger(__name__)

REMOVED = "I was removed from this server and added again. Run /weekly resume to go on"
"""Why a schedule is paused whose server removed the bot: nobody reads it before the bot is back."""
GOODBYE_SECONDS = 0.05
"""How long the thread of a failed connection may take to end; it needs well under a millisecond."""
ERROR_LIMIT = 300
"""Characters of an error that are kept: enough to act on."""


class Store:
    """The bot's state. Open it once, close it at the end; it may be used by many tasks at once.

    Every method raises StoreError if the database cannot be used. Instants are aware datetimes.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.private = in_memory(engine.url)
        """Whether no other process can change what is in here."""

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the database at an address such as `sqlite:///studybot.db`, and bring it to the newest version.

        Raises StoreError with what to do if it cannot be opened, StoreTooNew if a newer studybot wrote it, MissingExtra
        without PostgreSQL's driver.
        """
        address = database_url(url)
        engine = create_engine(address)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        except (SQLAlchemyError, OSError, ValueError) as error:
            await engine.dispose()
            # The thread of an SQLite connection that failed still has a word for the event loop, which may end now.
            await asyncio.sleep(GOODBYE_SECONDS)
            raise StoreError(_cannot_open(address.render_as_string(), error)) from error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # The weekly schedule of a server

    async def put_schedule(
        self, *, guild_id: int, channel_id: int, role_id: int | None, schedule: Schedule, created_by: int, now: datetime
    ) -> WeeklySchedule:
        """Set a server's schedule, or change it and end its pause; returns it with its next occurrence.

        A change never makes a week post twice, and one that leaves day, time and zone alone does not lose a prompt that
        is just due.
        """
        async with self._begin() as connection:
            old = await _schedule_of(connection, guild_id, lock=True)
            values = {
                "channel_id": channel_id,
                "role_id": role_id,
                "weekday": schedule.weekday,
                "time": f"{schedule.time:%H:%M}",
                "zone": schedule.zone,
                "created_by": created_by,
                "next_at": await _next_at(connection, old, schedule, now),
                "paused_at": None,
                "paused_reason": None,
                "resume_at": None,
                "left_at": None,
            }
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
        self, guild_id: int, *, order: str | None = None, start_id: str | None = None, thread: bool | None = None
    ) -> WeeklySchedule | None:
        """Change what each prompt is about and comes with; what is None stays. A new walk begins at `start_id`.

        Returns the schedule, None if the server has none.
        """
        async with self._begin() as connection:
            weekly = await _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            given = {"order": order, "thread": thread, "start_id": start_id}
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
            return await _resume(connection, old, now) if old else None

    async def resume_due(self, now: datetime) -> int:
        """End every pause that ends by itself by now; returns how many there were."""
        ended = select(schedules).where(schedules.c.paused_at.is_not(None), schedules.c.resume_at <= now)
        async with self._begin() as connection:
            weeklies = [_weekly(row) for row in await connection.execute(ended.with_for_update())]
            for weekly in weeklies:
                # From the instant it was to end, not from now: what came due between the two is late, not lost.
                await _resume(connection, weekly, weekly.resume_at or now)
        return len(weeklies)

    async def skip_next(self, guild_id: int) -> WeeklySchedule | None:
        """Leave out the next occurrence; returns the schedule, None if the server has none or that one is under way."""
        async with self._begin() as connection:
            weekly = await _schedule_of(connection, guild_id, lock=True)
            if weekly is None:
                return None
            left_out = {"state": "skipped", "attempts": 0, "round": 1, "error": "an admin left it out"}
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
            found = await connection.scalars(select(schedules.c.guild_id).where(schedules.c.left_at.is_(None)))
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

    async def due(self, now: datetime, limit: int) -> list[WeeklySchedule]:
        """At most `limit` schedules with an occurrence to deliver that nobody is at work on, the longest due first."""
        taken = and_(
            deliveries.c.schedule_id == schedules.c.id,
            deliveries.c.occurrence == schedules.c.next_at,
            deliveries.c.lease_until > now,
        )
        statement = (
            select(schedules)
            .where(schedules.c.next_at <= now, schedules.c.paused_at.is_(None), ~select(1).where(taken).exists())
            .order_by(schedules.c.next_at, schedules.c.id)
            .limit(limit)
        )
        async with self._begin() as connection:
            return [_weekly(row) for row in await connection.execute(statement)]

    async def next_due(self) -> datetime | None:
        """When there will next be something in `due` or `resume_due`, if nobody changes anything; None if never."""
        current = and_(
            deliveries.c.schedule_id == schedules.c.id,
            deliveries.c.occurrence == schedules.c.next_at,
            deliveries.c.state == "claimed",
        )
        instant = schedules.c.next_at.type
        free_at = func.coalesce(deliveries.c.lease_until, schedules.c.next_at, type_=instant)
        running = select(func.min(free_at)).select_from(schedules.outerjoin(deliveries, current))
        paused = select(func.min(schedules.c.resume_at, type_=instant)).where(schedules.c.paused_at.is_not(None))
        async with self._begin() as connection:
            found: list[datetime | None] = [
                await connection.scalar(running.where(schedules.c.paused_at.is_(None))),
                await connection.scalar(paused),
            ]
        return min((instant for instant in found if instant is not None), default=None)

    # The delivery of one occurrence: claim, choose, then exactly one of posted, skipped, failed, or release

    async def claim(
        self, schedule_id: int, occurrence: datetime, *, owner: str, now: datetime, lease_until: datetime
    ) -> Delivery | None:
        """Take a due occurrence to deliver it; None if somebody else has it, or it is not due any more.

        One statement, so of any number of owners at once exactly one gets it. After `lease_until` it can be claimed
        again: the owner may have died.
        """
        is_due = and_(schedules.c.id == schedule_id, schedules.c.next_at == occurrence, schedules.c.paused_at.is_(None))
        new = {
            "schedule_id": schedules.c.id,
            "occurrence": schedules.c.next_at,
            "state": literal("claimed"),
            "owner": literal(owner),
            "lease_until": literal(lease_until, deliveries.c.lease_until.type),
            "attempts": literal(1),
            "round": literal(1),
        }
        statement = (
            self._insert(deliveries)
            .from_select(list(new), select(*new.values()).where(is_due))
            .on_conflict_do_update(
                index_elements=["schedule_id", "occurrence"],
                set_={"owner": owner, "lease_until": lease_until, "attempts": deliveries.c.attempts + 1},
                where=and_(deliveries.c.state == "claimed", deliveries.c.lease_until <= now),
            )
            .returning(deliveries)
        )
        async with self._begin() as connection:
            row = (await connection.execute(statement)).one_or_none()
            return _delivery(row) if row else None

    async def claim_extra(
        self, schedule_id: int, *, owner: str, now: datetime, lease_until: datetime
    ) -> Delivery | None:
        """Take a delivery at this very instant, beside the schedule's own; None if there is one already."""
        values = {
            "schedule_id": schedule_id, "occurrence": now, "state": "claimed", "owner": owner,
            "lease_until": lease_until, "attempts": 1, "round": 1,
        }  # fmt: skip
        statement = self._insert(deliveries).values(values).on_conflict_do_nothing().returning(deliveries)
        async with self._begin() as connection:
            row = (await connection.execute(statement)).one_or_none()
            return _delivery(row) if row else None

    async def choose(
        self, delivery: Delivery, *, owner: str, round: int, resource_id: str, now: datetime, scheduled: bool = True
    ) -> Delivery | None:
        """Record what is about to be sent, and that it may be sent from now on; None if the claim was lost.

        `scheduled` says that it is the schedule's own occurrence, which an admin may have changed meanwhile.

        Committed before the message is: a crash between the two is then known to have been possible.
        """
        sent = func.coalesce(deliveries.c.first_sent_at, literal(now, deliveries.c.first_sent_at.type))
        values = {"round": round, "resource_id": resource_id, "first_sent_at": sent}
        async with self._begin() as connection:
            # Locked, so that an admin's change comes before this or after, and a week is never posted by both rules.
            wanted = _still_at(delivery) if scheduled else schedules.c.id == delivery.schedule_id
            if await connection.scalar(select(schedules.c.id).where(wanted).with_for_update()) is None:
                return None
            statement = update(deliveries).where(_held(delivery, owner)).values(values).returning(deliveries)
            row = (await connection.execute(statement)).one_or_none()
            return _delivery(row) if row else None

    async def record_posted(
        self, delivery: Delivery, *, owner: str, message_id: int, channel_id: int, now: datetime, next_at: datetime
    ) -> bool:
        """The message is there: record it and move on to `next_at`, both or neither. False if the claim was lost."""
        posted = {"message_id": message_id, "channel_id": channel_id, "posted_at": now}
        return await self._finish(delivery, owner, next_at, state="posted", error=None, **posted)

    async def note(self, delivery: Delivery, text: str) -> None:
        """Write down what else went wrong with a delivery, whose post is there all the same."""
        key = and_(deliveries.c.schedule_id == delivery.schedule_id, deliveries.c.occurrence == delivery.occurrence)
        async with self._begin() as connection:
            await connection.execute(update(deliveries).where(key).values(error=text[:ERROR_LIMIT]))

    async def record_skipped(self, delivery: Delivery, *, owner: str, reason: str, next_at: datetime) -> bool:
        """The occurrence is given up: record why and move on to `next_at`. False if the claim was lost."""
        return await self._finish(delivery, owner, next_at, state="skipped", error=reason[:ERROR_LIMIT])

    async def record_failed(self, delivery: Delivery, *, owner: str, reason: str, now: datetime) -> bool:
        """Posting is impossible: record why and pause the schedule until an admin sets it again."""
        async with self._begin() as connection:
            if not await _leave(connection, delivery, owner, state="failed", error=reason[:ERROR_LIMIT]):
                return False
            pause = {"paused_at": now, "paused_reason": reason[:ERROR_LIMIT]}
            await connection.execute(update(schedules).where(_still_at(delivery)).values(pause))
            return True

    async def release(self, delivery: Delivery, *, owner: str, error: str, retry_at: datetime) -> bool:
        """This try failed: give the claim back, to be taken again from `retry_at` on. False if it was lost already."""
        values = {"owner": None, "lease_until": retry_at, "error": error[:ERROR_LIMIT]}
        async with self._begin() as connection:
            done = await connection.execute(update(deliveries).where(_held(delivery, owner)).values(values))
            return done.rowcount > 0

    async def posted_in_round(self, schedule_id: int) -> tuple[int, frozenset[str]]:
        """The number of a schedule's present walk through the path (from 1), and the ids posted on it."""
        posted = and_(deliveries.c.schedule_id == schedule_id, deliveries.c.state == "posted")
        latest = select(func.max(deliveries.c.round)).where(posted).scalar_subquery()
        statement = select(deliveries.c.round, deliveries.c.resource_id).where(posted, deliveries.c.round == latest)
        async with self._begin() as connection:
            rows = (await connection.execute(statement)).all()
        return (rows[0].round if rows else 1), frozenset(row.resource_id for row in rows)

    async def recent_deliveries(self, schedule_id: int, limit: int) -> list[Delivery]:
        """The latest deliveries of a schedule, the newest first."""
        statement = (
            select(deliveries)
            .where(deliveries.c.schedule_id == schedule_id)
            .order_by(deliveries.c.occurrence.desc())
            .limit(limit)
        )
        async with self._begin() as connection:
            return [_delivery(row) for row in await connection.execute(statement)]

    # Small notes that the bot leaves for its next start

    async def get_state(self, key: str) -> str | None:
        """The note under a key (at most 128 characters), if there is one."""
        async with self._begin() as connection:
            found: str | None = await connection.scalar(select(app_state.c.value).where(app_state.c.key == key))
            return found

    async def put_state(self, key: str, value: str) -> None:
        """Leave a note under a key, in place of any there."""
        statement = self._insert(app_state).values(key=key, value=value)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        async with self._begin() as connection:
            await connection.execute(statement)

    async def _finish(self, delivery: Delivery, owner: str, next_at: datetime, **outcome: Any) -> bool:
        async with self._begin() as connection:
            if not await _leave(connection, delivery, owner, **outcome):
                return False
            # An admin may have changed the schedule meanwhile; then it has a next occurrence of its own.
            await connection.execute(update(schedules).where(_still_at(delivery)).values(next_at=next_at))
            return True

    def _insert(self, table: Any) -> Any:
        """An INSERT that can say ON CONFLICT: the two dialects have one each, with the same methods."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement: Insert = dialect.insert(table)
        return statement

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction; what goes wrong inside becomes a StoreError in words for a member, and a line in the log."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            log.error("The database cannot be used: %s", error)
            raise StoreError("I cannot reach my database just now. Please try again in a minute.") from error


def _cannot_open(address: str, error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    if address.startswith("sqlite"):
        advice = "Check that its folder exists and that this user may write there"
    else:
        advice = "Check that the server runs and that user, password and name are right"
    return f"The database {address} cannot be opened: {cause}. {advice}, or set DATABASE_URL to another one."


async def _schedule_of(connection: AsyncConnection, guild_id: int, *, lock: bool = False) -> WeeklySchedule | None:
    statement = select(schedules).where(schedules.c.guild_id == guild_id)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return _weekly(row) if row else None


async def _next_at(
    connection: AsyncConnection, old: WeeklySchedule | None, schedule: Schedule, now: datetime
) -> datetime:
    """The first occurrence of a schedule that takes the place of another, if there was one."""
    if old is None:
        return first_occurrence(schedule, now, None)
    if old.paused_at is None and old.schedule == schedule:
        return old.next_at
    last = await _last_posted(connection, old.id)
    await _give_up_claims(connection, old.id, now)
    return first_occurrence(schedule, now, last)


async def _resume(connection: AsyncConnection, weekly: WeeklySchedule, now: datetime) -> WeeklySchedule:
    last = await _last_posted(connection, weekly.id)
    await _give_up_claims(connection, weekly.id, now)
    next_at = weekly.next_at if weekly.next_at > now else first_occurrence(weekly.schedule, now, last)
    values = {"paused_at": None, "paused_reason": None, "resume_at": None, "left_at": None, "next_at": next_at}
    statement = update(schedules).where(schedules.c.id == weekly.id).values(values).returning(schedules)
    return _weekly((await connection.execute(statement)).one())


async def _last_posted(connection: AsyncConnection, schedule_id: int) -> datetime | None:
    """The latest occurrence that was posted, or may have been: a claim that was overtaken, or given up in an outage,
    may have reached Discord; a refusal did not."""
    maybe_posted = and_(deliveries.c.first_sent_at.is_not(None), deliveries.c.state != "failed")
    statement = select(func.max(deliveries.c.occurrence, type_=deliveries.c.occurrence.type))
    found: datetime | None = await connection.scalar(
        statement.where(deliveries.c.schedule_id == schedule_id, maybe_posted)
    )
    return found


async def _give_up_claims(connection: AsyncConnection, schedule_id: int, now: datetime) -> None:
    """Nobody will come back for what was claimed under a rule that is gone."""
    overtaken = and_(
        deliveries.c.schedule_id == schedule_id, deliveries.c.state == "claimed", deliveries.c.lease_until <= now
    )
    await connection.execute(
        update(deliveries).where(overtaken).values(state="skipped", error="the schedule was changed meanwhile")
    )


async def _leave(connection: AsyncConnection, delivery: Delivery, owner: str, **values: Any) -> bool:
    done = await connection.execute(
        update(deliveries).where(_held(delivery, owner)).values(owner=None, lease_until=None, **values)
    )
    return done.rowcount > 0


def _held(delivery: Delivery, owner: str) -> ColumnElement[bool]:
    return and_(
        deliveries.c.schedule_id == delivery.schedule_id,
        deliveries.c.occurrence == delivery.occurrence,
        deliveries.c.state == "claimed",
        deliveries.c.owner == owner,
    )


def _still_at(delivery: Delivery) -> ColumnElement[bool]:
    return and_(schedules.c.id == delivery.schedule_id, schedules.c.next_at == delivery.occurrence)


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
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        schedule_id=row.schedule_id,
        occurrence=row.occurrence,
        state=row.state,
        attempts=row.attempts,
        round=row.round,
        resource_id=row.resource_id,
        first_sent_at=row.first_sent_at,
        message_id=row.message_id,
        error=row.error,
        channel_id=row.channel_id,
        posted_at=row.posted_at,
    )

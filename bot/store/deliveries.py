"""The deliveries of the schedules: claimed, chosen, and then exactly one of posted, skipped, failed, or given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.rows import Delivery
from bot.store.tables import ERROR_LIMIT, deliveries, schedules


class Deliveries(Database):
    """The part of the store that makes each occurrence happen once."""

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

    async def _finish(self, delivery: Delivery, owner: str, next_at: datetime, **outcome: Any) -> bool:
        async with self._begin() as connection:
            if not await _leave(connection, delivery, owner, **outcome):
                return False
            # An admin may have changed the schedule meanwhile; then it has a next occurrence of its own.
            await connection.execute(update(schedules).where(_still_at(delivery)).values(next_at=next_at))
            return True


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

"""The deliveries of the schedules: claimed, chosen, and then exactly one of posted, skipped, failed, or given back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal, or_, select, true, tuple_, update

from bot.schedule import next_occurrence
from bot.store.database import Database
from bot.store.rows import Choice, Delivery, History, Reminder, WeeklySchedule
from bot.store.schedules import is_next, schedule
from bot.store.tables import CLAIMED, ERROR_LIMIT, deliveries, schedules

Key = tuple[int, datetime]
"""What names a delivery: the id of its schedule and its occurrence."""


class Deliveries(Database):
    """The part of the store that makes each occurrence happen once."""

    async def claim_due(
        self, now: datetime, limit: int, *, owner: str, lease_until: datetime
    ) -> list[tuple[WeeklySchedule | Reminder, Delivery]]:
        """Take at most `limit` occurrences that are due and that nobody is at work on, the longest due first.

        Of any number of owners at once exactly one gets each. After `lease_until` it can be claimed again: the owner
        may have died.
        """

        def work(connection: Connection) -> list[tuple[WeeklySchedule | Reminder, Delivery]]:
            due = select(schedules).where(_is_due(now)).order_by(schedules.c.next_at, schedules.c.id).limit(limit)
            # Rows that somebody else is claiming just now are theirs; the next ones are as due.
            rows = connection.execute(due.with_for_update(of=schedules, skip_locked=True)).all()
            if not rows:
                return []
            claims = connection.execute(self._claim([row.id for row in rows], owner, now, lease_until))
            claimed = {row.schedule_id: _delivery(row) for row in claims}
            for row in rows:
                if row.id not in claimed:
                    _move_on(connection, row)
            return [(schedule(row), claimed[row.id]) for row in rows if row.id in claimed]

        return await self.write(work)

    def _claim(self, schedule_ids: Sequence[int], owner: str, now: datetime, lease_until: datetime) -> Any:
        """The key of `deliveries` is what makes this happen once: whoever comes second conflicts."""
        new = {
            "schedule_id": schedules.c.id,
            "occurrence": schedules.c.next_at,
            "state": literal("claimed"),
            "owner": literal(owner),
            "lease_until": literal(lease_until, deliveries.c.lease_until.type),
            "attempts": literal(1),
            "round": literal(1),
        }
        return (
            self._insert(deliveries)
            .from_select(list(new), select(*new.values()).where(schedules.c.id.in_(schedule_ids)))
            .on_conflict_do_update(
                index_elements=["schedule_id", "occurrence"],
                set_={"owner": owner, "lease_until": lease_until, "attempts": deliveries.c.attempts + 1},
                where=and_(deliveries.c.state == "claimed", deliveries.c.lease_until <= now),
            )
            .returning(deliveries)
        )

    async def claim_unscheduled(
        self, schedule_id: int, *, owner: str, now: datetime, lease_until: datetime
    ) -> Delivery | None:
        """Take a delivery at this very instant, beside the schedule's own; None if there is one already."""
        values = {
            "schedule_id": schedule_id, "occurrence": now, "state": "claimed", "owner": owner,
            "lease_until": lease_until, "attempts": 1, "round": 1, "unscheduled": True,
        }  # fmt: skip
        statement = self._insert(deliveries).values(values).on_conflict_do_nothing().returning(deliveries)

        def work(connection: Connection) -> Delivery | None:
            row = connection.execute(statement).one_or_none()
            return _delivery(row) if row else None

        return await self.write(work)

    async def choose(
        self, choices: Sequence[Choice], *, owner: str, now: datetime, scheduled: bool = True
    ) -> frozenset[int]:
        """Record what is about to be sent, and that it may be sent from now on.

        Committed before the messages are: a crash between the two is then known to have been possible.
        `scheduled` says that each is its schedule's own occurrence, which an admin may have changed meanwhile.
        Returns the ids of the schedules whose claims still hold; of the others nothing may be sent.
        """
        if not choices:
            return frozenset()
        by_schedule = {choice.delivery.schedule_id: choice for choice in choices}

        def work(connection: Connection) -> frozenset[int]:
            # Locked, so that an admin's change comes before this or after, and a week is never posted by both rules.
            wanted = or_(*(_still_at(choice.delivery) if scheduled else _of(choice.delivery) for choice in choices))
            running = schedules.c.paused_at.is_(None) if scheduled else true()
            locked = select(schedules.c.id).where(wanted, running).order_by(schedules.c.id).with_for_update()
            unchanged = frozenset(connection.scalars(locked))
            mine = and_(_any_of(choices), deliveries.c.state == "claimed", deliveries.c.owner == owner)
            claims = select(deliveries.c.schedule_id).where(mine, deliveries.c.schedule_id.in_(unchanged))
            held = frozenset(connection.scalars(claims.with_for_update()))
            if held:
                connection.execute(_chosen(now), [_values(by_schedule[one]) for one in sorted(held)])
            return held

        return await self.write(work)

    async def take_interrupted(self, now: datetime, limit: int, *, owner: str, lease_until: datetime) -> list[Delivery]:
        """At most `limit` claims that ran out and are no schedule's next occurrence: nobody else comes back for them.

        They are an admin's at once, or of a rule that was changed, and their owner died.
        """
        died = and_(CLAIMED, deliveries.c.lease_until <= now, ~is_next())
        return await self._take(died, limit, owner=owner, lease_until=lease_until)

    async def record_posted(
        self,
        delivery: Delivery,
        *,
        owner: str,
        message_id: int,
        channel_id: int,
        now: datetime,
        next_at: datetime,
        extras_at: datetime | None = None,
    ) -> bool:
        """The message is there: record it and move on to `next_at`, both or neither. False if the claim was lost.

        `extras_at` is when somebody else is to see to what follows the post, should its owner die over it.
        """
        posted = {"message_id": message_id, "channel_id": channel_id, "posted_at": now, "extras_at": extras_at}
        return await self._finish(delivery, owner, next_at, state="posted", error=None, **posted)

    async def take_extras(self, now: datetime, limit: int) -> list[Delivery]:
        """At most `limit` posts whose extras were begun and not ended by now; each is given once and to one alone."""
        return await self._take(deliveries.c.extras_at <= now, limit, extras_at=None)

    async def _take(self, which: ColumnElement[bool], limit: int, **values: Any) -> list[Delivery]:
        """Change at most `limit` deliveries that nobody else is changing just now, and return them."""
        keys = select(deliveries.c.schedule_id, deliveries.c.occurrence).where(which).limit(limit)

        def work(connection: Connection) -> list[Delivery]:
            rows = connection.execute(keys.with_for_update(skip_locked=True)).all()
            if not rows:
                return []
            taken = update(deliveries).where(or_(*(_has_key((row[0], row[1])) for row in rows))).values(values)
            return [_delivery(row) for row in connection.execute(taken.returning(deliveries))]

        return await self.write(work)

    async def record_extras(
        self,
        delivery: Delivery,
        *,
        thread_id: int | None,
        poll_id: int | None,
        error: str | None,
        retry_at: datetime | None = None,
    ) -> None:
        """What followed a post, and what of it went wrong; the post is there all the same.

        `retry_at` is when what is missing is tried again, if it is.
        """
        failed = error[:ERROR_LIMIT] if error else None
        values: dict[str, Any] = {"thread_id": thread_id, "poll_id": poll_id, "extras_at": retry_at, "error": failed}

        def work(connection: Connection) -> None:
            connection.execute(update(deliveries).where(_has_key(_key(delivery))).values(values))

        return await self.write(work)

    async def record_finished(self, message_id: int, finished: int) -> None:
        """How many members of its server have finished what a post is about."""
        statement = update(deliveries).where(deliveries.c.message_id == message_id).values(finished=finished)

        def work(connection: Connection) -> None:
            connection.execute(statement)

        return await self.write(work)

    async def record_skipped(self, delivery: Delivery, *, owner: str, reason: str, next_at: datetime) -> bool:
        """The occurrence is given up: record why and move on to `next_at`. False if the claim was lost."""
        return await self._finish(delivery, owner, next_at, state="skipped", error=reason[:ERROR_LIMIT])

    async def record_failed(
        self, delivery: Delivery, *, owner: str, reason: str, now: datetime, untold: bool = False
    ) -> bool:
        """Posting is impossible: record why and pause the schedule until somebody sets it again.

        `untold` says that whom it concerns is to be told at the next occasion. False if the claim was lost.
        """
        pause = {"paused_at": now, "paused_reason": reason[:ERROR_LIMIT], "untold": untold}
        return await self._leave(delivery, owner, pause, state="failed", error=reason[:ERROR_LIMIT])

    async def record_refused(self, delivery: Delivery, *, owner: str, reason: str, next_at: datetime) -> bool:
        """Posting was impossible this time: record why and move on to `next_at`. False if the claim was lost."""
        return await self._finish(delivery, owner, next_at, state="failed", error=reason[:ERROR_LIMIT])

    async def release(self, delivery: Delivery, *, owner: str, error: str, retry_at: datetime) -> bool:
        """This try failed: give the claim back, to be taken again from `retry_at` on. False if it was lost already."""
        values = {"owner": None, "lease_until": retry_at, "error": error[:ERROR_LIMIT]}

        def work(connection: Connection) -> bool:
            done = connection.execute(update(deliveries).where(_held(delivery, owner)).values(values))
            return done.rowcount > 0

        return await self.write(work)

    async def histories(self, schedule_ids: Collection[int]) -> Mapping[int, History]:
        """What each of some schedules posted so far."""
        posted = and_(deliveries.c.schedule_id.in_(schedule_ids), deliveries.c.state == "posted")
        key = deliveries.c.schedule_id
        rounds = select(key, func.max(deliveries.c.round)).where(posted).group_by(key)
        walked = select(key, deliveries.c.round, deliveries.c.resource_id)
        walked = walked.where(posted, tuple_(key, deliveries.c.round).in_(rounds))
        latest = select(key, func.max(deliveries.c.occurrence)).where(posted).group_by(key)
        last = select(deliveries).where(posted, tuple_(key, deliveries.c.occurrence).in_(latest))

        def work(connection: Connection) -> Mapping[int, History]:
            walks: dict[int, list[Any]] = {one: [] for one in schedule_ids}
            for row in connection.execute(walked):
                walks[row.schedule_id].append(row)
            lasts = {row.schedule_id: _delivery(row) for row in connection.execute(last)}
            return {one: _history(walk, lasts.get(one)) for one, walk in walks.items()}

        return await self.read(work)

    async def last_post_about(self, guild_id: int, resource_id: str) -> Delivery | None:
        """A server's latest post about a resource."""
        its = and_(schedules.c.guild_id == guild_id, deliveries.c.schedule_id == schedules.c.id)
        about = and_(deliveries.c.resource_id == resource_id, deliveries.c.state == "posted")
        statement = select(deliveries).join(schedules, its).where(about)

        def work(connection: Connection) -> Delivery | None:
            row = connection.execute(statement.order_by(deliveries.c.occurrence.desc()).limit(1)).one_or_none()
            return _delivery(row) if row else None

        return await self.read(work)

    async def recent_deliveries(self, schedule_id: int, limit: int) -> list[Delivery]:
        """The latest deliveries of a schedule, the newest first."""
        statement = (
            select(deliveries)
            .where(deliveries.c.schedule_id == schedule_id)
            .order_by(deliveries.c.occurrence.desc())
            .limit(limit)
        )

        def work(connection: Connection) -> list[Delivery]:
            return [_delivery(row) for row in connection.execute(statement)]

        return await self.read(work)

    async def _finish(self, delivery: Delivery, owner: str, next_at: datetime, **outcome: Any) -> bool:
        return await self._leave(delivery, owner, {"next_at": next_at}, **outcome)

    async def _leave(self, delivery: Delivery, owner: str, then: Mapping[str, Any], **outcome: Any) -> bool:
        """Give a claim up with what came of it, and change its schedule, both or neither. False if it was lost.

        First the schedule, then the delivery, as everywhere: a schedule that is deleted takes its deliveries along, and
        the two orders together would be a deadlock.
        """
        values = {"owner": None, "lease_until": None} | outcome

        def work(connection: Connection) -> bool:
            # An admin may have changed the schedule meanwhile; then it has a next occurrence of its own.
            connection.execute(update(schedules).where(_still_at(delivery)).values(then))
            if not connection.execute(update(deliveries).where(_held(delivery, owner)).values(values)).rowcount:
                raise _ClaimLost  # the change of the schedule is rolled back
            return True

        with suppress(_ClaimLost):
            return await self.write(work)
        return False


def _move_on(connection: Connection, row: Row[Any]) -> None:
    """Take a schedule past an occurrence that has come to its end already: it would be due for ever."""
    ended = and_(_is_of(row), deliveries.c.state != "claimed")
    if connection.scalar(select(deliveries.c.state).where(ended)) is not None:
        later = next_occurrence(schedule(row).schedule, row.next_at)
        connection.execute(update(schedules).where(schedules.c.id == row.id).values(next_at=later))


def _is_of(row: Row[Any]) -> ColumnElement[bool]:
    return _has_key((row.id, row.next_at))


class _ClaimLost(Exception):
    """Somebody else has taken the delivery over."""


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What of `schedules` has an occurrence to deliver that nobody is at work on."""
    its_own = and_(deliveries.c.schedule_id == schedules.c.id, deliveries.c.occurrence == schedules.c.next_at)
    # A value, not EXISTS: from that PostgreSQL makes a join, for which it reads all deliveries there ever were.
    lease = func.coalesce(select(deliveries.c.lease_until).where(its_own).scalar_subquery(), schedules.c.next_at)
    return and_(schedules.c.next_at <= now, schedules.c.paused_at.is_(None), lease <= now)


def _chosen(now: datetime) -> Any:
    """An UPDATE for many deliveries at once, each with the parameters of `_values`."""
    sent = func.coalesce(deliveries.c.first_sent_at, literal(now, deliveries.c.first_sent_at.type))
    return (
        update(deliveries)
        .where(deliveries.c.schedule_id == bindparam("of"), deliveries.c.occurrence == bindparam("at"))
        .values(round=bindparam("walk"), resource_id=bindparam("about"), first_sent_at=sent)
    )


def _values(choice: Choice) -> dict[str, Any]:
    delivery = choice.delivery
    return {
        "of": delivery.schedule_id,
        "at": delivery.occurrence,
        "walk": choice.round,
        "about": choice.resource_id,
    }


def _history(walk: Sequence[Any], last: Delivery | None) -> History:
    return History(walk[0].round if walk else 1, frozenset(row.resource_id for row in walk), last)


def _key(delivery: Delivery) -> Key:
    return delivery.schedule_id, delivery.occurrence


def _has_key(key: Key) -> ColumnElement[bool]:
    return and_(deliveries.c.schedule_id == key[0], deliveries.c.occurrence == key[1])


def _any_of(choices: Sequence[Choice]) -> ColumnElement[bool]:
    return or_(*(_has_key(_key(choice.delivery)) for choice in choices))


def _held(delivery: Delivery, owner: str) -> ColumnElement[bool]:
    return and_(_has_key(_key(delivery)), deliveries.c.state == "claimed", deliveries.c.owner == owner)


def _is_at(key: Key) -> ColumnElement[bool]:
    return and_(schedules.c.id == key[0], schedules.c.next_at == key[1])


def _still_at(delivery: Delivery) -> ColumnElement[bool]:
    return _is_at(_key(delivery))


def _of(delivery: Delivery) -> ColumnElement[bool]:
    return schedules.c.id == delivery.schedule_id


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
        thread_id=row.thread_id,
        poll_id=row.poll_id,
        finished=row.finished,
    )

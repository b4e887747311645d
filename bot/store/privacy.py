"""What is kept about one member: all of it to be shown, and none of it after they ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Row, Select, delete, exists, func, literal, or_, select, union_all, update

from bot.store.tables import insert_into, jobs, last_seen, marks, schedules, sharing, uncounted

if TYPE_CHECKING:
    from bot.store.store import Store


class Privacy:
    """Shows and forgets a member. Every method raises StoreError if the database cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def everything_of(self, user_id: int) -> dict[str, Any]:
        """Every value that is kept about a member, ready to be written as JSON: instants in ISO 8601, ids as text.

        `finished` are their marks, `last_seen_on` the day on which they were seen last, `reminder` and `reminder_weeks`
        their own reminder, `weekly_prompts_set` the servers whose schedule they set or changed last, `pauses` the
        prompts that they paused.
        """
        mine = schedules.c.user_id == user_id
        reminder = select(schedules).where(mine)
        sent = select(jobs).join(schedules).where(mine).order_by(jobs.c.due_at)
        finished = select(marks.c.page, marks.c.done_at).where(marks.c.user_id == user_id)
        set_up = select(schedules.c.guild_id).where(schedules.c.created_by == user_id)
        paused = select(schedules.c.guild_id, schedules.c.paused_at).where(schedules.c.paused_by == user_id)

        def work(connection: Connection) -> dict[str, Any]:
            def rows(statement: Select[Any]) -> list[dict[str, Any]]:
                return [_plain(row) for row in connection.execute(statement)]

            def value(column: Column[Any]) -> Any:
                found = rows(select(column).where(column.table.c.user_id == user_id))
                return found[0][column.name] if found else None

            return {
                "user_id": str(user_id),
                "finished": rows(finished.order_by(marks.c.done_at, marks.c.page)),
                "shared_since": value(sharing.c.shared_at),
                "uncounted_since": value(uncounted.c.uncounted_at),
                "last_seen_on": value(last_seen.c.seen_on),
                "reminder": next(iter(rows(reminder)), None),
                "reminder_weeks": rows(sent),
                "weekly_prompts_set": rows(set_up),
                "pauses": rows(paused),
            }

        return await self._store.read(work)

    async def forget_member(self, user_id: int) -> int:
        """Remove everything that is kept about a member, in one transaction; how many rows were removed or changed.

        On SQLite nothing of it is left in the database's files either.
        The weekly prompts of servers that they set go on, without their id.
        """
        theirs = (schedules.c.user_id == user_id, schedules.c.created_by == user_id, schedules.c.paused_by == user_id)
        statements = (
            delete(marks).where(marks.c.user_id == user_id),
            delete(sharing).where(sharing.c.user_id == user_id),
            delete(uncounted).where(uncounted.c.user_id == user_id),
            delete(last_seen).where(last_seen.c.user_id == user_id),
            delete(schedules).where(schedules.c.user_id == user_id),  # what was sent goes with it
            update(schedules).where(schedules.c.created_by == user_id).values(created_by=None),
            update(schedules).where(schedules.c.paused_by == user_id).values(paused_by=None),
        )

        def work(connection: Connection) -> int:
            # In the order in which due schedules are locked: another would be a deadlock.
            connection.execute(select(schedules.c.id).where(or_(*theirs)).order_by(schedules.c.id).with_for_update())
            return sum(connection.execute(statement).rowcount for statement in statements)

        return await self._store.erase(work, user_id)

    async def note_seen(self, user_ids: Collection[int], day: date) -> None:
        """Note the day on which members used the bot or were found on a server; members without data are ignored."""

        def work(connection: Connection) -> None:
            for user_id in sorted(user_ids):
                kept = or_(*(exists().where(column == user_id) for column in _ACTIVITY))
                row = select(literal(user_id), literal(day)).where(kept)
                insert = insert_into(connection, last_seen).from_select(["user_id", "seen_on"], row)
                connection.execute(insert.on_conflict_do_update(index_elements=["user_id"], set_={"seen_on": day}))

        await self._store.write(work)

    async def forget_days(self, before: date) -> None:
        """Forget on which days before this one somebody was seen: the row adds nothing once the member is inactive."""
        statement = delete(last_seen).where(last_seen.c.seen_on < before)
        await self._store.write(lambda connection: connection.execute(statement))

    async def idle_members(self, since: datetime, limit: int) -> list[int]:
        """Members, at most `limit`, of whom something is kept and who did nothing since then that the store knows of.

        A running reminder keeps its member from being idle: it is sent every week.
        """
        sources = union_all(*(select(column.label("user_id"), at.label("at")) for column, at in _ACTIVITY.items()))
        activity = sources.subquery()
        user_id, latest = activity.c.user_id, func.max(activity.c.at)
        in_use = select(last_seen.c.user_id).where(last_seen.c.seen_on >= since.date())
        running = select(schedules.c.user_id).where(schedules.c.user_id.is_not(None), schedules.c.paused_at.is_(None))
        idle = (
            select(user_id)
            .where(user_id.is_not(None), user_id.not_in(in_use), user_id.not_in(running))
            .group_by(user_id)
            .having(latest < since)
            .order_by(latest)
            .limit(limit)
        )
        return await self._store.read(lambda connection: [int(one) for one in connection.scalars(idle)])


_ACTIVITY: Mapping[Column[Any], Column[Any]] = {
    marks.c.user_id: marks.c.done_at,
    sharing.c.user_id: sharing.c.shared_at,
    uncounted.c.user_id: uncounted.c.uncounted_at,
    schedules.c.user_id: schedules.c.created_at,
    schedules.c.created_by: schedules.c.created_at,
    schedules.c.paused_by: schedules.c.paused_at,
}
"""Where a member's id is kept, with the instant of what they did there."""


def _plain(row: Row[Any]) -> dict[str, Any]:
    """A row without what is empty; ids are text, since they are too long for the numbers of many JSON readers."""
    return {name: _value(name, value) for name, value in row._mapping.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    return str(value) if name.endswith("_id") else value

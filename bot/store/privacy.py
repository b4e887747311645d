"""What is kept about one member: all of it to be shown, and none of it after they ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, delete, or_, select, update

from bot.store.engine import Transactions
from bot.store.tables import jobs, marks, presses, schedules, sharing


class Privacy:
    """Shows and forgets a member. Every method raises StoreError if the database cannot be used."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    async def everything_of(self, user_id: int) -> dict[str, Any]:
        """Every value that is kept about a member, ready to be written as JSON: instants in ISO 8601, ids as text.

        `finished` are their marks, `reminder` and `reminder_weeks` their own reminder, `posts_pressed` the posts on
        which they pressed Done, `weekly_prompts_set` the servers whose schedule they set or changed last, `pauses` the
        prompts that they paused.
        """
        mine = schedules.c.user_id == user_id
        reminder = select(schedules).where(mine)
        sent = select(jobs).join(schedules).where(mine).order_by(jobs.c.due_at)
        finished = select(marks.c.page, marks.c.done_at).where(marks.c.user_id == user_id)
        pressed = select(jobs.c.message_id, presses.c.pressed_at).join(jobs).where(presses.c.user_id == user_id)
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
                "reminder": next(iter(rows(reminder)), None),
                "reminder_weeks": rows(sent),
                "posts_pressed": rows(pressed.order_by(presses.c.pressed_at)),
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
            delete(presses).where(presses.c.user_id == user_id),
            delete(sharing).where(sharing.c.user_id == user_id),
            delete(schedules).where(schedules.c.user_id == user_id),  # what was sent goes with it
            update(schedules).where(schedules.c.created_by == user_id).values(created_by=None),
            update(schedules).where(schedules.c.paused_by == user_id).values(paused_by=None),
        )

        def work(connection: Connection) -> int:
            # In the order in which due schedules are locked: another would be a deadlock.
            connection.execute(select(schedules.c.id).where(or_(*theirs)).order_by(schedules.c.id).with_for_update())
            return sum(connection.execute(statement).rowcount for statement in statements)

        return await self._store.erase(work, user_id)


def _plain(row: Row[Any]) -> dict[str, Any]:
    """A row without what is empty; ids are text, since they are too long for the numbers of many JSON readers."""
    return {name: _value(name, value) for name, value in row._mapping.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    return str(value) if name.endswith("_id") else value

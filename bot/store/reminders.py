"""The members' own reminders: rows of `schedules` like the servers' prompts, delivered by the same machinery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from bot.schedule import Schedule, next_occurrence
from bot.store.due import rule_of
from bot.store.rows import Reminder, built
from bot.store.schedules import RUNNING, Schedules, changed, rule_values
from bot.store.tables import schedules

_OF_USER = select(schedules).where(schedules.c.user_id == bindparam("user_id"))
_LOCKED = _OF_USER.with_for_update()


class Reminders(Schedules):
    """The part of the store that holds at most one reminder for each member."""

    async def put_reminder(
        self, *, user_id: int, catalog_id: str, channel_id: int, schedule: Schedule, idle_only: bool, now: datetime
    ) -> Reminder:
        """Set a member's reminder, or change it and end its pause; returns it with its next occurrence.

        As with a server's prompt, a change never makes a week remind twice.
        """
        values: dict[str, Any] = {
            "catalog_id": catalog_id,
            "channel_id": channel_id,
            "idle_only": idle_only,
            "notice_pending": False,
            **rule_values(schedule),
        }

        def work(connection: Connection) -> Reminder:
            new = values | {"user_id": user_id, "created_at": now, "next_at": next_occurrence(schedule, now)}
            row = connection.execute(_LOCKED, {"user_id": user_id}).one_or_none()
            if row is None:  # of two at once one inserts, and both change it
                connection.execute(self._insert(schedules).values(new).on_conflict_do_nothing())
                row = connection.execute(_LOCKED, {"user_id": user_id}).one()
            moved = {"next_at": self.moved(connection, row, schedule, now)}
            return _reminder(changed(connection, row.id, values | RUNNING | moved))

        return await self.write(work)

    async def reminder_for(self, user_id: int) -> Reminder | None:
        """A member's reminder, if they have one."""
        row = await self.look_up(lambda connection: connection.execute(_OF_USER, {"user_id": user_id}).one_or_none())
        return _reminder(row) if row else None

    async def remove_reminder(self, user_id: int) -> bool:
        """Forget a member's reminder with its jobs; whether there was one."""
        statement = delete(schedules).where(schedules.c.user_id == user_id)
        return await self.write(lambda connection: connection.execute(statement).rowcount > 0)

    async def take_notice(self, user_id: int) -> Reminder | None:
        """A member's reminder that paused itself and of which they were not told yet; it counts as told from now on.

        None, without a write, for everybody else: it is asked at each command.
        """
        pending = select(schedules.c.id).where(schedules.c.user_id == user_id, schedules.c.notice_pending)
        if await self.look_up(lambda connection: connection.scalar(pending)) is None:
            return None
        taking = update(schedules).where(schedules.c.user_id == user_id, schedules.c.notice_pending)
        statement = taking.values(notice_pending=False).returning(schedules)
        row = await self.write(lambda connection: connection.execute(statement).one_or_none())
        return _reminder(row) if row else None

    async def put_notice(self, user_id: int) -> None:
        """A member could not be told of the pause after all: they are to be at the next occasion."""
        paused = update(schedules).where(schedules.c.user_id == user_id, schedules.c.paused_at.is_not(None))
        statement = paused.values(notice_pending=True)
        await self.write(lambda connection: connection.execute(statement))


def _reminder(row: Row[Any]) -> Reminder:
    return built(Reminder, row, schedule=rule_of(row))

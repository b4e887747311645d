"""The members' own reminders: rows of `schedules` like the servers' prompts, delivered by the same machinery."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.schedule import Schedule
from bot.store.database import Database
from bot.store.rows import Reminder
from bot.store.schedules import next_at, reminder
from bot.store.tables import schedules


class Reminders(Database):
    """The part of the store that holds at most one reminder for each member."""

    async def put_reminder(
        self, *, user_id: int, channel_id: int, schedule: Schedule, quiet: bool, now: datetime
    ) -> Reminder:
        """Set a member's reminder, or change it and end its pause; returns it with its next occurrence.

        As with a server's prompt, a change never makes a week remind twice.
        """

        def work(connection: Connection) -> Reminder:
            found = select(schedules).where(schedules.c.user_id == user_id).with_for_update()
            row = connection.execute(found).one_or_none()
            values = {
                "channel_id": channel_id,
                "weekday": schedule.weekday,
                "time": f"{schedule.time:%H:%M}",
                "zone": schedule.zone,
                "next_at": next_at(connection, reminder(row) if row else None, schedule, now),
                "paused_at": None,
                "paused_reason": None,
                "quiet": quiet,
                "untold": False,
            }
            statement = self._insert(schedules).values(user_id=user_id, created_at=now, **values)
            statement = statement.on_conflict_do_update(index_elements=["user_id"], set_=values)
            return reminder(connection.execute(statement.returning(schedules)).one())

        return await self.write(work)

    async def reminder_for(self, user_id: int) -> Reminder | None:
        """A member's reminder, if they have one."""

        def work(connection: Connection) -> Reminder | None:
            row = connection.execute(select(schedules).where(schedules.c.user_id == user_id)).one_or_none()
            return reminder(row) if row else None

        return await self.read(work)

    async def remove_reminder(self, user_id: int) -> bool:
        """Forget a member's reminder with its deliveries; whether there was one."""

        def work(connection: Connection) -> bool:
            return connection.execute(delete(schedules).where(schedules.c.user_id == user_id)).rowcount > 0

        return await self.write(work)

    async def end_reminder(self, user_id: int, *, reason: str, now: datetime) -> None:
        """Send a member no more reminders until they set one again."""
        values = {"paused_at": now, "paused_reason": reason}

        def work(connection: Connection) -> None:
            connection.execute(update(schedules).where(schedules.c.user_id == user_id).values(values))

        return await self.write(work)

    async def take_untold(self, user_id: int) -> Reminder | None:
        """A member's reminder that paused itself and of which they were not told yet; it counts as told from now on."""
        untold = update(schedules).where(schedules.c.user_id == user_id, schedules.c.untold)

        def work(connection: Connection) -> Reminder | None:
            statement = untold.values(untold=False).returning(schedules)
            row = connection.execute(statement).one_or_none()
            return reminder(row) if row else None

        return await self.write(work)

    async def put_untold(self, user_id: int) -> None:
        """A member could not be told of the pause after all: they are to be at the next occasion."""

        def work(connection: Connection) -> None:
            paused = update(schedules).where(schedules.c.user_id == user_id, schedules.c.paused_at.is_not(None))
            connection.execute(paused.values(untold=True))

        return await self.write(work)

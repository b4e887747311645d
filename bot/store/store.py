"""The store: every read and write of the bot's state, each one transaction."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.store.jobs import Jobs
from bot.store.marks import Marks
from bot.store.privacy import Privacy
from bot.store.reminders import Reminders
from bot.store.tables import app_state


class Store(Reminders, Jobs, Marks, Privacy):
    """The bot's state: schedules, jobs, the members' marks, and small notes for the bot's next start."""

    async def get_state(self, key: str) -> str | None:
        """The note under a key (at most 128 characters), if there is one."""

        def work(connection: Connection) -> str | None:
            found: str | None = connection.scalar(select(app_state.c.value).where(app_state.c.key == key))
            return found

        return await self.read(work)

    async def put_state(self, key: str, value: str) -> None:
        """Leave a note under a key, in place of any there."""
        statement = self._insert(app_state).values(key=key, value=value)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        await self.write(lambda connection: connection.execute(statement))

"""The store: every read and write of the bot's state, each one transaction."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.deliveries import Deliveries
from bot.store.privacy import Privacy
from bot.store.progress import Progress
from bot.store.reminders import Reminders
from bot.store.schedules import Schedules
from bot.store.tables import app_state


class Store(Schedules, Reminders, Deliveries, Progress, Privacy):
    """The bot's state: schedules, deliveries, the members' progress, and small notes for the bot's next start."""

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

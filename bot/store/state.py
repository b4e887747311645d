"""Small notes that the bot leaves for its next start."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.store.engine import Transactions
from bot.store.tables import app_state, insert_into


class State:
    """Notes by key; a key has at most 128 characters."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    async def get(self, key: str) -> str | None:
        """The note under a key, if there is one."""

        def work(connection: Connection) -> str | None:
            found: str | None = connection.scalar(select(app_state.c.value).where(app_state.c.key == key))
            return found

        return await self._store.read(work)

    async def put(self, key: str, value: str) -> None:
        """Leave a note under a key, in place of any there."""

        def work(connection: Connection) -> None:
            statement = insert_into(connection, app_state).values(key=key, value=value)
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

        await self._store.write(work)

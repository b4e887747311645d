"""Small notes that the bot leaves for its next start, and for its other processes."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from bot.store.engine import Transactions
from bot.store.tables import app_state, insert_into

SESSION_SECONDS = 5.5
"""Seconds from one new session to the next; Discord asks for five, and half a second is for the way there:
https://discord.com/developers/docs/events/gateway#rate-limiting."""

# One statement, so that of two processes only one finds it free. The stamp stays when its process is killed.
_BEGIN_SESSION = text("""
    INSERT INTO app_state (key, value) VALUES (:key, extract(epoch FROM clock_timestamp())::text)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
    WHERE app_state.value::float + :seconds <= excluded.value::float
""")
_UNTIL_NEXT_SESSION = text("""
    SELECT value::float + :seconds - extract(epoch FROM clock_timestamp())::float FROM app_state WHERE key = :key
""")


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


def begin_session(connection: Connection, bucket: int) -> float:
    """Take the next session of one of Discord's buckets, or return the seconds until it can be taken; 0 if it is.

    For processes that share PostgreSQL, by the database's clock.
    """
    which = {"key": f"session:{bucket}", "seconds": SESSION_SECONDS}
    if connection.execute(_BEGIN_SESSION, which).rowcount:
        return 0.0
    wait: float = connection.scalar(_UNTIL_NEXT_SESSION, which)
    return max(wait, 0.01)

"""A database that was opened, and one transaction on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.store.engine import create_engine, database_url, in_memory
from bot.store.upgrade import upgrade

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 0.05
"""How long the thread of a failed connection may take to end; it needs well under a millisecond."""


class Database:
    """Open it once, close it at the end; it may be used by many tasks at once.

    Every method raises StoreError if the database cannot be used. Instants are aware datetimes.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.private = in_memory(engine.url)
        """Whether no other process can change what is in here."""

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the database at an address such as `sqlite:///studybot.db`, and bring it to the newest version.

        Raises StoreError with what to do if it cannot be opened, StoreTooNew if a newer studybot wrote it, MissingExtra
        without PostgreSQL's driver.
        """
        address = database_url(url)
        engine = create_engine(address)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        except (SQLAlchemyError, OSError, ValueError) as error:
            await engine.dispose()
            # The thread of an SQLite connection that failed still has a word for the event loop, which may end now.
            await asyncio.sleep(GOODBYE_SECONDS)
            raise StoreError(_cannot_open(address.render_as_string(), error)) from error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _insert(self, table: Any) -> Any:
        """An INSERT that can say ON CONFLICT: the two dialects have one each, with the same methods."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement: Insert = dialect.insert(table)
        return statement

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction; what goes wrong inside becomes a StoreError in words for a member, and a line in the log."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            log.error("The database cannot be used: %s", error)
            raise StoreError("I cannot reach my database just now. Please try again in a minute.") from error


def _cannot_open(address: str, error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    if address.startswith("sqlite"):
        advice = "Check that its folder exists and that this user may write there"
    else:
        advice = "Check that the server runs and that user, password and name are right"
    return f"The database {address} cannot be opened: {cause}. {advice}, or set DATABASE_URL to another one."

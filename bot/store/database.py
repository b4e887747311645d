"""A database that was opened, and the transactions on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError
from bot.store.engine import Engine, create_engine, database_url, in_memory, shown
from bot.store.version import NEWEST, version_of

log = logging.getLogger(__name__)

T = TypeVar("T")


class Database:
    """Open it once, close it at the end; it may be used by many tasks at once.

    Every method of the store is one transaction: a plain function over a SQLAlchemy Connection, run by `read` or
    `write`. Every method raises StoreError if the database cannot be used. Instants are aware datetimes.
    """

    def __init__(self, engine: Engine, *, private: bool) -> None:
        self._engine = engine
        self.private = private
        """Whether no other process can change what is in here."""
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the database at an address such as `sqlite:///studybot.db`, and bring it to the newest version.

        Raises StoreError with what to do if it cannot be opened, StoreTooNew if a newer studybot wrote it, MissingExtra
        without PostgreSQL's driver.
        """
        address = database_url(url)
        try:
            engine = create_engine(address)
        except (SQLAlchemyError, ValueError, TypeError) as error:
            raise StoreError(_cannot_open(shown(address), error)) from error
        try:
            await _bring_up_to_date(engine)
        except (SQLAlchemyError, OSError, ValueError, TypeError) as error:  # a driver refuses options by the last two
            await engine.close()
            raise StoreError(_cannot_open(shown(address), error)) from error
        except BaseException:
            await engine.close()
            raise
        return cls(engine, private=in_memory(address))

    async def close(self) -> None:
        """Close every connection and end every thread; what was called before comes to its end."""
        self._closed = True
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads, and return what it returns.

        It takes no write lock. On SQLite it runs in a thread and sees the state of one instant; on PostgreSQL each
        statement is its own transaction. A cancelled caller's function is not run if it has not begun.
        Raises StoreError if the database cannot be used.
        """
        return await self._run(self._engine.read, work)

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run one SELECT of a few rows by key, and return what the function returns.

        Like `read`, but on SQLite it runs in the event loop if the database can answer at once: handing it to a thread
        would take ten times as long as the look-up itself. Raises StoreError if the database cannot be used.
        """
        return await self._run(self._engine.look_up, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction, which is committed when it returns and rolled back when it raises.

        A cancelled caller's function is not run if it has not begun; one that has begun may be committed.
        Raises StoreError if the database cannot be used.
        """
        return await self._run(self._engine.write, work)

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Like `write`, for a function that deletes all rows of a member: on SQLite no file holds their id afterwards.

        On PostgreSQL it is gone from the tables; the server clears its own files in time (VACUUM, and old WAL).
        """
        return await self._run(lambda deletion: self._engine.erase(deletion, user_id), work)

    async def _run(self, run: Callable[[Callable[[Connection], T]], Any], work: Callable[[Connection], T]) -> T:
        """What goes wrong becomes a StoreError in words for a member, and a line in the log."""
        if self._closed:
            raise StoreError("I am about to stop. Please try again in a minute.")
        try:
            result: T = await run(work)
        except (DBAPIError, PoolTimeout, OSError) as error:
            log.error("The database cannot be used: %s", error or type(error).__name__)
            raise StoreError("I cannot reach my database just now. Please try again in a minute.") from error
        return result

    def _insert(self, table: Table) -> Any:
        """An INSERT that can say ON CONFLICT, in the engine's dialect."""
        return self._engine.insert(table)


async def _bring_up_to_date(engine: Engine) -> None:
    if await engine.read(version_of) != NEWEST:
        from bot.store.upgrade import upgrade  # Alembic takes 12 MiB, and most starts have nothing to migrate

        await engine.write(upgrade)


def _cannot_open(address: str, error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error) or "it did not answer in time"
    if address.startswith("sqlite"):
        advice = "Check that its folder exists and that this user may write there"
    else:
        advice = "Check that the server runs and that user, password and name are right"
    return f"The database {address} cannot be opened: {cause}. {advice}, or set DATABASE_URL to another one."

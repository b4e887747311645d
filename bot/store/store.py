"""The store: a database that was opened, the transactions on it, and the parts of what it holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError, StoreLost
from bot.language import N_
from bot.store.engine import Engine, create_engine, database_url, shown
from bot.store.marks import Marks
from bot.store.privacy import Privacy
from bot.store.state import State
from bot.store.version import NEWEST, version_of

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")


class Store:
    """Open it once, close it at the end; it may be used by many tasks at once.

    `read`, `look_up` and `write` run a plain function over a SQLAlchemy Connection in one transaction, with the
    arguments that follow it: `await store.write(schedules.pause, guild_id, by=admin, now=now)`. All raise StoreError if
    the database cannot be used. Instants are aware datetimes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closed = False
        self._lost: asyncio.Future[StoreLost] = asyncio.get_running_loop().create_future()
        self.marks = Marks(self)
        self.privacy = Privacy(self)
        self.state = State(self)

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
        return cls(engine)

    async def close(self) -> None:
        """Close every connection and end every thread; what was called before comes to its end."""
        self._closed = True
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def lost(self) -> StoreLost:
        """Wait until the database is found to be another one than was opened, and return what is to be said then."""
        return await asyncio.shield(self._lost)

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Run a function that only reads, and return what it returns.

        It takes no write lock. On SQLite it runs in a thread and sees the state of one instant; on PostgreSQL each
        statement is its own transaction. A cancelled caller's function is not run if it has not begun.
        """
        return await self._run(self._engine.read(lambda connection: work(connection, *args, **options)))

    async def look_up(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Run one SELECT of a few rows by key, and return what the function returns.

        Like `read`, but on SQLite it runs in the event loop if the database can answer at once: handing it to a thread
        would take ten times as long as the look-up itself.
        """
        return await self._run(self._engine.look_up(lambda connection: work(connection, *args, **options)))

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Run a function in one transaction, which is committed when it returns and rolled back when it raises.

        It may be run again, after a deadlock for example, so it changes nothing but the database. A cancelled caller's
        function is not run if it has not begun; one that has begun may be committed.
        """
        return await self._run(self._engine.write(lambda connection: work(connection, *args, **options)))

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Like `write`, for a function that deletes all rows of a member: on SQLite no file holds their id afterwards.

        On PostgreSQL it is gone from the tables; the server clears its own files in time (VACUUM, and old WAL).
        """
        return await self._run(self._engine.erase(work, user_id))

    async def _run(self, call: Coroutine[Any, Any, T]) -> T:
        """What goes wrong becomes a StoreError in words for a member, and a line in the log."""
        if self._closed:
            call.close()
            raise StoreError(N_("I'm restarting. Try again in a minute."))
        try:
            return await call
        except StoreLost as error:
            if not self._lost.done():
                self._lost.set_result(error)
            raise
        except (DBAPIError, PoolTimeout, OSError) as error:
            log.error("The database cannot be used: %s", error or type(error).__name__)
            raise StoreError(N_("I cannot reach my database just now. Please try again in a minute.")) from error


async def _bring_up_to_date(engine: Engine) -> None:
    if await engine.read(version_of) != NEWEST:
        from bot.store.upgrade import upgrade  # Alembic takes 12 MiB, and most starts have nothing to migrate

        await engine.write(upgrade, opening=True)


def _cannot_open(address: str, error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error) or "it did not answer in time"
    if address.startswith("sqlite"):
        advice = "Check that its folder exists and that this user may write there"
    else:
        advice = "Check that the server runs and that user, password and name are right"
    return f"The database {address} cannot be opened: {cause}. {advice}, or set DATABASE_URL to another one."

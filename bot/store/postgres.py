"""PostgreSQL, through asyncpg: imported only where DATABASE_URL names it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from inspect import signature
from typing import Any, Generic, TypeVar

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreError

T = TypeVar("T")

log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""Seconds that one call may take, with connecting, with waiting for a free connection and for the locks of others. A
server that is gone without a word is noticed then, at the cost of this call. At 0 none succeeds; without a limit a
caller waits for as long as the system keeps the connection, which may be hours."""

COMMAND_SECONDS = 0.8 * CALL_SECONDS
"""Seconds that connecting, or one statement, may take. Less than the call's, so that the server can still be told that
the statement is not wanted any more."""

CONNECTIONS = 20
"""Connections that are kept. At 1 a server far away answers one question after the other, at 10 a burst of prompts
leaves members none where each question takes 30 ms. PostgreSQL takes a hundred, of all processes together."""

UNDONE = {"40001", "40P01"}
"""PostgreSQL's codes for a transaction that it undid for another's sake (serialization_failure, deadlock_detected):
https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html."""

TRIES = 5
"""How often such a transaction is run. At 1 its caller fails; two transactions seldom meet twice."""

_DIALECT_OPTIONS = {"prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback"}
"""Options of an address that SQLAlchemy takes for itself."""


class PostgresEngine:
    """Runs transactions on a PostgreSQL database; see `bot.store.engine.Engine`.

    A caller that is cancelled leaves nothing behind: a transaction that has not begun is not run, one that has begun
    ends by itself, and what it wrote stays.
    """

    def __init__(self, url: URL) -> None:
        _check_options(url)
        self._engine = create_async_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            isolation_level="READ COMMITTED",
            hide_parameters=True,  # errors are logged, and members' ids do not belong there
            connect_args={"timeout": COMMAND_SECONDS, "command_timeout": COMMAND_SECONDS},
        )
        self._calls: set[asyncio.Task[Any]] = set()
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads; each of its statements sees the state of its own instant."""
        return await self._detached(self._read, work)

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run a function that reads a few rows by key."""
        return await self.read(work)

    async def write(self, work: Callable[[Connection], T], *, opening: bool = False) -> T:
        """Run a function in one transaction."""
        return await self._detached(self._write, work)

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Run a function in one transaction; the server's files are the server's."""
        return await self.write(work)

    async def close(self) -> None:
        """Let the calls end, and close every connection."""
        if self._calls:
            await asyncio.wait(self._calls)
        await self._engine.dispose()

    async def _detached(
        self, run: Callable[[Callable[[Connection], T]], Coroutine[Any, Any, T]], work: Callable[[Connection], T]
    ) -> T:
        """What a call returns. It outlives its caller: interrupted, it would cost its connection, and where the server
        is far away a new one takes longer than the call.
        """
        call = _Call(work)
        task = asyncio.create_task(_tried_again(lambda: run(call)))
        self._calls.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            call.is_wanted = False
            raise

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may be gone

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._autocommit.connect() as connection:
            return await connection.run_sync(work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            transaction = await connection.begin()
            result = await connection.run_sync(work)
            try:
                await transaction.commit()
            except DBAPIError as error:
                error.connection_invalidated = False  # it may be committed: nobody may run it again
                raise
            return result


class _Call(Generic[T]):
    """A function that is not run any more once nobody waits for what it returns."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self.is_wanted = True

    def __call__(self, connection: Connection) -> T:
        if not self.is_wanted:
            raise asyncio.CancelledError
        return self._work(connection)


async def _tried_again(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What a call returns within CALL_SECONDS; again at once if the database undid it, or dropped the connection."""
    async with asyncio.timeout(CALL_SECONDS):
        for _ in range(TRIES - 1):
            try:
                return await call()
            except DBAPIError as error:
                if not error.connection_invalidated and getattr(error.orig, "sqlstate", "") not in UNDONE:
                    raise
                log.warning("A transaction is tried again: %s", error.orig)
        return await call()


def _check_options(url: URL) -> None:
    known = signature(asyncpg.connect).parameters.keys() | _DIALECT_OPTIONS
    if unknown := sorted(url.query.keys() - known):
        raise StoreError(
            f"DATABASE_URL has an option that asyncpg does not know: {', '.join(unknown)}. Leave it out of the address."
        )

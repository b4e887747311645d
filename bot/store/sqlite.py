"""SQLite: a thread and a connection that write, and threads with connections of their own that read.

A reader sees the state of the last commit (https://sqlite.org/wal.html), so that no read waits for a writer, not even
for one in another process. Each transaction costs one hand-over to a thread and one back.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, NullPool, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import URL

T = TypeVar("T")

BUSY_TIMEOUT = 15_000
"""Milliseconds that SQLite waits for another process that writes. At 0 two processes that start together fail at once;
the longest write, a migration, takes far less."""

LOCKED_PAUSE = 50
"""Milliseconds between two tries of what does not wait by itself."""

READERS = 2
"""Threads that read. At 1 a member's list waits while another's export is read; a read takes well under a millisecond,
so more than a few would only be idle. The second is started when it is first needed."""


class SqliteEngine:
    """Runs transactions on an SQLite database; see `bot.store.engine.Engine`.

    A caller that is cancelled leaves nothing behind: a transaction that has not begun is not run, one that has begun
    ends in its thread, and what it wrote stays.
    """

    def __init__(self, url: URL, *, in_memory: bool) -> None:
        # Not "BEGIN" for the writer: a transaction that reads first and then writes fails at once if another process
        # wrote meanwhile, however long the timeout. It asks for the write lock first.
        self._writer = _Worker(url, "writer", begin="BEGIN IMMEDIATE")
        # A database in memory belongs to its connection: that one reads too.
        self._readers = [self._writer] if in_memory else [_Worker(url, "reader", begin="BEGIN") for _ in range(READERS)]

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads, on the state of one instant."""
        return await min(self._readers, key=_waiting).run(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction, one at a time in the order of the calls."""
        return await self._writer.run(work)

    async def close(self) -> None:
        """Let what was handed over end, close every connection and end every thread."""
        for worker in {self._writer, *self._readers}:
            await worker.close()

    def insert(self, table: Table) -> Insert:
        """An INSERT that can say ON CONFLICT."""
        return insert(table)


class _Worker:
    """One thread with one connection, which it opens when it is first needed and keeps."""

    def __init__(self, url: URL, role: str, *, begin: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"store-{role}")
        self._connection: Connection | None = None
        self._closed = False
        self.waiting = 0
        """Transactions that were handed over and are awaited."""
        self._engine = create_engine(
            url,
            connect_args={"timeout": BUSY_TIMEOUT / 1000},
            hide_parameters=True,  # errors are logged, and members' ids do not belong there
            poolclass=NullPool,
        )
        event.listen(self._engine, "connect", _prepare)
        if role == "reader":
            event.listen(self._engine, "connect", _refuse_writes)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(begin))

    async def run(self, work: Callable[[Connection], T]) -> T:
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._transaction, work)
        finally:
            self.waiting -= 1

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            return work(self._connection)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._disconnect)
        except BaseException:
            self._executor.shutdown(wait=False)
            raise
        self._executor.shutdown()  # its last task is done: this waits for the thread's own end alone

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _waiting(worker: _Worker) -> int:
    return worker.waiting


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where the engine says, not where the driver guesses
    try:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
            _persistently(connection, f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # the pool does not have it yet
        raise


def _refuse_writes(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _persistently(connection: sqlite3.Connection, statement: str) -> Any:
    """Execute a statement that SQLite refuses at once, whatever its timeout, while another opens the same new file."""
    for _ in range(BUSY_TIMEOUT // LOCKED_PAUSE):
        try:
            return connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(LOCKED_PAUSE / 1000)
    return connection.execute(statement)

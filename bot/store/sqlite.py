"""SQLite: a thread and a connection that write, and threads with connections of their own that read.

A reader sees the state of the last commit (https://sqlite.org/wal.html), so that no read waits for a writer, not even
for one in another process. Each transaction costs one hand-over to a thread and one back; a look-up by key, which takes
a tenth of that, is made where it is asked for, if the database can answer at once.
"""

from __future__ import annotations

import asyncio
import logging
import mmap
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, NullPool, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

T = TypeVar("T")

log = logging.getLogger(__name__)

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
        self._writer = self._looking_up = _Worker(url, "writer", begin="BEGIN IMMEDIATE")
        self._readers = [self._writer]
        if not in_memory:  # such a database belongs to its connection: that one reads too
            self._readers = [_Worker(url, "reader", begin="BEGIN") for _ in range(READERS)]
            self._looking_up = _Worker(url, "reader", begin=None, timeout=0)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads, on the state of one instant."""
        return await min(self._readers, key=_waiting).run(work)

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run a function that reads a few rows by key: here if the connection is free, else like any read."""
        await self._looking_up.open()
        # Another process may hold the whole database: a thread waits for that.
        with suppress(OperationalError), self._looking_up.free() as connection:
            if connection is not None:
                return work(connection)
        return await self.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction, one at a time in the order of the calls."""
        return await self._writer.run(work)

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Run a function that deletes a member's rows, in one transaction, and clear their traces from the files.

        SQLite overwrites deleted rows with zeros (`secure_delete`), but its log of changes holds them until it is
        emptied, and pages that were rearranged once may hold copies: then the whole file is written anew.
        """
        return await self._writer.erase(work, user_id)

    async def close(self) -> None:
        """Let what was handed over end, close every connection and end every thread."""
        for worker in {self._writer, self._looking_up, *self._readers}:
            await worker.close()

    def insert(self, table: Table) -> Insert:
        """An INSERT that can say ON CONFLICT."""
        return insert(table)


class _Worker:
    """One thread with one connection, which it opens when it is first needed and keeps.

    `begin` is the statement that begins a transaction, None for statements on their own; `timeout` are the milliseconds
    that it waits for other processes.
    """

    def __init__(self, url: URL, role: str, *, begin: str | None, timeout: int = BUSY_TIMEOUT) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"store-{role}")
        self._connection: Connection | None = None
        self._in_use = threading.Lock()
        self._closed = False
        self.waiting = 0
        """Transactions that were handed over and are awaited."""
        self._engine = create_engine(
            url,
            # Another thread than the one that opened it may look something up; `_in_use` keeps them apart.
            connect_args={"timeout": timeout / 1000, "check_same_thread": False},
            hide_parameters=True,  # errors are logged, and members' ids do not belong there
            poolclass=NullPool,
        )
        event.listen(self._engine, "connect", _prepare)
        if role == "reader":
            event.listen(self._engine, "connect", _refuse_writes)
        if begin is not None:
            event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(begin))

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await self._in_thread(lambda: self._transaction(work))

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        return await self._in_thread(lambda: self._erase(work, user_id))

    async def _in_thread(self, call: Callable[[], T]) -> T:
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, call)
        finally:
            self.waiting -= 1

    async def open(self) -> None:
        """Connect, in the thread, unless that was done."""
        if self._connection is None:
            await self.run(lambda _: None)

    @contextmanager
    def free(self) -> Iterator[Connection | None]:
        """The connection inside a transaction, for the caller's own thread; None if it is in use or not open yet."""
        if self._connection is None or self.waiting or not self._in_use.acquire(blocking=False):
            yield None
            return
        try:
            with self._connection.begin():
                yield self._connection
        finally:
            self._in_use.release()

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        with self._in_use:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                return work(self._connection)

    def _erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        result = self._transaction(work)
        if self._connection is not None:  # past SQLAlchemy, which would begin a transaction: neither may be in one
            driver: Any = self._connection.connection.driver_connection
            _empty_log(driver)
            if _holds(Path(driver.execute("PRAGMA database_list").fetchone()[2]), user_id):
                driver.execute("VACUUM")
                _empty_log(driver)
        return result

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


def _empty_log(driver: sqlite3.Connection) -> None:
    if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        log.warning("Another process reads the database: what was deleted stays in its log until it is closed")


def _holds(file: Path, user_id: int) -> bool:
    """Whether a database's file holds a member's id, as SQLite writes numbers of that size; of one in memory, False."""
    if not file.is_file() or user_id >> 48 == 0:  # no id of Discord's is that small
        return False
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(user_id.to_bytes(8, "big")) >= 0


def _waiting(worker: _Worker) -> int:
    return worker.waiting


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where the engine says, not where the driver guesses
    try:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
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

"""SQLite: a thread and a connection that write, and threads with connections of their own that read.

A reader sees the state of the last commit (https://sqlite.org/wal.html), so that no read waits for a writer, not even
one in another process. Each transaction costs one hand-over to a thread and one back; a look-up by key, which takes
a tenth of that, is made where it is asked for, if the database can answer at once.

A commit waits for the disk, some milliseconds, whatever is in it. So transactions that are asked for while another is
committed are committed together, each in a savepoint of its own: one that raises undoes nothing of the others.
"""

from __future__ import annotations

import asyncio
import logging
import mmap
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from bot.errors import StoreLost

T = TypeVar("T")

log = logging.getLogger(__name__)

WAIT_SECONDS = 2.5
"""Seconds that a call waits while another process holds the database, counted from its own start: less than the three
that Discord gives an answer. At 0 two processes that start together fail at once."""
OPENING_SECONDS = 15.0
"""The same while the database is opened: another process may be migrating it."""
SLICE = 0.25
"""Seconds that SQLite itself waits for the lock before the calls are looked through whose time is over."""
GROUP_LIMIT, GROUP_SECONDS = 100, 0.05
"""Transactions that are committed together, and how long a group may grow: a caller who waits behind one notices
nothing. At 1 each waits for the disk alone."""
LOCKED_PAUSE = 0.05
"""Seconds between two tries of what does not wait by itself."""
READERS = 2
"""Threads that read. At 1 a member's list waits while another's export is read; a read takes well under a millisecond,
so more than a few would only be idle. The second is started when it is first needed."""


class SqliteEngine:
    """Runs transactions on an SQLite database; see `bot.store.engine.Engine`.

    A caller that is cancelled leaves nothing behind: a transaction that has not begun is not run, one that has begun
    ends in its thread, and what it wrote stays.
    """

    def __init__(self, url: URL, *, in_memory: bool) -> None:
        file = _File()
        self._writer = _Writer(url, file)
        self._looking_up: _Connection = self._writer
        self._readers: list[_Connection] = [self._writer]
        if not in_memory:  # such a database belongs to its connection: that one reads too
            self._readers = [_Connection(url, file, "reader", begin="BEGIN", wait=WAIT_SECONDS) for _ in range(READERS)]
            self._looking_up = _Connection(url, file, "reader", begin=None, wait=0)

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

    async def write(self, work: Callable[[Connection], T], *, opening: bool = False) -> T:
        """Run a function in one transaction, in the order of the calls."""
        return await self._writer.run(work, OPENING_SECONDS if opening else WAIT_SECONDS)

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Run a function that deletes a member's rows, in one transaction, and clear their traces from the files.

        SQLite overwrites deleted rows with zeros (`secure_delete`), but its log of changes holds them until it is
        emptied, and pages that were rearranged once may hold copies: then the whole file is written anew.
        """
        result = await self.write(work)
        await self._writer.in_thread(lambda: self._writer.clear_traces(user_id))
        return result

    async def close(self) -> None:
        """Let what was handed over end, close every connection and end every thread."""
        for connection in {self._writer, self._looking_up, *self._readers}:
            await connection.close()


class _File:
    """The file of a database, which must stay the one that was opened: what is written to a deleted one is lost."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._identity: tuple[int, int] | None = None

    def opened_by(self, driver: sqlite3.Connection) -> None:
        """Note which file a connection has opened, or raise StoreLost if it is another one than the first's."""
        name = driver.execute("PRAGMA database_list").fetchone()[2]
        self._path = Path(name) if name else None
        self._identity = self._identity or self._found()
        self.check()

    def check(self) -> None:
        """Raise StoreLost if the file was deleted or replaced; a database in memory has none."""
        if self._found() != self._identity:
            raise StoreLost(
                f"The database file {self._path} was deleted or replaced while the bot ran. Nothing is written to "
                "another one. Put the right file in its place and start again; stop the bot before you restore a copy."
            )

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except FileNotFoundError:
            return None
        return (found.st_dev, found.st_ino) if found else None


class _Connection:
    """One thread with one connection, which it opens when it is first needed and keeps.

    `begin` is the statement that begins a transaction, None for statements on their own; `wait` are the seconds that
    SQLite waits for other processes.
    """

    def __init__(self, url: URL, file: _File, role: str, *, begin: str | None, wait: float) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"store-{role}")
        self._connection: Connection | None = None
        self._file = file
        self._in_use = threading.Lock()
        self._closed = False
        self.waiting = 0
        """Transactions that were handed over and are awaited."""
        self._engine = create_engine(
            url,
            # Another thread than the one that opened it may look something up; `_in_use` keeps them apart.
            connect_args={"timeout": wait, "check_same_thread": False},
            hide_parameters=True,  # errors are logged, and members' ids do not belong there
            poolclass=NullPool,
        )
        event.listen(self._engine, "do_connect", _create_privately)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "connect", lambda driver, _: file.opened_by(driver))
        if role == "reader":
            event.listen(self._engine, "connect", _refuse_writes)
        if begin is not None:
            event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(begin))

    async def run(self, work: Callable[[Connection], T], wait: float = WAIT_SECONDS) -> T:
        """Run a function in a transaction of its own; raises TimeoutError after `wait` seconds."""
        self.waiting += 1
        try:
            async with asyncio.timeout(wait):
                return await self.in_thread(lambda: self._transaction(work))
        finally:
            self.waiting -= 1

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Call a function in the thread of this connection."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

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
        with self._in_use, self._opened().begin():
            return work(self._opened())

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    async def close(self) -> None:
        """Let what was handed over end, close the connection and end the thread."""
        if self._closed:
            return
        self._closed = True
        try:
            await self.in_thread(self._disconnect)
        except BaseException:
            self._executor.shutdown(wait=False)
            raise
        self._executor.shutdown()  # its last task is done: this waits for the thread's own end alone

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()


class _Call(NamedTuple):
    """A transaction that somebody waits for, until an instant of the event loop's clock."""

    work: Callable[[Connection], Any]
    result: asyncio.Future[Any]
    until: float


class _Writer(_Connection):
    """The connection that writes, and its queue of calls."""

    def __init__(self, url: URL, file: _File) -> None:
        # Not "BEGIN": a transaction that reads first and then writes fails at once if another process wrote meanwhile,
        # however long the timeout. This one asks for the write lock first.
        super().__init__(url, file, "writer", begin="BEGIN IMMEDIATE", wait=SLICE)
        self._calls: deque[_Call] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[Connection], T], wait: float = WAIT_SECONDS) -> T:
        """Run a function in a transaction, which may be committed together with others'."""
        loop = asyncio.get_running_loop()
        call = _Call(work, loop.create_future(), loop.time() + wait)
        self._calls.append(call)
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        self.waiting += 1
        try:
            result: T = await call.result
            return result
        finally:
            self.waiting -= 1

    async def _serve(self) -> None:
        while self._calls:
            group = [self._calls.popleft() for _ in range(min(GROUP_LIMIT, len(self._calls)))]
            outcomes = await self.in_thread(lambda group=group: self._outcomes(group))  # type: ignore[misc]
            self._calls.extendleft(reversed(group[len(outcomes) :]))
            for call, outcome in zip(group, outcomes, strict=False):
                _answer(call, outcome)
            if not outcomes:
                self._give_up_late_ones()

    def _give_up_late_ones(self) -> None:
        """The database is locked: answer the calls whose time is over."""
        now = asyncio.get_running_loop().time()
        for call in [call for call in self._calls if call.until <= now]:
            self._calls.remove(call)
            _answer(call, TimeoutError("another process holds the database"))

    def _outcomes(self, group: list[_Call]) -> list[Any]:
        """What becomes of the first calls of a group, as many as there was time for; of none if the lock is taken."""
        try:
            return self._commit(group)
        except Exception as error:  # noqa: BLE001 - of whoever waits for it
            if _is_locked(error):
                return []
            if len(group) == 1:
                return [error]
        return self._outcomes(group[:1])  # one by one: what fails for one is not to fail for all

    def _commit(self, group: list[_Call]) -> list[Any]:
        outcomes: list[Any] = []
        until = time.monotonic() + GROUP_SECONDS
        self._file.check()
        with self._in_use, self._opened().begin():
            driver: Any = self._opened().connection.driver_connection
            for call in group:
                if outcomes and time.monotonic() > until:
                    break
                outcomes.append(None if call.result.cancelled() else self._in_savepoint(call, driver))
        return outcomes

    def _in_savepoint(self, call: _Call, driver: sqlite3.Connection) -> Any:
        driver.execute("SAVEPOINT one_of_the_group")
        try:
            return call.work(self._opened())
        except Exception as error:  # noqa: BLE001 - of whoever waits for it
            driver.execute("ROLLBACK TO one_of_the_group")
            return error
        finally:
            driver.execute("RELEASE one_of_the_group")

    def clear_traces(self, user_id: int) -> None:
        """Empty the log of changes, and write the file anew if it holds a member's id still."""
        with self._in_use:
            # Past SQLAlchemy, which would begin a transaction: neither may be in one.
            driver: Any = self._opened().connection.driver_connection
            _empty_log(driver)
            if _holds(Path(driver.execute("PRAGMA database_list").fetchone()[2]), user_id):
                driver.execute("VACUUM")
                _empty_log(driver)

    async def close(self) -> None:
        """Let what was handed over end, close the connection and end the thread."""
        if self._serving is not None:
            await asyncio.wait({self._serving})
        await super().close()


def _answer(call: _Call, outcome: Any) -> None:
    if call.result.done():  # nobody waits for it any more
        return
    if isinstance(outcome, Exception):
        call.result.set_exception(outcome)
    else:
        call.result.set_result(outcome)


def _is_locked(error: Exception) -> bool:
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


def _empty_log(driver: sqlite3.Connection) -> None:
    if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        log.warning("Another process reads the database: what was deleted stays in its log until it is closed")


def _holds(file: Path, user_id: int) -> bool:
    """Whether a database's file holds a member's id, as SQLite writes numbers of that size; of one in memory, False."""
    if not file.is_file() or user_id >> 48 == 0:  # no id of Discord's is that small
        return False
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(user_id.to_bytes(8, "big")) >= 0


def _waiting(connection: _Connection) -> int:
    return connection.waiting


def create_private_file(path: Path) -> None:
    """Create an empty file that its owner alone can read; raises FileExistsError if anything is there, be it a link
    that leads nowhere. SQLite gives the files beside a database the modes that this one has."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _create_privately(_: object, __: object, arguments: list[str], options: dict[str, Any]) -> None:
    """Create a database's file before SQLite does, whose mode would follow the umask."""
    name, is_uri = arguments[0], options.get("uri", False)
    address = urlsplit(name) if is_uri else None
    if address is not None and parse_qs(address.query).get("mode", ["rwc"]) != ["rwc"]:
        return  # SQLite is not to create it either
    path = unquote(address.path) if address is not None else name
    if path and ":memory:" not in path:
        with suppress(OSError):  # it is there already, or SQLite says better why it cannot be
            create_private_file(Path(path).resolve())  # the host may have linked it to another disk


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
    for _ in range(int(OPENING_SECONDS / LOCKED_PAUSE)):
        try:
            return connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(LOCKED_PAUSE)
    return connection.execute(statement)

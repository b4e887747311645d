"""From DATABASE_URL to an engine that behaves the same on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from importlib.util import find_spec
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

from bot.errors import MissingExtra, StoreError

BUSY_TIMEOUT = 15_000
"""Milliseconds that SQLite waits for another writer. At 0 two processes that start together fail at once; the longest
write, a migration, takes far less."""

LOCKED_PAUSE = 50
"""Milliseconds between two tries of what does not wait by itself."""

_ONE_CONNECTION: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
"""SQLite's, which tasks wait for in turn: a database in memory belongs to its connection; and of several, each would
ask for the lock again and again, up to a tenth of a second apart, with nobody's turn sure. Not one that tasks share:
the transactions of two would be one."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def database_url(text: str) -> URL:
    """The address of the database with the driver that studybot uses.

    Raises StoreError, which never holds the password, for an address that means nothing or a database that studybot
    does not serve.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "DATABASE_URL is not a database address. Write it like sqlite:///studybot.db or "
            "postgresql+asyncpg://user:password@host/name."
        ) from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreError(
            f"DATABASE_URL names {url.drivername}, which studybot does not serve. "
            "It serves sqlite and postgresql+asyncpg."
        )
    return (
        _as_asyncpg_says_it(url.set(drivername=driver))
        if driver.startswith("postgresql")
        else url.set(drivername=driver)
    )


def _as_asyncpg_says_it(url: URL) -> URL:
    """Hosts hand out addresses for libpq (`?sslmode=require`); asyncpg calls the same thing `ssl`."""
    mode = url.query.get("sslmode")
    bare = url.difference_update_query(["sslmode", "channel_binding"])
    return bare.update_query_dict({"ssl": mode}) if mode is not None else bare


def create_engine(url: URL) -> AsyncEngine:
    """An engine for an address from `database_url`; it connects when it is first used.

    Raises MissingExtra if PostgreSQL's driver is not installed.
    """
    if url.get_backend_name() == "postgresql":
        if find_spec("asyncpg") is None:
            raise MissingExtra("PostgreSQL", "postgres")
        return create_async_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=True)
    engine = create_async_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT / 1000},
        hide_parameters=True,  # errors are logged, and members' ids do not belong there
        **_ONE_CONNECTION,
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def in_memory(url: URL) -> bool:
    """Whether the database ends with the process."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_immediate` says, not where the driver guesses
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
            _persistently(cursor, f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # the pool does not have it yet, and its thread would outlive the program's event loop
        raise
    cursor.close()


def _persistently(cursor: Any, statement: str) -> None:
    """Execute a statement that SQLite refuses at once, whatever its timeout, while another opens the same new file."""
    for _ in range(BUSY_TIMEOUT // LOCKED_PAUSE):
        try:
            cursor.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            await_only(asyncio.sleep(LOCKED_PAUSE / 1000))
        else:
            return
    cursor.execute(statement)


def _begin_immediate(connection: Any) -> None:
    # A transaction that begins by reading and then writes fails at once if another wrote meanwhile, however long the
    # timeout: it asks for the write lock first.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

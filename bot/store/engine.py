"""From DATABASE_URL to an engine: what runs the store's transactions, on SQLite or on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import MissingExtra, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "sqlite+aiosqlite": "sqlite+pysqlite",  # the address means the same database, whatever driver it names
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class Engine(Protocol):
    """Runs transactions: functions over a Connection that may block, and that do nothing but use that connection."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads; it takes no write lock, and on SQLite it does not wait for a writer."""

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run a function that reads a few rows by key, in the cheapest way; else the same as `read`."""

    async def write(self, work: Callable[[Connection], T], *, opening: bool = False) -> T:
        """Run a function in one transaction: committed when it returns, rolled back when it raises.

        It is run again if the database undid it. `opening` says that others may need longer than usual just now.
        """

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Run a function that deletes a member's rows, in one transaction, and clear their traces from the files."""

    async def close(self) -> None:
        """Let the transactions that were begun end, and close every connection."""


class Transactions(Protocol):
    """What a part of the store runs its functions with (`Store`); every method raises StoreError."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads."""

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run one SELECT of a few rows by key."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction."""

    async def erase(self, work: Callable[[Connection], T], user_id: int) -> T:
        """Run a function that deletes all rows of a member."""


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
    url = url.set(drivername=driver)
    return _for_asyncpg(url) if driver.startswith("postgresql") else url


def _for_asyncpg(url: URL) -> URL:
    """Hosts hand out addresses for libpq (`?sslmode=require`); asyncpg calls the same thing `ssl`."""
    mode = url.query.get("sslmode")
    bare = url.difference_update_query(["sslmode", "channel_binding"])
    return bare.update_query_dict({"ssl": mode}) if mode is not None else bare


def shown(url: URL) -> str:
    """The address as it may be shown: without the password, wherever in it that stands; options may hold it too."""
    host = (url.host or "").rpartition("@")[2]  # an "@" in a password that was not written as %40
    hidden = url.set(host=host or None).update_query_dict(dict.fromkeys(url.query, "***"))
    return hidden.render_as_string().replace("%2A%2A%2A", "***")


def in_memory(url: URL) -> bool:
    """Whether the database ends with its connection."""
    database = url.database or ":memory:"
    return url.get_backend_name() == "sqlite" and (":memory:" in database or url.query.get("mode") == "memory")


def create_engine(url: URL) -> Engine:
    """An engine for an address from `database_url`; it connects when it is first used.

    The other engine's modules are not imported. Raises MissingExtra if PostgreSQL's driver is not installed, StoreError
    for an option in the address that it does not know.
    """
    if url.get_backend_name() == "postgresql":
        if find_spec("asyncpg") is None:
            raise MissingExtra("PostgreSQL", "postgres")
        from bot.store.postgres import PostgresEngine

        return PostgresEngine(url)
    from bot.store.sqlite import SqliteEngine

    return SqliteEngine(url, in_memory=in_memory(url))

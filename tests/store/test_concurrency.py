"""Many callers at once: who waits for whom, what a cancelled caller leaves behind, and which threads are left."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON = 0.5
"""Seconds within which a read must be done that waits for nobody: it takes a millisecond."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "studybot.db"


@contextmanager
def write_lock(file: Path) -> Iterator[None]:
    """Another process's long write."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO app_state VALUES ('other', 'uncommitted')")
        yield
        other.execute("ROLLBACK")


async def test_reads_do_not_wait_for_a_writer_in_another_process(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        await store.marks.mark(1, ("a",), NOW)
        with write_lock(file):
            writing = asyncio.create_task(store.marks.mark(1, ("b",), NOW))
            await asyncio.sleep(1)
            async with asyncio.timeout(SOON):
                assert await store.marks.of(1) == {"a": NOW}
                assert await store.state.get("other") is None
            assert not writing.done()
        assert await writing
        assert set(await store.marks.of(1)) == {"a", "b"}


async def test_reads_do_not_wait_for_a_long_write_of_this_process(lasting_url: str) -> None:
    async with await Store.open(lasting_url) as store:
        await store.marks.mark(1, ("a",), NOW)
        begun = threading.Event()

        def write_for_long(connection: Connection) -> None:
            connection.execute(text("UPDATE marks SET page = 'b'"))
            begun.set()
            seconds = 1.0
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
            else:
                time.sleep(seconds)

        writing = asyncio.create_task(store.write(write_for_long))
        await asyncio.to_thread(begun.wait, 5)
        async with asyncio.timeout(SOON):
            assert await store.marks.of(1) == {"a": NOW}
        await writing
        assert await store.marks.of(1) == {"b": NOW}


async def test_a_long_read_does_not_hold_up_another(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        reading = asyncio.create_task(store.read(lambda _: time.sleep(1)))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(SOON):
            assert await store.marks.of(1) == {}
        assert not reading.done()
        await reading


async def test_a_read_cannot_write(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        with pytest.raises(StoreError):
            await store.read(lambda connection: connection.execute(text("DELETE FROM app_state")))
        assert "readonly" in caplog.text
        assert await store.state.get("key") is None


async def test_hundreds_of_reads_and_writes_at_once(store: Store) -> None:
    async def live(number: int) -> None:
        await store.marks.mark(number, ("a",), NOW)
        await asyncio.gather(store.marks.toggle_mark(number, ["b"], NOW), store.marks.of(number))
        assert set(await store.marks.of(number)) == {"a", "b"}

    await asyncio.gather(*(live(number) for number in range(100)))
    assert await store.marks.counts(range(100)) == {"a": 100, "b": 100}


async def test_what_raises_is_rolled_back(store: Store) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO app_state VALUES ('key', 'value')"))
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        await store.write(work)
    assert await store.state.get("key") is None
    await store.state.put("key", "another")
    assert await store.state.get("key") == "another"


@pytest.mark.parametrize("address", ["memory", "file"])
async def test_a_cancelled_caller_is_not_run_if_it_has_not_begun(file: Path, address: str) -> None:
    ran: list[str] = []
    url = "sqlite:///:memory:" if address == "memory" else f"sqlite:///{file}"
    async with await Store.open(url) as store:
        first = asyncio.create_task(store.write(lambda _: time.sleep(0.3)))
        waiting = [asyncio.create_task(store.write(lambda _: ran.append("ran"))) for _ in range(5)]
        await asyncio.sleep(0.05)
        for one in waiting:
            one.cancel()
        await asyncio.wait([first, *waiting])
        assert await store.write(lambda _: "still works") == "still works"
    assert ran == []


async def test_a_cancelled_write_that_has_begun_ends_whole(store: Store) -> None:
    """Committed on SQLite, whose thread cannot be interrupted; rolled back on PostgreSQL; never left open."""
    begun = threading.Event()

    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO app_state VALUES ('a', '1')"))
        begun.set()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_sleep(0.3)"))
        else:
            time.sleep(0.3)
        connection.execute(text("INSERT INTO app_state VALUES ('b', '1')"))

    writing = asyncio.create_task(store.write(work))
    await asyncio.to_thread(begun.wait, 5)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await store.state.put("c", "1")  # behind what was begun
    assert await store.state.get("a") == await store.state.get("b")


@pytest.mark.parametrize("address", ["memory", "file"])
async def test_no_thread_is_left_after_closing(file: Path, address: str) -> None:
    before = set(threading.enumerate())
    store = await Store.open("sqlite:///:memory:" if address == "memory" else f"sqlite:///{file}")
    await asyncio.gather(*(store.marks.of(number) for number in range(10)), store.marks.mark(1, ("a",), NOW))
    assert set(threading.enumerate()) > before
    unfinished = asyncio.create_task(store.marks.mark(2, ("a",), NOW))
    await asyncio.sleep(0)
    await store.close()
    assert set(threading.enumerate()) == before
    assert await unfinished


async def test_closing_twice_and_using_what_is_closed(url: str) -> None:
    store = await Store.open(url)
    await store.close()
    await store.close()
    with pytest.raises(StoreError):
        await store.marks.of(1)

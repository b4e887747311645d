"""Databases that deadlock, are far away, are locked, or are swapped under the running bot."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from bot.catalog import Catalog
from bot.errors import StoreError, StoreLost
from bot.jobs import Ticker, queue
from bot.store import Store
from bot.store.tables import app_state, jobs
from tests.delivery_world import DUE, World
from tests.postgres_proxy import proxied
from tests.store.conftest import lasting_url, postgres, postgres_url
from tests.store.test_contract import claim, put

__all__ = ["lasting_url", "postgres", "postgres_url"]


pytestmark = pytest.mark.slow


@asynccontextmanager
async def worlds(url: str, catalog: Catalog, processes: int) -> AsyncIterator[list[World]]:
    """Workers with connections of their own, as in as many processes, before one channel."""
    async with AsyncExitStack() as stack:
        first = World(await stack.enter_async_context(await Store.open(url)), catalog)
        stores = [await stack.enter_async_context(await Store.open(url)) for _ in range(processes - 1)]
        yield [first, *(World(store, catalog, first.channel) for store in stores)]


async def deliver(worlds: list[World]) -> list[Ticker]:
    """Have all workers tick until nothing waits; returns their tickers."""
    tickers = [Ticker(world.worker().tick, lambda: DUE) for world in worlds]
    while await worlds[0].store.read(waiting):
        await asyncio.gather(*(ticker.tick() for ticker in tickers))
        await asyncio.sleep(0.01)
    await asyncio.gather(*(world.worker().idle() for world in worlds))
    return tickers


def waiting(connection: Connection) -> bool:
    due = text("SELECT EXISTS (SELECT 1 FROM schedules WHERE next_at <= :now)")
    left = select(jobs.c.id).where(jobs.c.state == "waiting").limit(1)
    return bool(connection.scalar(due, {"now": DUE})) or connection.scalar(left) is not None


def deadlocks(connection: Connection) -> int:
    """How often PostgreSQL had to end a transaction of this database for another's sake."""
    connection.execute(text("SELECT pg_stat_force_next_flush()"))
    own = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(connection.scalar(own) or 0)


def attempts(connection: Connection) -> list[int]:
    """How many attempts each job took."""
    return sorted(set(connection.scalars(select(jobs.c.attempts))))


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
async def test_four_hundred_prompts_with_threads_and_pins_meet_no_deadlock(
    postgres_url: str, catalog: Catalog, processes: int
) -> None:
    async with worlds(postgres_url, catalog, processes) as all_of_them:
        world = all_of_them[0]
        for guild_id in range(1, 401):
            await world.put(guild_id, thread=True, pin=True)
        tickers = await deliver(all_of_them)
        assert [ticker.failures for ticker in tickers] == [0] * processes
        assert len(world.channel.prompts) == len(world.channel.threads) == 400
        assert await world.store.read(attempts) == [1]
        assert await world.store.write(deadlocks) == 0


@pytest.mark.slow
async def test_a_burst_on_a_database_far_away_is_sent_in_one_attempt_each(postgres_url: str, catalog: Catalog) -> None:
    async with proxied(postgres_url) as (url, proxy), worlds(url, catalog, 1) as (world,):
        for guild_id in range(1, 151):
            await world.put(guild_id)
        proxy.round_trip = 0.03
        (ticker,) = await deliver([world])
        assert ticker.failures == 0
        assert len(world.channel.prompts) == 150
        assert await world.store.read(attempts) == [1]


async def test_a_transaction_that_the_database_undid_is_run_again(postgres_url: str) -> None:
    """Two that lock the same two rows in opposite orders: PostgreSQL ends one of them."""
    async with await Store.open(postgres_url) as store:
        await store.state.put("a", "")
        await store.state.put("b", "")

        def change(connection: Connection, first: str, second: str) -> None:
            for key in (first, second):
                updated = app_state.update().where(app_state.c.key == key)
                connection.execute(updated.values(value=app_state.c.value + first))
                connection.execute(text("SELECT pg_sleep(0.2)"))

        await asyncio.gather(store.write(change, "a", "b"), store.write(change, "b", "a"))
        assert sorted(await store.state.get("a") or "") == sorted(await store.state.get("b") or "") == ["a", "b"]
        assert await store.write(deadlocks) >= 1


async def test_one_that_fails_in_a_group_costs_the_others_nothing(lasting_url: str) -> None:
    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.execute(app_state.insert().values(key="twice", value=""))

    async with await Store.open(lasting_url) as store:
        changes = [store.state.put(str(number), "") for number in range(5)]
        results = await asyncio.gather(*changes, store.write(twice), store.state.put("9", ""), return_exceptions=True)
        assert [type(one) for one in results] == [type(None)] * 5 + [StoreError, type(None)]
        assert await store.state.get("twice") is None
        assert await store.state.get("9") == ""


@contextmanager
def held(file: Path) -> Iterator[None]:
    """A backup tool holds the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_each_call_at_a_locked_database_ends_in_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.sqlite.WAIT_SECONDS", 0.6)
    file, ended = tmp_path / "studybot.db", list[str]()
    async with await Store.open(f"sqlite:///{file}") as store:

        async def done(name: str, wait: float) -> None:
            await asyncio.sleep(wait)
            with pytest.raises(StoreError, match="try again in a minute"):
                await store.marks.mark(1, [name], DUE)
            ended.append(name)

        with held(file):
            # The last begins when the first is about to end: it waits for its own time, and not for theirs too.
            await asyncio.gather(done("first", 0), done("second", 0), done("last", 0.55))
        assert ended == ["first", "second", "last"]
        assert await store.marks.of(1) == {}
        assert await store.marks.mark(1, ["now"], DUE)


@pytest.mark.parametrize("harm", ["deleted", "replaced"])
async def test_a_file_that_is_not_the_one_that_was_opened_is_not_written(tmp_path: Path, harm: str) -> None:
    file, copy = tmp_path / "studybot.db", tmp_path / "copy.db"
    async with await Store.open(f"sqlite:///{file}") as store:
        await store.state.put("key", "value")
        lost = asyncio.create_task(store.lost())
        if harm == "deleted":
            file.unlink()
        else:
            shutil.copy(file, copy)
            copy.replace(file)
        with pytest.raises(StoreLost, match="was deleted or replaced while the bot ran"):
            await store.state.put("key", "another")
        assert str(file) in str(await lost)
    assert file.exists() == (harm == "replaced")


async def test_a_lease_of_a_clock_that_was_ahead_ends(lasting_url: str) -> None:
    """The clock was an hour ahead when the job was claimed, and was set right before the process was killed."""
    async with await Store.open(lasting_url) as store:
        await put(store)
        (job,) = await claim(store, "killed", DUE)
        ahead = jobs.update().values(lease_until=DUE + timedelta(days=9000))
        await store.write(lambda connection: connection.execute(ahead))
        lease = timedelta(seconds=90)
        (again,) = await store.write(queue.claim, DUE, 10, owner="me", lease=lease)
        assert (again.id, again.attempts) == (job.id, 2)


async def test_a_call_that_is_cancelled_inside_a_tick_does_not_end_the_ticker() -> None:
    ticks: list[int] = []

    async def look() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            raise asyncio.CancelledError

    async def ready() -> None: ...

    ticker = Ticker(look, lambda: DUE, sleep=lambda _: asyncio.sleep(0))
    ticker.start(ready)
    while len(ticks) < 3:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert (ticker.failures, ticker.last_success) == (0, DUE)
    ticker.stop()

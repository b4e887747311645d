"""Processes that are killed or put to sleep, that share a database, and databases that are not there for a while."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.catalog import Catalog
from bot.errors import CannotPost, PostFailed, StoreError
from bot.jobs import queue, schedules
from bot.jobs.due import realign
from bot.jobs.worker import LEASE, Ticker
from bot.outcomes import Reason
from bot.store import Store, tables
from tests.delivery_world import BERLIN, DUE, World, fail, put
from tests.postgres_proxy import proxied
from tests.store.conftest import lasting_url, postgres, postgres_url
from tests.store.test_contract import expire

__all__ = ["lasting_url", "postgres", "postgres_url"]

pytestmark = pytest.mark.slow

STEPS = [f"{where}:{step}" for where in ("inside", "behind") for step in range(2, 9)]
HARMS = ("none", "before", "after", "sleep", *STEPS)
"""What a process may do to itself; see `tests.faults.process`."""
SHORT = timedelta(seconds=2)
"""A lease that runs out while a test waits."""
QUICK = 0.3
"""Seconds that a database may take in these tests, where it usually may take ten."""


async def started(
    url: str, file: Path, harm: str = "none", *, late: timedelta = timedelta(0), lease: timedelta = LEASE
) -> Process:
    """A process that delivers what is due."""
    given = (url, str(file), (DUE + late).isoformat(), harm, str(lease.total_seconds()))
    words = (sys.executable, "-m", "tests.faults.process", *given)
    return await asyncio.create_subprocess_exec(*words, stdout=DEVNULL, stderr=PIPE)


async def ended(process: Process) -> int:
    """Its exit code."""
    _, errors = await process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize("harm", ["before", "after"])
async def test_killed_between_claim_and_record(lasting_url: str, tmp_path: Path, harm: str) -> None:
    posts = tmp_path / "posts"
    async with await Store.open(lasting_url) as store:
        await put(store)
    assert await ended(await started(lasting_url, posts, harm)) == -signal.SIGKILL
    assert await ended(await started(lasting_url, posts)) == 0
    assert len(lines(posts)) == (1 if harm == "after" else 0)
    async with await Store.open(lasting_url) as store:
        await expire(store)
    assert await ended(await started(lasting_url, posts, late=LEASE)) == 0
    assert len(lines(posts)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("where", ["inside", "behind"])
async def test_killed_at_every_transaction(lasting_url: str, tmp_path: Path, where: str) -> None:
    """Each time with another server's prompt; a tick that posts makes five."""
    posts = tmp_path / "posts"
    for step in range(1, 7):
        async with await Store.open(lasting_url) as store:
            await put(store, step)
        await ended(await started(lasting_url, posts, f"{where}:{step}"))
        async with await Store.open(lasting_url) as store:
            await expire(store)
        assert await ended(await started(lasting_url, posts, late=LEASE)) == 0
        assert len(lines(posts)) == len(set(lines(posts))) == step


@pytest.mark.slow
async def test_three_processes_that_are_killed_and_stopped_for_weeks(lasting_url: str, tmp_path: Path) -> None:
    await siege(lasting_url, tmp_path / "posts", weeks=2)


async def siege(url: str, posts: Path, weeks: int, seed: int = 0) -> None:
    """Have three processes deliver twenty servers' prompts week after week, while they are killed and stopped."""
    chance = random.Random(seed)
    async with await Store.open(url) as store:
        for guild_id in range(1, 21):
            await put(store, guild_id)
    for week in range(weeks):
        late = timedelta(weeks=week)
        harms = [chance.choice(HARMS) for _ in range(3)]
        processes = [await started(url, posts, harm, late=late, lease=SHORT) for harm in harms]
        stopped = [process for process, harm in zip(processes, harms, strict=True) if harm == "sleep"]
        await asyncio.gather(*(ended(process) for process in processes if process not in stopped))
        for minutes in (2, 4):
            await asyncio.sleep(SHORT.total_seconds())  # every claim runs out, also by the clock of whoever is stopped
            later = late + timedelta(minutes=minutes)
            assert await ended(await started(url, posts, late=later, lease=SHORT)) == 0
        for process in stopped:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
        await asyncio.gather(*map(ended, stopped))
        assert len(lines(posts)) == len(set(lines(posts))) == 20 * (week + 1), f"week {week}: {harms}"


async def test_a_process_that_sleeps_longer_than_its_lease_does_not_post_again(
    lasting_url: str, tmp_path: Path
) -> None:
    posts = tmp_path / "posts"
    async with await Store.open(lasting_url) as store:
        await put(store)
    lease = timedelta(seconds=2)
    asleep = await started(lasting_url, posts, "sleep", lease=lease)
    assert asleep.pid is not None
    await asyncio.to_thread(os.waitid, os.P_PID, asleep.pid, os.WSTOPPED | os.WNOWAIT)
    await asyncio.sleep(lease.total_seconds())
    assert await ended(await started(lasting_url, posts, late=lease)) == 0
    assert len(lines(posts)) == 1
    os.kill(asleep.pid, signal.SIGCONT)
    assert await ended(asleep) == 0
    assert len(lines(posts)) == 1


async def test_three_processes_on_one_database_post_each_once(lasting_url: str, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    async with await Store.open(lasting_url) as store:
        for guild_id in range(1, 41):
            await put(store, guild_id)
    processes = await asyncio.gather(*(started(lasting_url, posts) for _ in range(3)))
    await asyncio.gather(*map(ended, processes))
    assert len(lines(posts)) == len(set(lines(posts))) == 40


MIGRATING = """
import asyncio, os, signal, sys
from alembic import op
from bot.store import Store
from bot.store import tables

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(op, sys.argv[2], killed)
asyncio.run(Store.open(sys.argv[1]))
"""


@pytest.mark.parametrize("step", ["create_index", "create_table"])
async def test_killed_in_the_middle_of_the_migrations(lasting_url: str, step: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATING, lasting_url, step, stderr=DEVNULL)
    assert await process.wait() == -signal.SIGKILL
    async with await Store.open(lasting_url) as store:
        assert (await put(store)).next_at == DUE


async def test_a_database_that_is_locked_for_a_while(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.store.sqlite.WAIT_SECONDS", 0.05)
    file = tmp_path / "studybot.db"
    async with await Store.open(f"sqlite:///{file}") as store:
        world = World(store, catalog)
        await world.put()
        worker = world.worker()
        ticker = Ticker(worker.tick, lambda: DUE)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                await ticker.tick()
            other.execute("ROLLBACK")
        assert (ticker.failures, len(world.channel.posts)) == (3, 0)
        assert caplog.text.count("A tick failed") == 1
        await ticker.tick()
        await worker.idle()
        assert (ticker.failures, len(world.channel.posts)) == (0, 1)


async def test_a_database_server_that_drops_every_connection(postgres_url: str, catalog: Catalog) -> None:
    async with await Store.open(postgres_url) as store, await Store.open(postgres_url) as other:
        world = World(store, catalog)
        await world.put()
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        dropping = text(f"{others} AND datname = current_database()")
        await other.write(lambda connection: connection.execute(dropping))
        assert await world.tick(DUE) == {"sent": 1}
        assert await world.tick(DUE) == {}


async def test_a_database_connection_that_swallows_costs_one_call(
    postgres_url: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a fail-over, or behind a router that forgot the connection: nothing comes back, not even an end."""
    async with proxied(postgres_url) as (url, proxy), await Store.open(url) as store:
        world = World(store, catalog)
        await world.put()
        ticker = Ticker(world.worker().tick, lambda: DUE)
        with monkeypatch.context() as patch:
            patch.setattr("bot.store.postgres.CALL_SECONDS", QUICK)
            proxy.silent = True
            await ticker.tick()
            assert ticker.failures == 1
            proxy.silent = False
        world.now = DUE
        await ticker.tick()
        await world.worker().idle()
        assert (ticker.failures, len(world.channel.posts)) == (0, 1)


async def test_a_tick_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.worker.TICK_TIMEOUT", 0.05)

    async def hang() -> None:
        await asyncio.sleep(3600)

    ticker = Ticker(hang, lambda: DUE)
    await ticker.tick()
    assert ticker.failures == 1


async def test_an_admins_change_during_the_realignment_of_the_zones_is_kept(lasting_url: str, catalog: Catalog) -> None:
    async with await Store.open(lasting_url) as store, await Store.open(lasting_url) as other:
        for guild_id in range(1, 301):
            await put(store, guild_id)
        late = update(tables.schedules).values(next_at=DUE + timedelta(hours=1))
        await store.write(lambda connection: connection.execute(late))
        tuesday = replace(BERLIN, weekday=1)
        changes = (put(other, guild_id, tuesday) for guild_id in range(1, 301, 3))
        await asyncio.gather(realign(store, DUE - timedelta(days=3)), *changes)
        for guild_id in range(1, 301, 3):
            weekly = await store.look_up(schedules.of_guild, guild_id)
            assert weekly is not None
            assert weekly.next_at == DUE + timedelta(days=1)


async def test_a_thousand_servers_in_one_minute_of_which_fifty_are_broken(store: Store, catalog: Catalog) -> None:
    world = World(store, catalog)
    for guild_id in range(1, 1001):
        await world.put(guild_id)
    harm = [CannotPost(Reason.CHANNEL_GONE), PostFailed("503"), RuntimeError("a bug")]
    broken = {guild_id: harm[guild_id % 3] for guild_id in range(20, 1001, 20)}
    take = world.channel.post

    async def post(prompt, nonce, check):  # type: ignore[no-untyped-def]
        if (error := broken.get(prompt.schedule.guild_id)) is not None:
            fail(error)()
        return await take(prompt, nonce, check)

    world.channel.post = post  # type: ignore[method-assign]
    await world.tick(DUE)
    posted = sorted(prompt.schedule.guild_id for prompt in world.channel.prompts)
    assert posted == [guild_id for guild_id in range(1, 1001) if guild_id not in broken]


async def test_a_store_that_fails_over_a_record_is_repeated_and_found(
    store: Store, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(store, catalog)
    await world.put()

    def gone(*_: object, **__: object) -> bool:
        raise StoreError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "record_sent", gone)
        assert await world.tick(DUE) == {"retried": 1}
    assert await world.tick(DUE + timedelta(minutes=2)) == {"sent": 1}
    assert len(world.channel.posts) == 1


if __name__ == "__main__":  # python -m tests.faults.test_processes URL FILE WEEKS
    asyncio.run(siege(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))

"""Processes that are killed, that share a database, and databases that are not there for a while."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.catalog import Catalog
from bot.delivery import deliver_due
from bot.discord_io.ticker import Ticker
from bot.errors import CannotPost, PostFailed
from bot.schedule import Schedule
from bot.store import Store
from tests.store.conftest import lasting_url, postgres, postgres_url
from tests.test_delivery import Channel, fail

__all__ = ["lasting_url", "postgres", "postgres_url"]

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 1, 5, 8, tzinfo=UTC)
BERLIN = Schedule(0, time(9), "Europe/Berlin")


async def put(store: Store, guild_id: int) -> None:
    await store.put_schedule(
        guild_id=guild_id, channel_id=guild_id, role_id=None, schedule=BERLIN, created_by=5, now=START
    )


async def courier(url: str, file: Path, now: datetime, kill: str = "") -> int:
    """Run a process that delivers what is due; returns its exit code."""
    words = (sys.executable, "-m", "tests.faults.courier", url, str(file), now.isoformat(), kill)
    process = await asyncio.create_subprocess_exec(*words, stdout=DEVNULL, stderr=PIPE)
    _, errors = await process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode


@pytest.mark.parametrize("kill", ["before", "after"])
async def test_killed_between_claim_and_record(lasting_url: str, tmp_path: Path, kill: str) -> None:
    posts = tmp_path / "posts"
    async with await Store.open(lasting_url) as store:
        await put(store, 1)
    assert await courier(lasting_url, posts, DUE, kill) == -signal.SIGKILL
    assert await courier(lasting_url, posts, DUE + timedelta(seconds=89)) == 0
    assert len(posts.read_text().splitlines() if posts.exists() else []) == (1 if kill == "after" else 0)
    assert await courier(lasting_url, posts, DUE + timedelta(seconds=90)) == 0
    assert len(posts.read_text().splitlines()) == 1


async def test_three_processes_on_one_database_post_each_once(lasting_url: str, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    async with await Store.open(lasting_url) as store:
        for guild_id in range(1, 41):
            await put(store, guild_id)
    await asyncio.gather(*(courier(lasting_url, posts, DUE) for _ in range(3)))
    lines = posts.read_text().splitlines()
    assert len(lines) == len(set(lines)) == 40


MIGRATING = """
import asyncio, os, signal, sys
from alembic import op
from bot.store import Store

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
        await put(store, 1)
        assert await store.next_due() == DUE


async def test_a_database_that_is_locked_for_a_while(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.store.sqlite.BUSY_TIMEOUT", 50)
    file, channel = tmp_path / "studybot.db", Channel()
    async with await Store.open(f"sqlite:///{file}") as store:
        await put(store, 1)

        async def look() -> None:
            await deliver_due(store, catalog, channel, now=DUE, owner="me")

        ticker = Ticker(look, lambda: DUE)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                await ticker.tick()
            other.execute("ROLLBACK")
        assert (ticker.failures, len(channel.posts)) == (3, 0)
        assert caplog.text.count("A tick failed") == 1
        await ticker.tick()
        assert (ticker.failures, len(channel.posts)) == (0, 1)


async def test_a_database_server_that_drops_every_connection(postgres_url: str, catalog: Catalog) -> None:
    channel = Channel()
    async with await Store.open(postgres_url) as store, await Store.open(postgres_url) as other:
        await put(store, 1)
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        await other.write(lambda connection: connection.execute(text(f"{others} AND datname = current_database()")))
        assert (await deliver_due(store, catalog, channel, now=DUE, owner="me")).outcomes == {"posted": 1}
        assert (await deliver_due(store, catalog, channel, now=DUE, owner="me")).outcomes == {}


async def test_a_thousand_servers_in_one_minute_of_which_fifty_are_broken(store: Store, catalog: Catalog) -> None:
    for guild_id in range(1, 1001):
        await put(store, guild_id)
    channel = Channel()
    harm = [CannotPost("gone"), PostFailed("503"), RuntimeError("a bug")]
    broken = {guild_id: harm[guild_id % 3] for guild_id in range(20, 1001, 20)}
    take = channel.post

    async def post(prompt, nonce):  # type: ignore[no-untyped-def]
        if (error := broken.get(prompt.guild_id)) is not None:
            fail(error)()
        return await take(prompt, nonce)

    channel.post = post  # type: ignore[method-assign]
    while (await deliver_due(store, catalog, channel, now=DUE, owner="me")).more:
        pass
    posted = sorted(prompt.guild_id for _, prompt, _ in channel.posts)
    assert posted == [guild_id for guild_id in range(1, 1001) if guild_id not in broken]

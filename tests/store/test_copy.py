"""`studybot db copy`: a living installation moves from SQLite to PostgreSQL, whole or not at all."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.cli import main
from bot.errors import StoreError
from bot.jobs import reminders, schedules, tag, toggle_press
from bot.store import Store
from bot.store.copy import TABLES, copy_database
from tests.store.test_contract import BERLIN, MONDAY, NEXT, NOW, claim, post, put


async def fill(store: Store, servers: int = 3) -> None:
    """Servers with a week behind them, a reminder, marks and a press; the last server's schedule is removed again."""
    for guild_id in range(1, servers + 1):
        sent = await post(store, await put(store, guild_id), "intro", follow_ups=["poll"], message_id=guild_id)
        assert await store.write(toggle_press, guild_id, tag(sent), 7, MONDAY)
    await store.write(schedules.remove, servers)
    given: dict[str, Any] = {"user_id": 7, "catalog_id": "list", "channel_id": 70, "idle_only": True}
    await store.write(reminders.put, schedule=BERLIN, now=NOW, **given)
    await store.marks.mark(7, ("example.org/a", "example.org/b"), MONDAY)
    await store.state.put("a note", "“”")


async def rows(url: str) -> dict[str, list[Any]]:
    """All there is in a database, the note of the copy aside."""
    async with await Store.open(url) as store:
        found = {one.name: await store.read(lambda c, one=one: c.execute(select(one)).all()) for one in TABLES}
    return {name: sorted((row for row in of if row[0] != "copied"), key=str) for name, of in found.items()}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'studybot.db'}"


async def test_everything_is_there_afterwards_and_ids_go_on(sqlite_url: str, postgres_url: str) -> None:
    async with await Store.open(sqlite_url) as old:
        await fill(old)
        counts = await copy_database(sqlite_url, postgres_url)  # while the bot runs
        last = await put(old, 9)
    assert all(counts[name] for name in ("schedules", "jobs", "presses", "marks", "app_state"))
    await copy_database(sqlite_url, postgres_url)  # again, with what came since
    assert await rows(postgres_url) == await rows(sqlite_url)
    async with await Store.open(postgres_url) as new:
        assert (await put(new, 10)).id == last.id + 1
        assert len({job.id for job in await claim(new, now=NEXT)}) > 0


async def test_a_database_that_a_bot_has_used_is_left_alone(sqlite_url: str, postgres_url: str) -> None:
    async with await Store.open(sqlite_url) as old:
        await fill(old)
    await copy_database(sqlite_url, postgres_url)
    async with await Store.open(postgres_url) as new:
        await new.marks.mark(8, ("example.org/c",), MONDAY)
    before = await rows(postgres_url)
    with pytest.raises(StoreError, match="DST is in use"):
        await copy_database(sqlite_url, postgres_url)
    assert await rows(postgres_url) == before


async def test_a_copy_that_fails_half_way_changes_nothing_and_can_be_repeated(
    sqlite_url: str, postgres_url: str
) -> None:
    async with await Store.open(sqlite_url) as old:
        await fill(old)
        await old.state.put("long", "x\0y")  # which PostgreSQL does not take
        with pytest.raises(StoreError, match="nothing was changed"):
            await copy_database(sqlite_url, postgres_url)
        assert not any((await rows(postgres_url)).values())
        await old.state.put("long", "xy")
    await copy_database(sqlite_url, postgres_url)
    assert await rows(postgres_url) == await rows(sqlite_url)


async def test_it_goes_from_sqlite_to_postgresql_alone(sqlite_url: str, postgres_url: str) -> None:
    with pytest.raises(StoreError, match="There is no database"):
        await copy_database(sqlite_url, postgres_url)
    with pytest.raises(StoreError, match="goes to PostgreSQL"):
        await copy_database(sqlite_url, sqlite_url)
    with pytest.raises(StoreError, match="SQLite"):
        await copy_database(postgres_url, postgres_url)


def test_the_command_shows_what_was_counted(sqlite_url: str, postgres_url: str) -> None:
    async def filled() -> None:
        async with await Store.open(sqlite_url) as old:
            await fill(old)

    asyncio.run(filled())
    result = CliRunner().invoke(main, ["db", "copy", sqlite_url, postgres_url])
    assert result.exit_code == 0, result.output
    assert re.search(r"^ +3  schedules$", result.stdout, re.MULTILINE)
    assert "rows copied; SRC and DST have the same number in each table." in result.stdout

"""What a member has deleted is in no file of a running database, and who is gone can be found."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.schedule import Schedule
from bot.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
MIA, ADA, TOM = 4_611_686_018_427_000_123, 4_611_686_018_427_000_456, 4_611_686_018_427_000_789
BERLIN = Schedule(0, time(9), "Europe/Berlin")


def copies(folder: Path, user_id: int) -> dict[str, int]:
    """How often an id stands in each file, as SQLite writes it."""
    found = {file.name: file.read_bytes().count(user_id.to_bytes(8, "big")) for file in folder.iterdir()}
    return {name: number for name, number in found.items() if number}


async def test_a_deleted_id_is_in_no_file_while_the_bot_runs(tmp_path: Path) -> None:
    chance = random.Random(14)
    members = [chance.getrandbits(62) | 1 << 61 for _ in range(40)]
    async with await Store.open(f"sqlite:///{tmp_path / 'studybot.db'}") as store:
        pairs = [(user_id, page) for user_id in members for page in range(40)]
        chance.shuffle(pairs)  # so that pages of the file are split and joined again
        await asyncio.gather(*(store.marks.mark(user_id, [f"example.org/{page}"], NOW) for user_id, page in pairs))
        for user_id in members:
            await store.marks.share(user_id, NOW)
            await store.marks.unmark(user_id, [f"example.org/{user_id % 40}"])
        assert all(copies(tmp_path, user_id) for user_id in members)
        for user_id in members[:20]:
            await store.privacy.forget_member(user_id)
            assert copies(tmp_path, user_id) == {}
        for user_id in members[20:]:
            assert len(await store.marks.of(user_id)) == 39


async def test_another_process_that_reads_does_not_stop_a_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.store.sqlite.SLICE", 0.05)
    file = tmp_path / "studybot.db"
    async with await Store.open(f"sqlite:///{file}") as store:
        await store.marks.mark(MIA, ["example.org"], NOW)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM marks").fetchall()
            assert await store.privacy.forget_member(MIA) == 1
            other.execute("COMMIT")
        assert await store.marks.of(MIA) == {}
        assert "stays in its log until it is closed" in caplog.text
        await store.privacy.forget_member(MIA)
        assert copies(tmp_path, MIA) == {}

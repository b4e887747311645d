"""Several real processes of one bot on one PostgreSQL, before a Discord on loopback: no prompt is lost or doubled."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store import Store
from tests.faults.sharded_discord import (
    ShardedDiscord,
    all_posted,
    fill,
    posted_by_processes,
    process_of,
    serving,
    until,
)
from tests.store.conftest import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]

pytestmark = pytest.mark.slow

SERVERS, MEMBERS = 240, 30
THIRDS = [("--shard-count", "3", "--shard-ids", str(shard)) for shard in range(3)]
HALVES = [("--shard-count", "2", "--shard-ids", str(shard)) for shard in range(2)]
ALLOWED = 50
"""Requests a second that Discord takes from a bot."""
WINDOW = 3
"""Seconds over which they are counted here: a machine that is busy sees some arrive together."""


async def test_three_processes_of_which_one_is_killed_half_way_post_each_prompt_once(
    postgres_url: str, tmp_path: Path
) -> None:
    discord = ShardedDiscord(SERVERS)
    async with serving(discord):
        paused = await posted_by_processes(discord, postgres_url, tmp_path, THIRDS, MEMBERS)
    log = (tmp_path / "log").read_text()
    assert (len(discord.posted), set(discord.posted.values())) == (SERVERS + MEMBERS, {1}), log
    assert (paused, discord.refused_in_forums, discord.syncs) == (0, 0, 1), log
    assert discord.most_requests_within(WINDOW) <= ALLOWED * WINDOW
    assert sorted(shard for _, shard in discord.identified) == [0, 1, 2, 2]
    assert discord.shortest_pause_between_sessions() >= 5


@pytest.mark.parametrize(
    ("before", "after"), [([()], THIRDS), (THIRDS, HALVES), ([()], [()])], ids=["1 to 3", "3 to 2", "1 to 1"]
)
async def test_processes_that_replace_others_while_prompts_are_due(
    postgres_url: str, tmp_path: Path, before: list[tuple[str, ...]], after: list[tuple[str, ...]]
) -> None:
    """The new ones start beside the old ones, which are killed once all new ones are there."""
    discord = ShardedDiscord(SERVERS)
    async with serving(discord), AsyncExitStack() as stack, await Store.open(postgres_url) as store:
        await fill(store, SERVERS, MEMBERS)
        old = [await stack.enter_async_context(process_of(discord, postgres_url, tmp_path, *one)) for one in before]
        await until(lambda: discord.posted.total() > 20, 120)
        discord.everywhere_limited = 3
        sessions = len(discord.identified)
        for one in after:
            await stack.enter_async_context(process_of(discord, postgres_url, tmp_path, *one))
        await until(lambda: len(discord.identified) >= sessions + len(after), 120)
        for process in old:
            process.kill()
        paused = await all_posted(store, 180)
    log = (tmp_path / "log").read_text()
    assert (len(discord.posted), set(discord.posted.values())) == (SERVERS + MEMBERS, {1}), log
    assert (paused, discord.refused_in_forums, discord.everywhere_limited) == (0, 0, 0), log


async def test_a_process_that_would_begin_more_sessions_than_discord_allows_ends_with_a_line(
    postgres_url: str, tmp_path: Path
) -> None:
    discord = ShardedDiscord(1)
    discord.sessions_left = 1
    async with (
        serving(discord),
        process_of(discord, postgres_url, tmp_path, "--shard-count", "3", "--shard-ids", "0-1") as process,
    ):
        assert await asyncio.wait_for(process.wait(), 60) == 4
    assert "1 more of 1000 new connections" in (tmp_path / "log").read_text().splitlines()[-1]
    assert discord.identified == []

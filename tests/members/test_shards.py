"""A bot on several shards: past 2,500 servers Discord closes one that has a single one (4011). Here in one process that
asks Discord how many there are; below as one of three processes, which has shard 1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from discord.ext import commands
from simcord import Env

from bot.catalogs import Catalogs
from bot.client import StudyBot, create_bot
from bot.jobs import schedules
from bot.settings import Settings
from bot.shards import GUILD_ID_BITS
from bot.store import Store
from tests.delivery_world import BERLIN, put
from tests.members.server import Server

MONDAY = datetime.fromisoformat("2026-01-05T09:00+01:00")


@pytest.mark.simcord(shard_count=2)
async def test_servers_of_every_shard_are_answered(simcord_env: Env) -> None:
    assert isinstance(simcord_env.bot, commands.AutoShardedBot)
    assert syncs(simcord_env) == 1
    for shard_id in (0, 1):
        server = Server(simcord_env, f"Server of shard {shard_id}", shard_id=shard_id)
        assert (server.guild.id >> GUILD_ID_BITS) % 2 == shard_id
        assert "KV Cache brief explainer" in (await server.ask("recommend", topic="kv cache")).text


@pytest.mark.simcord(shard_count=3, strict_sync=False)  # another process tells Discord about the commands
class TestShardOneOfThree:
    """What a process does that has shard 1 of 3, and what it leaves to the others."""

    @pytest_asyncio.fixture
    async def simcord_bot(self, catalogs: Catalogs, store: Store) -> AsyncIterator[StudyBot]:
        settings = Settings(shard_count="3", shard_ids="1", database_url="postgresql://shared")
        yield create_bot(settings, catalogs, store)

    @pytest.fixture
    def server(self, simcord_env: Env) -> Server:
        return Server(simcord_env, shard_id=1)

    async def test_members_are_answered(self, server: Server) -> None:
        assert "KV Cache brief explainer" in (await server.ask("recommend", topic="kv cache")).text
        assert "1 of" in (await server.ask("done", resource="KV Cache brief explainer")).text

    async def test_its_servers_get_their_prompts_and_the_others_wait_for_their_own_process(
        self, server: Server, store: Store
    ) -> None:
        await server.set_weekly()
        for number in (9, 11):  # shards 0 and 2, which this process doesn't see
            await put(store, number << GUILD_ID_BITS, BERLIN)
        await server.pass_time(MONDAY + timedelta(minutes=2))
        assert len(server.posts()) == 1
        for number in (9, 11):
            weekly = await store.look_up(schedules.of_guild, number << GUILD_ID_BITS)
            assert weekly is not None
            assert (weekly.paused_at, weekly.next_at) == (None, MONDAY), "neither paused nor written off"

    async def test_a_forum_gets_its_post(self, server: Server) -> None:
        forum = server.guild.create_forum_channel("weekly")
        await server.set_weekly(channel=forum)
        await server.pass_time(MONDAY + timedelta(minutes=2))
        assert len(forum.threads) == 1

    async def test_the_commands_are_left_to_the_process_with_shard_0(self, server: Server) -> None:
        assert syncs(server.env) == 0


def syncs(env: Env) -> int:
    """How often Discord was told about the commands."""
    return sum(one.method == "PUT" and one.path.endswith("/commands") for one in env.http_requests)

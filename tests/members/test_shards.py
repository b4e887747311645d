"""A bot that asks Discord how many shards it needs: past 2,500 servers Discord closes one that does not (4011)."""

from __future__ import annotations

import pytest
from discord.ext import commands
from simcord import Env

from tests.members.server import Server


@pytest.mark.simcord(shard_count=2)
async def test_servers_of_every_shard_are_answered(simcord_env: Env) -> None:
    assert isinstance(simcord_env.bot, commands.AutoShardedBot)
    for shard_id in (0, 1):
        server = Server(simcord_env, f"Server of shard {shard_id}", shard_id=shard_id)
        assert (server.guild.id >> 22) % 2 == shard_id
        assert "KV Cache brief explainer" in (await server.ask("recommend", topic="kv cache")).text

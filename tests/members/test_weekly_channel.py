"""A prompt goes only where the admin who sets it may post."""

from __future__ import annotations

import discord

from bot.jobs import schedules
from bot.store import Store
from tests.members.server import Server


async def test_a_channel_that_is_closed_to_the_admin(server: Server, store: Store) -> None:
    closed = server.guild.create_text_channel(
        "rules", overwrites={server.ada: discord.PermissionOverwrite(send_messages=False)}
    )
    seen = await server.set_weekly(channel=closed)
    assert seen.private
    assert f"You can't post in <#{closed.id}>" in seen.text
    assert await store.look_up(schedules.of_guild, server.guild.id) is None
    assert "Mondays at 09:00" in (await server.set_weekly()).text

"""What Discord refuses, as admins and members see it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest
from simcord.backend import serializers

from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Server
from tests.members.test_weekly import MONDAY

MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


def messages_to(someone: Any) -> list[str]:
    """What the bot sent to somebody."""
    return [one.content for one in someone.user.dm_channel.history()] if someone.user.dm_channel else []


def changed(server: Server, channel: Any, **changes: Any) -> None:
    """Discord tells of a channel that was changed."""
    backend = server.env.backend
    payload = dict(serializers.channel_payload(backend, backend.get_channel(channel.id))) | changes
    backend.emit("CHANNEL_UPDATE", payload)


async def test_a_deleted_role_is_left_out_and_told_once(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    server.env.backend.delete_role(server.guild.id, role.id)
    await server.env.settle()
    for week in range(3):
        await server.pass_time(MONDAY + week * WEEK + 2 * MINUTE)
    assert len(server.posts()) == 3
    assert not any("<@&" in post.content for post in server.posts())
    (told,) = messages_to(server.ada)
    assert "mentions no role now: it was deleted" in told
    panel = (await server.manage("weekly")).text
    assert "The role to mention was deleted" in panel
    assert "Mentions: none" in panel


async def test_a_forum_that_wants_a_tag_and_has_none_to_use(server: Server) -> None:
    forum = server.guild.create_forum_channel("forum")
    await server.set_weekly(channel=forum)
    changed(server, forum, flags=16, available_tags=[])
    await server.env.settle()
    assert f"Every post in <#{forum.id}> needs a tag" in (await server.manage("weekly")).text


async def test_a_reconnecting_gateway_stops_no_post(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")

    await server.set_weekly()
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "send_as_json", broken)
    monkeypatch.setattr(discord.Guild, "query_members", broken)
    await server.pass_time(MONDAY + MINUTE)
    assert len(server.posts()) == 1
    assert "1 problem" not in (await server.manage("weekly")).text


async def test_a_moderator_who_times_the_bot_out(server: Server) -> None:
    await server.set_weekly()
    guild = server.env.bot.get_guild(server.guild.id)
    assert guild is not None
    guild.me.timed_out_until = server.env.now() + timedelta(days=20)
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=403, code=50013, times=None)
    assert "A moderator has timed me out until" in (await server.manage("weekly")).text
    await server.pass_time(MONDAY + MINUTE)
    panel = await server.manage("weekly")
    assert "Remove my timeout" in panel.text
    assert "Pause" in panel.labels  # it goes on by itself


async def test_a_flagged_bot_does_not_blame_its_members(server: Server) -> None:
    await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
    path = f"/channels/{server.mia.user.dm_channel.id}/messages"
    server.env.inject_error("POST", path, status=403, code=20026, message="flagged by our anti-spam system", times=None)
    for week in range(3):
        await server.pass_time(MONDAY + week * WEEK)
        await server.env.advance_time(200)
    text = (await server.ask("remind")).text
    assert "closed to me" not in text
    assert "I couldn't send your reminder for" in text
    assert "Discord's anti-spam system has flagged me" in text
    assert "Next:" in text


async def test_a_lost_reminder_is_told_at_the_next_command_and_once(server: Server) -> None:
    await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
    path = f"/channels/{server.mia.user.dm_channel.id}/messages"
    server.env.inject_error("POST", path, status=400, code=50035, message="Invalid Form Body", times=None)
    await server.pass_time(MONDAY)
    await server.env.advance_time(200)
    tried = [one for one in server.env.http_requests if one.method == "POST" and one.path == path]
    assert len(tried) == 1 + 3  # the test message, and three attempts
    first, second = await server.ask("next"), await server.ask("next")
    assert "I couldn't send your reminder for" in first.text
    assert "I couldn't send your reminder for" not in second.text


async def test_an_entry_point_command_does_not_block_the_sync(
    server: Server, store: Store, catalog: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The application also starts an Activity, whose command a list without it would remove."""
    server.env.inject_error("PUT", "/applications/*/commands", status=400, code=50240, message="Entry Point", times=1)
    await store.state.put(f"commands:{server.env.bot.application_id}", "old")
    with caplog.at_level(logging.WARNING):
        await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
        await server.env.settle()
    assert "Discord did not take the list of commands" not in caplog.text
    assert await store.state.get(f"commands:{server.env.bot.application_id}") != "old"


async def test_a_pin_leaves_no_line_behind(server: Server) -> None:
    await server.set_weekly()
    await server.choose(pin=True)
    await server.pass_time(MONDAY + MINUTE)
    (post,) = server.posts()
    assert post.pinned
    assert [one.id for one in server.everything()] == [post.id]

"""/help, the greeting, and how the bot starts."""

from __future__ import annotations

import re
from dataclasses import replace

import discord
import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server


async def test_help_says_what_there_is(server: Server, catalog: Catalog) -> None:
    seen = await server.manage("help")
    assert seen.private
    assert "23 resources, 2 stages and 3 tracks" in seen.text
    assert catalog.source[:40] in seen.text
    assert f"**Before you start:** {catalog.prerequisites[0]}" in seen.text
    for command in server.ada.available_commands(server.channel):
        name = command.split()[0]
        assert name == "help" or f"`/{name}" in seen.text
    assert "Find resources" in seen.text


async def test_in_direct_messages_nobody_is_sent_to_an_admin(server: Server) -> None:
    assert "admin" in (await server.ask("help")).text
    assert "admin" not in Seen(await server.mia.user.slash("help")).text


async def test_the_source_is_a_link(server: Server, store: Store, catalog: Catalog) -> None:
    other = replace(catalog, source="By **Ada**, https://example.org/list @everyone")
    await server.env.restart_bot(create_bot(Settings.model_construct(), other, store))
    seen = await server.ask("help")
    assert "<https://example.org/list>" in seen.text
    assert "**Ada**" not in seen.text
    assert "@everyone" not in seen.text


async def test_help_says_what_to_do_first_with_an_example_that_works(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("help")
    assert seen.private
    assert f"Get started with {catalog.title}" in seen.text
    example = re.search(r"`/recommend topic: (.+?)`", seen.text)
    assert example is not None
    assert "1." in (await server.ask("recommend", topic=example[1])).text
    for entry in ("`/next`", "`/path`", "Find resources", "`/remind`"):
        assert entry in seen.text
    assert "/weekly" not in seen.text
    assert "/weekly" in (await server.manage("help")).text


@pytest.mark.parametrize(
    ("titles", "example"),
    [(["注意力机制", "量子计算入门"], "注意力机制"), (["The the"], ""), ([], ""), (["Ovens"], "Ovens")],
)
async def test_help_on_any_list(server: Server, store: Store, titles: list[str], example: str) -> None:
    resources = tuple(Resource(f"r{n}", title, f"https://example.org/{n}") for n, title in enumerate(titles))
    other = Catalog("Another", stages=(Stage("all", "the", resources=resources),))
    await server.env.restart_bot(create_bot(Settings.model_construct(), other, store))
    seen = await server.ask("help")
    assert (f"/recommend topic: {example}`" if example else "Another") in seen.text
    assert "topic: `" not in seen.text


async def join(server: Server) -> None:
    """The bot is added to the server; SimCord's own way tells it of a server that is available again."""
    bot = server.env.bot
    listeners = [
        listener for cog in bot.cogs.values() for name, listener in cog.get_listeners() if name == "on_guild_join"
    ]
    for listener in listeners:
        await listener(bot.get_guild(server.guild.id))


async def greet(server: Server) -> discord.Message:
    """The bot is added to the server; its greeting."""
    await join(server)
    (greeting,) = server.posts()
    return greeting


async def test_a_server_is_greeted_once_where_the_bot_may_write(server: Server, store: Store) -> None:
    greeting = await greet(server)
    await join(server)
    await server.ask("path")
    assert server.posts() == [greeting]
    seen = Seen(await server.ada.click(greeting, label="Set up the weekly prompt"))
    assert seen.private
    assert "Which time zone?" in seen.text


class Sleep:
    """What the bot waits with, as a test lets it: at once, and `pauses` says how long it would have been."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


GREETING_REFUSED = [
    (403, 50013, "Missing Permissions", 1, [0.0, 60.0]),  # the permission came a minute later
    (403, 50013, "Missing Permissions", 2, [0.0, 60.0, 600.0]),
    (403, None, "", 2, [0.0, 60.0, 600.0]),  # the network between
    (503, None, "", 1, [0.0, 60.0]),
    (400, 200000, "Blocked by AutoMod", 9, [0.0, 60.0, 600.0]),
]


@pytest.mark.parametrize(("status", "code", "text", "times", "pauses"), GREETING_REFUSED)
async def test_a_greeting_that_was_refused_is_tried_again(
    server: Server, monkeypatch: pytest.MonkeyPatch, status: int, code: int | None, text: str, times: int,
    pauses: list[float],
) -> None:  # fmt: skip
    monkeypatch.setattr(server.env.bot, "sleep", sleep := Sleep())
    path = f"/channels/{server.channel.id}/messages"
    server.env.inject_error("POST", path, status=status, code=code or 0, message=text, times=times)
    await join(server)
    assert sleep.pauses == pauses
    assert len(server.posts()) == (times < len(pauses))


async def test_a_channel_that_refuses_the_greeting_leaves_it_to_the_next(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = server.guild.create_text_channel("welcome")
    await server.env.settle()
    monkeypatch.setattr(server.env.bot, "sleep", sleep := Sleep())
    path = f"/channels/{server.channel.id}/messages"
    server.env.inject_error("POST", path, status=403, code=50013, message="Missing Permissions", times=None)
    await join(server)
    assert sleep.pauses == [0.0]
    assert len(list(other.history())) == 1


async def test_members_see_their_commands_and_admins_one_more(server: Server) -> None:
    everyone = {"recommend", "path", "next", "done", "progress", "remind", "past", "privacy", "help"}
    assert set(server.mia.available_commands(server.channel)) == everyone
    assert set(server.ada.available_commands(server.channel)) == everyone | {"weekly"}


def _syncs(server: Server) -> int:
    return sum(request.method == "PUT" and request.path.endswith("/commands") for request in server.env.http_requests)


async def test_commands_are_synced_once_and_not_at_the_next_start(
    server: Server, catalog: Catalog, store: Store
) -> None:
    assert _syncs(server) == 1
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    assert _syncs(server) == 1


async def test_commands_that_somebody_removed_come_back(server: Server, catalog: Catalog, store: Store) -> None:
    bot = server.env.bot
    await bot.http.bulk_upsert_global_commands(bot.application_id, [])
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    assert "recommend" in server.mia.available_commands(server.channel)


@pytest.mark.simcord(strict_sync=False)
async def test_it_starts_without_its_commands_when_discord_refuses_them(
    server: Server, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    async with await Store.open("sqlite:///:memory:") as empty:
        server.env.inject_error("PUT", "/applications/*/commands", status=400)
        await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, empty))
        assert "did not take the list of commands" in caplog.text
        assert (await server.ask("help")).private


async def test_no_privileged_intent(server: Server) -> None:
    intents = server.env.bot.intents
    assert (intents.members, intents.presences, intents.message_content) == (False, False, False)

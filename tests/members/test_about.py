"""/about, and how the bot starts."""

from __future__ import annotations

import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Server


async def test_about_says_what_it_serves(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("about")
    assert seen.private
    assert f"{catalog.title}, with 23 resources in 2 stages and 3 tracks" in seen.text
    assert "/recommend" in seen.text
    assert "Help" in seen.text


async def test_everybody_sees_the_commands(server: Server) -> None:
    """Discord hides a group as a whole or not at all, and `/weekly past` is for members; the rest is refused."""
    seen = set(server.mia.available_commands(server.channel))
    assert {one for one in seen if not one.startswith("weekly ")} == {
        "recommend",
        "path",
        "next",
        "done",
        "privacy show",
        "privacy counted",
        "privacy export",
        "privacy delete",
        "progress",
        "remind weekly",
        "remind show",
        "remind off",
        "about",
    }
    assert {"weekly past", "weekly set", "weekly options"} <= seen


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
        assert (await server.ask("about")).private


async def test_no_privileged_intent(server: Server) -> None:
    intents = server.env.bot.intents
    assert (intents.members, intents.presences, intents.message_content) == (False, False, False)

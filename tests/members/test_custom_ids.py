"""Every button and select that a template answers is drawn somewhere; that each that is drawn has one is held in every
test here (conftest.py)."""

from __future__ import annotations

from datetime import timedelta

from tests.members.conftest import drawn, handlers
from tests.members.server import Seen, Server
from tests.members.test_about import greet
from tests.members.test_weekly import MONDAY


async def test_every_button_and_select_is_drawn(server: Server) -> None:
    await see_every_card(server)
    env = server.env
    seen = {handler for custom_id in drawn(env) for handler in handlers(env, custom_id)}
    registered = set(env.bot._connection._view_store._dynamic_items.values())
    assert {one.__name__ for one in registered - seen} == set()


async def see_every_card(server: Server) -> None:
    """What a member and an admin can see in a week, each card in each of its states."""
    await greet(server)
    await server.press(await server.ask("path"), "Next")
    await server.ask("path", stage="1")
    for topic in ("kv cache", "transformer toys", "where do I start"):
        await server.ask("recommend", topic=topic)
    await server.ask("recommend", topic="kv cache", share=True)
    await server.ask("recommend", topic="kv cache", kind="paper")
    for command in ("next", "progress", "help", "about", "privacy show"):
        await server.ask(command)
    await server.ask("done", resource="bert")
    await server.ask("privacy delete")
    await server.ask("remind weekly", day="monday", time="09:00", timezone="Europe/Berlin")
    await server.manage("weekly set")
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(minutes=3))
    for command in ("off", "skip", "skip", "now", "preview", "options"):
        await server.manage(f"weekly {command}")
    message = await server.ada.send(server.channel, "where do I read about the kv cache?")
    Seen(await server.mia.context_menu(server.channel, "Find resources", message))

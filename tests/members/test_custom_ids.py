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
    for command in ("next", "progress", "help", "privacy", "remind"):
        await server.ask(command)
    await server.ask("done", resource="bert")
    await server.press(await server.ask("privacy"), "Delete")
    shared = await server.press(await server.ask("progress"), "Share my progress")
    await server.press(shared, "This server")
    await server.ask("remind", timezone="nowhere at all")
    remind = await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
    await server.press(await server.press(remind, "Skip weeks when I've finished something"), "Remind me every week")
    for week in range(2):
        server.env.inject_error("POST", f"/channels/{server.mia.user.dm_channel.id}/messages", status=403, code=50007)
        await server.pass_time(MONDAY + timedelta(weeks=week, minutes=3))
    await server.press(await server.ask("remind"), "Resume")
    await server.pass_time(MONDAY + timedelta(weeks=2, minutes=3))
    await server.manage("weekly")
    await server.set_weekly()
    wrong = await server.pause("no such day")
    assert "Try again" in wrong.labels
    await server.pass_time(MONDAY + timedelta(weeks=3, minutes=3))
    for labels in (("Options",), ("Preview",), ("Post now", "Post now"), ("Skip",), ("History", "Back"), ("Off",)):
        await server.weekly(*labels)
    await server.pause("2 weeks")
    await server.weekly()
    message = await server.ada.send(server.channel, "where do I read about the kv cache?")
    Seen(await server.mia.context_menu(server.channel, "Find resources", message))

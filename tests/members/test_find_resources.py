"""The menu of a message, and where the commands can be used."""

from __future__ import annotations

from typing import Any

from discord import AppCommandType
from sqlalchemy import select

from bot.client import StudyBot
from bot.store import Store
from bot.store.tables import metadata
from tests.members.server import Seen, Server

QUESTION = (
    "Sorry, long one: our chatbot gets slower the longer people talk to it. A colleague mumbled something about a "
    "kv cache at lunch, and I nodded. Where do I read up on that?"
)


async def test_right_click_on_a_question(server: Server) -> None:
    message = await server.ada.send(server.channel, QUESTION)
    seen = Seen(await server.mia.context_menu(server.channel, "Find resources", message))
    assert seen.private
    assert "Resources for “KV cache”" in seen.text
    assert "KV Cache brief explainer" in seen.text
    assert "colleague" not in seen.text


async def test_a_message_about_lunch_gets_a_friendly_nothing(server: Server) -> None:
    message = await server.ada.send(server.channel, "Pizza at 12:30? My treat, @everyone!")
    seen = Seen(await server.mia.context_menu(server.channel, "Find resources", message))
    assert seen.private
    assert "nothing in that message that my list covers" in seen.text
    assert "Pizza" not in seen.text


async def test_nothing_of_the_message_is_kept(server: Server, store: Store) -> None:
    message = await server.ada.send(server.channel, QUESTION)
    await server.mia.context_menu(server.channel, "Find resources", message)
    for table in metadata.sorted_tables:
        rows = await store.read(lambda connection, table=table: connection.execute(select(table)).all())
        assert "colleague" not in str(rows)


async def test_recommend_and_path_work_in_direct_messages(server: Server) -> None:
    found = Seen(await server.mia.user.slash("recommend", topic="kv cache"))
    assert "KV Cache brief explainer" in found.text
    assert "1. [" in Seen(await server.mia.user.slash("path")).text
    assert "weekly set" not in server.mia.user.available_commands()


async def test_where_each_command_may_be_installed_and_used(server: Server) -> None:
    bot: Any = server.env.bot
    assert isinstance(bot, StudyBot)
    payloads = {command.name: command.to_dict(bot.tree) for command in bot.tree.get_commands()}
    payloads |= {menu.name: menu.to_dict(bot.tree) for menu in bot.tree.get_commands(type=AppCommandType.message)}
    servers, users, everywhere = [0, 1], [0], [0, 1, 2]
    for name in ("recommend", "path", "next", "done", "progress", "privacy", "help", "remind", "Find resources"):
        assert payloads[name]["integration_types"] == servers, name
        assert payloads[name]["contexts"] == everywhere, name
    assert payloads["weekly"]["integration_types"] == users
    assert payloads["weekly"]["contexts"] == [0]

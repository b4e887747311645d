"""The menu of a message, and where the commands can be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest
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
    assert "Nothing on the list matches that message." in seen.text
    assert "Pizza" not in seen.text


async def found_in(server: Server, **message: Any) -> Seen:
    sent = await server.ada.send(server.channel, **message)
    return Seen(await server.mia.context_menu(server.channel, "Find resources", sent))


async def test_an_address_in_a_message(server: Server) -> None:
    seen = await found_in(server, content="has anyone read this? https://arxiv.org/pdf/1706.03762.pdf, looks dense")
    assert "**Step 1: [Attention is all you need](" in seen.text
    assert seen.labels == ["Open", "Mark done"]


async def test_a_message_with_nothing_to_read(server: Server) -> None:
    seen = await found_in(server, attachments=[("cat.png", b"not really a picture")])
    assert "There's no text in that message for me to read." in seen.text


@pytest.mark.parametrize("content", ["\u200b", "🔥🔥", "…"])
async def test_a_message_without_a_word(server: Server, content: str) -> None:
    assert "There's no text in that message for me to read." in (await found_in(server, content=content)).text


async def test_a_greeting_gets_what_the_bot_can_do(server: Server) -> None:
    seen = await found_in(server, content="hi everyone, thanks!")
    assert "### Ask me about *Quickstart on LLMs*" in seen.text
    assert "everyone" not in seen.text


async def test_what_a_bot_shows(server: Server) -> None:
    """The bot's own answer: components, and no content."""
    shared = await server.ask("recommend", topic="paged attention", share=True)
    seen = Seen(await server.mia.context_menu(server.channel, "Find resources", shared.message))
    assert "[Paged Attention](" in seen.text


async def test_a_forwarded_message(server: Server) -> None:
    original = await server.ada.send(server.channel, QUESTION)
    forwarded = await server.ada.forward(original, server.channel)
    seen = Seen(await server.mia.context_menu(server.channel, "Find resources", forwarded))
    assert "KV Cache brief explainer" in seen.text


async def test_a_poll_and_an_embed(server: Server) -> None:
    """As a bot on the server posts them."""
    poll = discord.Poll(question="What next: paged attention or lunch?", duration=timedelta(hours=1))
    poll.add_answer(text="Paged attention")
    poll.add_answer(text="Lunch")
    channel: Any = server.env.bot.get_channel(server.channel.id)
    embed = discord.Embed(title="This week", description="How does the KV cache work?")
    for sent, expected in (
        (await channel.send(poll=poll), "Paged Attention"),
        (await channel.send(embed=embed), "KV Cache"),
    ):
        seen = Seen(await server.mia.context_menu(server.channel, "Find resources", sent))
        assert expected in seen.text


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
    for name in ("recommend", "path", "next", "done", "progress", "privacy", "help", "Find resources"):
        assert payloads[name]["integration_types"] == servers, name
        assert payloads[name]["contexts"] == everywhere, name
    assert payloads["weekly"]["integration_types"] == users
    assert payloads["weekly"]["contexts"] == [0]

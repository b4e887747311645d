"""What strangers type, forge and may not see."""

from __future__ import annotations

import logging
import re

import pytest
from discord import PermissionOverwrite, app_commands

from bot.discord_io.bot import Interaction
from bot.discord_io.text import escape, label
from tests.members.raw import press_message
from tests.members.server import Server
from tests.members.test_weekly import MONDAY
from tests.members.test_weekly_posts import SOON

MARKUP = ("</weekly:1234>", "<#1234>", "<id:customize>", "<id:guide>", "<t:1:R>", "<@1234>", "<@&1234>", "<:a:1234>")
TYPED = "zebrafish"


ALIVE = re.compile(r"(?<!\\)<(?:[@#:]|a:|/|id:|t:)")
"""Markup of Discord's with nothing before it that has it shown as it is."""


@pytest.mark.parametrize("markup", MARKUP)
def test_discords_markup_is_shown_as_it_was_typed(markup: str) -> None:
    assert ALIVE.search(markup)
    assert ALIVE.search(escape(f"see {markup} now")) is None
    assert "<" not in label(markup)


async def test_markup_in_a_shared_answer_is_harmless(server: Server) -> None:
    for markup in MARKUP:
        shared = await server.ask("recommend", topic=f"what is a kv cache? {markup}", share=True)
        assert not shared.private
        assert ALIVE.search(shared.text) is None
        await server.env.advance_time(60)


async def test_a_choice_that_was_never_offered_is_answered(server: Server) -> None:
    await server.set_weekly()
    panel = await server.weekly()
    for custom_id in ("weekly:unskip:99999999999", "weekly:unskip:0", "weekly:skip:99999999999"):
        server.env.backend.get_message(server.channel.id, panel.message.id).components = [
            {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]}
        ]
        pressed = press_message(server, panel.message.id, custom_id, server.ada.id)
        await server.env.settle()
        assert pressed.acknowledged


@pytest.mark.expects_errors
async def test_no_token_and_nothing_typed_is_logged_at_any_level(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    @app_commands.command(name="broken", description="A bug")
    async def broken(interaction: Interaction, text: str) -> None:
        int(text)

    server.env.bot.tree.add_command(broken)
    await server.env.bot.tree.sync()
    for name in ("", *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    seen = await server.ask("recommend", topic=f"what is a kv cache, {TYPED}?", share=True)
    await server.choose_hit(seen, "KV Cache")
    await server.ask("recommend", topic="kv cache", kind=TYPED)
    await server.mia.autocomplete(server.channel, "recommend", "topic", TYPED)
    await server.ask("done", resource=TYPED)
    await server.ask("remind", timezone=TYPED)
    await server.set_weekly()
    await server.pause(TYPED)
    assert "something broke" in (await server.ask("broken", text=TYPED)).text
    assert server.env.errors
    ours = [record for record in caplog.records if record.name.startswith("bot")]
    written = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "ValueError" in written
    assert "int(text)" in written
    assert TYPED not in written
    tokens = {
        found
        for one in server.env.http_requests
        for found in re.findall(r"/(?:interactions|webhooks)/\d+/([\w.-]+)", one.path)
    }
    assert tokens
    assert not [token for token in tokens if token in written]


async def test_what_is_in_a_channel_is_shown_only_to_who_may_view_it(server: Server) -> None:
    guild, env = server.guild, server.env
    bob = guild.add_member(env.create_user("bob"), roles=[guild.roles["Organizers"]])
    secret = dict.fromkeys((server.mia, bob), PermissionOverwrite(view_channel=False))
    hidden = guild.create_text_channel("mentors-only", overwrites=secret)
    await server.set_weekly(channel=hidden)
    await server.pass_time(MONDAY + SOON)
    assert len(list(hidden.history())) == 1
    link = f"/channels/{guild.id}/{hidden.id}/"
    assert link in (await server.manage("past")).text
    assert link in (await server.weekly("History")).text
    server.ada = bob
    of_members = [
        *[await server.ask(command) for command in ("past", "next", "path", "progress", "help", "privacy", "remind")],
        await server.ask("recommend", topic="kv cache"),
        await server.ask("done", resource="bert"),
        await server.press(await server.ask("progress"), "This server"),
        await server.manage("past"),
    ]
    buttons = ("Options", "Preview", "Post now", "Skip", "History", "Off")
    of_admins = [await server.weekly(), *[await server.weekly(button) for button in buttons]]
    for seen in (*of_members, *of_admins):
        assert link not in "\n".join((seen.text, *seen.links))
        assert "mentors-only" not in seen.text
    for seen in of_members:  # an admin's panel holds the channel's id, which Discord shows as "No access"
        assert str(hidden.id) not in seen.text

"""What people see when a list changes while the bot runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bot.catalog import shipped_catalog
from bot.client import create_bot
from bot.discord_io.bot import StudyBot
from bot.discord_io.owner import problems_text, tell_owner
from bot.discord_io.text import CONTENT_LIMIT
from bot.errors import CatalogError, Problem
from bot.reloading import CatalogReader, Reloader
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Server
from tests.members.test_weekly import MONDAY
from tests.members.test_weekly_posts import SOON, WEEK

BERT = "      - id: bert\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (file := tmp_path / "catalog.yaml").write_bytes(shipped_catalog().read_bytes())
    return file


@pytest_asyncio.fixture
async def reloader(file: Path) -> Reloader:
    await (reloader := Reloader(CatalogReader(file))).start()
    return reloader


@pytest.fixture
def simcord_bot(reloader: Reloader, store: Store) -> StudyBot:
    return create_bot(Settings.model_construct(), reloader.catalogs, store)


def without(text: str, resource_id: str) -> str:
    """A catalog's text without one of its resources."""
    before, _, rest = text.partition(f"      - id: {resource_id}\n")
    lines = rest.split("\n")
    end = next(at for at, line in enumerate(lines) if line.startswith("      - id: ") or line[:4].strip())
    return before + "\n".join(lines[end:])


async def reload(server: Server, reloader: Reloader) -> None:
    await reloader.look(partial(tell_owner, server.env.bot), at_once=True)


async def test_a_vanished_resource_is_posted_no_more_and_the_panel_says_so(
    server: Server, file: Path, reloader: Reloader
) -> None:
    await server.set_weekly()
    await server.pass_time(MONDAY + SOON)
    preview = await server.weekly("Preview")
    value = preview.options[2]["value"]
    title = preview.options[2]["label"]
    await server.manage_choice(preview, "Post another one first", title)
    assert title in (await server.weekly()).text
    file.write_text(without(file.read_text(), value))
    await reload(server, reloader)
    panel = (await server.weekly()).text
    assert "The resource you put first has been removed from the list" in panel
    assert title not in panel
    assert preview.options[0]["label"] in panel  # it goes on at its place
    await server.pass_time(MONDAY + WEEK + SOON)
    assert [title in one.content for one in server.posts()] == [False, False]
    assert "removed from the list" not in (await server.weekly()).text


async def test_marks_stay_and_old_buttons_are_answered(server: Server, file: Path, reloader: Reloader) -> None:
    await server.ask("done", resource="bert")
    old = await server.ask("path")
    text = file.read_text()
    file.write_text(without(text, "bert"))
    await reload(server, reloader)
    assert "0 of " in (await server.ask("progress")).text
    pressed = await server.press(old, "Mark 1 done")
    assert "✓ 1. [Attention is all you need]" in pressed.text
    assert "1 of 22 done" in pressed.text
    file.write_text(text)
    await reload(server, reloader)
    assert "Already marked done" in (await server.ask("done", resource="bert")).text


async def test_the_owner_is_written_to_once(server: Server, file: Path, reloader: Reloader) -> None:
    for broken in ("nothing", "titel: x", ""):
        file.write_text(broken)
        await reload(server, reloader)
        assert "KV Cache" in (await server.ask("recommend", topic="kv cache")).text
    opened = [one.json for one in server.env.http_requests if one.path == "/users/@me/channels"]
    owner = (await server.env.bot.application_info()).owner
    assert [int(one["recipient_id"]) for one in opened] == [owner.id]


def test_what_the_owner_reads() -> None:
    hostile = [Problem(n, "title [x](https://evil.example) @everyone <@1> " * 20) for n in range(1, 200)]
    text = problems_text(CatalogError("catalog.yaml", hostile))
    assert text.startswith("**Your list has problems, so I still serve the last good one:**\ncatalog.yaml:1: title ")
    assert len(text) <= CONTENT_LIMIT
    assert "@everyone" not in text
    assert " [x](" not in text


async def test_an_owner_who_takes_no_messages_stops_nothing(server: Server, file: Path, reloader: Reloader) -> None:
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    text = file.read_text()
    file.write_text("nothing")
    await reload(server, reloader)
    file.write_text(without(text, "bert"))
    await reload(server, reloader)
    assert "BERT" not in (await server.ask("path", stage="1")).text

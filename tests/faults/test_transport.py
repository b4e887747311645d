"""The weekly prompt through the real discord.py, over a transport that fails: one post in every case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord.ext import commands

from bot.catalog import Catalog
from bot.client import run_bot
from bot.delivery import deliver_due
from bot.discord_io.messenger import DiscordPoster
from bot.errors import SettingsError
from bot.schedule import Schedule
from bot.settings import Settings
from bot.store import Store
from tests.faults.discord_server import DiscordServer, Fault, accepted_but, answering, rate_limited, reset, running

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest_asyncio.fixture
async def discord_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    server, sleep = DiscordServer(), asyncio.sleep

    async def hurried(seconds: float, result: Any = None) -> Any:
        return await sleep(min(seconds, 0.01), result)

    async with running(server) as address:
        monkeypatch.setattr(discord.http.Route, "BASE", address)
        monkeypatch.setattr(asyncio, "sleep", hurried)  # discord.py waits seconds between its own tries
        yield server


class Bot:
    """The poster on a bot that is logged in, and the store; nothing else of it is needed to deliver."""

    def __init__(self, server: DiscordServer, store: Store, catalog: Catalog, poster: DiscordPoster) -> None:
        self.server, self.store, self.catalog, self.poster = server, store, catalog, poster

    async def tick(self, now: datetime) -> dict[str, int]:
        self.server.now = now
        report = await deliver_due(self.store, self.catalog, self.poster, now=now, owner="me")
        return dict(report.outcomes)


@pytest_asyncio.fixture
async def bot(discord_server: DiscordServer, store: Store, catalog: Catalog) -> AsyncIterator[Bot]:
    await store.put_schedule(
        guild_id=1,
        channel_id=10,
        role_id=None,
        schedule=Schedule(0, time(9), "Europe/Berlin"),
        created_by=5,
        now=START,
    )
    async with commands.Bot("!", intents=discord.Intents.none()) as real:
        await real.login("a.b.c")
        yield Bot(discord_server, store, catalog, DiscordPoster(real))


MENDED_AT_ONCE: list[tuple[str, list[Fault]]] = [
    ("nothing", []),
    ("429 with Retry-After", [rate_limited(with_header=True)]),
    ("429 without Retry-After", [rate_limited(with_header=False)]),
    ("500 twice", [answering(500), answering(500)]),
    ("502", [answering(502)]),
    ("504", [answering(504)]),
    ("504 after the message was accepted", [accepted_but(504)]),
    ("500 after the message was accepted", [accepted_but(500)]),
]


@pytest.mark.parametrize("faults", [row[1] for row in MENDED_AT_ONCE], ids=[row[0] for row in MENDED_AT_ONCE])
async def test_what_discord_py_mends_by_itself(bot: Bot, faults: list[Fault]) -> None:
    bot.server.faults = list(faults)
    assert await bot.tick(DUE) == {"posted": 1}
    assert len(bot.server.messages) == 1
    assert await bot.tick(DUE + timedelta(minutes=1)) == {}


MENDED_LATER: list[tuple[str, list[Fault]]] = [
    ("503", [answering(503)]),
    ("five times 500", [answering(500)] * 5),
    ("503 after the message was accepted", [accepted_but(503)]),
    ("a reset before", [reset(after_accepting=False)] * 5),
    ("a reply that is lost after the message was accepted", [reset(after_accepting=True)] * 5),
]


@pytest.mark.parametrize("later", [timedelta(seconds=38), timedelta(minutes=30)], ids=["soon", "after the nonce"])
@pytest.mark.parametrize("faults", [row[1] for row in MENDED_LATER], ids=[row[0] for row in MENDED_LATER])
async def test_what_the_next_try_mends(bot: Bot, faults: list[Fault], later: timedelta) -> None:
    bot.server.faults = list(faults)
    assert await bot.tick(DUE) == {"retried": 1}
    bot.server.faults = []
    assert await bot.tick(DUE + later) == {"posted": 1}
    assert len(bot.server.messages) == 1


@pytest.mark.parametrize("change", ["gone", "another address and title"])
async def test_a_lost_answer_is_found_though_the_catalog_changed_meanwhile(
    bot: Bot, catalog: Catalog, change: str
) -> None:
    bot.server.faults = [reset(after_accepting=True)] * 5
    assert await bot.tick(DUE) == {"retried": 1}
    bot.server.faults = []
    stage = catalog.stages[0]
    first = replace(stage.resources[0], url="https://example.org/moved", title="Another title")
    kept = stage.resources[1:] if change == "gone" else (first, *stage.resources[1:])
    bot.catalog = replace(catalog, stages=(replace(stage, resources=kept), *catalog.stages[1:]))
    assert await bot.tick(DUE + timedelta(minutes=10)) == {"posted": 1}
    assert len(bot.server.messages) == 1


async def test_a_lost_answer_is_found_though_the_clock_was_ahead(bot: Bot) -> None:
    bot.server.faults = [reset(after_accepting=True)] * 5
    bot.server.now = DUE - timedelta(hours=1)
    report = await deliver_due(bot.store, bot.catalog, bot.poster, now=DUE, owner="me")
    assert report.outcomes == {"retried": 1}
    bot.server.faults = []
    assert await bot.tick(DUE + timedelta(minutes=10)) == {"posted": 1}
    assert len(bot.server.messages) == 1


async def test_an_outage_of_an_hour_at_the_due_minute(bot: Bot) -> None:
    bot.server.faults = [answering(503)] * 1000
    now = DUE
    while now < DUE + timedelta(hours=1):
        await bot.tick(now)
        now += timedelta(seconds=30)
    assert bot.server.posts < 12
    bot.server.faults = []
    while not await bot.tick(now):
        now += timedelta(seconds=30)
    assert len(bot.server.messages) == 1
    assert now - DUE < timedelta(hours=2)
    assert "This was due" in bot.server.messages[0]["content"]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(403, 50013, "not allowed"), (403, 50001, "not allowed"), (404, 10003, "not exist")],
)
async def test_a_refusal_is_not_repeated(bot: Bot, status: int, code: int, said: str) -> None:
    bot.server.faults = [answering(status, "no", code)] * 10
    assert await bot.tick(DUE) == {"failed": 1}
    for minutes in range(1, 60):
        assert await bot.tick(DUE + timedelta(minutes=minutes)) == {}
    assert bot.server.posts <= 2  # the prompt, and one try to tell the admin
    weekly = await bot.store.schedule_for(1)
    assert weekly is not None
    assert said in str(weekly.paused_reason)


async def test_a_token_that_discord_refuses(discord_server: DiscordServer, store: Store, catalog: Catalog) -> None:
    discord_server.refused_token = True
    with pytest.raises(SettingsError, match="Discord refused DISCORD_TOKEN") as caught:
        await run_bot(Settings.model_validate({"token": "hunter.2.x"}), catalog, store)
    assert "hunter" not in str(caught.value)

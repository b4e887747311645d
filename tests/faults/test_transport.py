"""The weekly prompt through the real discord.py, over a transport that fails: one post in every case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio

from bot.catalog import Catalog, shipped_catalog
from bot.catalogs import Library
from bot.client import create_bot, run_bot
from bot.discord_io.messenger import DiscordMessenger
from bot.errors import SettingsError
from bot.features.weekly.post import recognise_poll, recognise_prompt, render_poll, render_prompt
from bot.jobs import PollJob, PromptJob, ThreadJob, Worker, schedules
from bot.outcomes import Reason
from bot.reloading import CatalogReader, Reloader
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import jobs
from tests.delivery_world import DUE, WEEK, World, put
from tests.faults.discord_server import (
    DiscordServer,
    Fault,
    accepted_but,
    answering,
    guild_data,
    rate_limited,
    reset,
    running,
)

CHANNEL, FORUM = 10, 20
"""Server 1's text channel, and server 2's forum."""
MAY = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""What the bot may do in both."""


@pytest.fixture
def longest_sleep() -> float:
    """Seconds that a wait of discord.py's takes at the most: it waits seconds between its own tries."""
    return 0.01


@pytest_asyncio.fixture
async def discord_server(monkeypatch: pytest.MonkeyPatch, longest_sleep: float) -> AsyncIterator[DiscordServer]:
    server, sleep = DiscordServer(), asyncio.sleep

    async def hurried(seconds: float, result: Any = None) -> Any:
        return await sleep(min(seconds, longest_sleep), result)

    async with running(server) as address:
        monkeypatch.setattr(discord.http.Route, "BASE", address)
        monkeypatch.setattr(asyncio, "sleep", hurried)
        yield server


class Bot(World):
    """The world in which Discord is a server, and the messenger the real one on a bot that is logged in."""

    def __init__(self, server: DiscordServer, store: Store, catalog: Catalog, client: discord.Client) -> None:
        super().__init__(store, catalog)
        self.server = server
        self.client = client
        self.messenger = DiscordMessenger(client)

    def worker(self, owner: str = "me", **options: Any) -> Worker:
        worker = Worker(self.store, self.catalogs, self.messenger, lambda: self.now, wake=self._wake, **options)
        for kind in (
            PromptJob(render_prompt, recognise_prompt),
            ThreadJob(),
            PollJob(render_poll, recognise_poll),
        ):
            worker.register(kind)
        return worker

    async def tick(self, now: Any, owner: str = "me") -> dict[str, int]:
        self.server.now = now
        return await super().tick(now, owner)


@pytest_asyncio.fixture
async def bot(discord_server: DiscordServer, store: Store, catalog: Catalog) -> AsyncIterator[Bot]:
    async with create_bot(Settings.model_construct(), catalog, store) as client:
        await client.login("a.b.c")
        for number, channel, kind in ((1, CHANNEL, 0), (2, FORUM, 15)):
            client._connection._add_guild_from_data(guild_data(number, channel, kind, MAY))
        world = Bot(discord_server, store, catalog, client)
        await world.put(1)
        yield world


HANDLED_BY_DISCORD_PY: list[tuple[str, list[Fault]]] = [
    ("nothing", []),
    ("429 with Retry-After", [rate_limited(with_header=True)]),
    ("429 without Retry-After", [rate_limited(with_header=False)]),
    ("500 twice", [answering(500), answering(500)]),
    ("502", [answering(502)]),
    ("504", [answering(504)]),
    ("504 after the message was accepted", [accepted_but(504)]),
    ("500 after the message was accepted", [accepted_but(500)]),
]


@pytest.mark.parametrize(
    "faults", [row[1] for row in HANDLED_BY_DISCORD_PY], ids=[row[0] for row in HANDLED_BY_DISCORD_PY]
)
async def test_what_discord_py_handles_by_itself(bot: Bot, faults: list[Fault]) -> None:
    bot.server.faults = list(faults)
    assert await bot.tick(DUE) == {"sent": 1}
    assert len(bot.server.messages) == 1
    assert await bot.tick(DUE + timedelta(minutes=1)) == {}


HANDLED_LATER: list[tuple[str, list[Fault]]] = [
    ("503", [answering(503)]),
    ("five times 500", [answering(500)] * 5),
    ("503 after the message was accepted", [accepted_but(503)]),
    ("a reset before", [reset(after_accepting=False)] * 5),
    ("a reply that is lost after the message was accepted", [reset(after_accepting=True)] * 5),
]


@pytest.mark.parametrize("later", [timedelta(seconds=38), timedelta(minutes=30)], ids=["soon", "after the nonce"])
@pytest.mark.parametrize("faults", [row[1] for row in HANDLED_LATER], ids=[row[0] for row in HANDLED_LATER])
async def test_what_the_next_attempt_handles(bot: Bot, faults: list[Fault], later: timedelta) -> None:
    bot.server.faults = list(faults)
    assert await bot.tick(DUE) == {"retried": 1}
    bot.server.faults = []
    assert await bot.tick(DUE + later) == {"sent": 1}
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
    bot.catalogs.serve(Library(replace(catalog, stages=(replace(stage, resources=kept), *catalog.stages[1:]))))
    assert await bot.tick(DUE + timedelta(minutes=10)) == {"sent": 1}
    assert len(bot.server.messages) == 1


async def test_a_lost_answer_is_found_though_the_clock_was_ahead(bot: Bot) -> None:
    bot.server.faults = [reset(after_accepting=True)] * 5
    bot.server.now = DUE - timedelta(hours=1)
    await World.tick(bot, DUE)
    bot.server.faults = []
    assert await bot.tick(DUE + timedelta(minutes=10)) == {"sent": 1}
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
    assert "Sorry this is late; it was due" in bot.server.messages[0]["content"]


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, Reason.FORBIDDEN),
        (403, 50001, Reason.FORBIDDEN),
        (404, 10003, Reason.CHANNEL_GONE),
    ],
)
async def test_a_refusal_is_not_repeated(bot: Bot, status: int, code: int, reason: Reason) -> None:
    bot.server.faults = [answering(status, "no", code)] * 10
    assert await bot.tick(DUE) == {"failed": 1}
    for minutes in range(1, 60):
        assert await bot.tick(DUE + timedelta(minutes=minutes)) == {}
    assert bot.server.posts == 1
    assert (await bot.schedule()).pause_reason is reason


async def test_a_post_that_was_deleted_is_not_a_channel_that_was(bot: Bot) -> None:
    await bot.put(1, thread=True)
    assert await bot.tick(DUE) == {"sent": 1}  # and somebody deletes it before its thread is opened
    assert (await bot.last())["thread"].reason is Reason.MESSAGE_GONE
    assert (await bot.schedule()).paused_at is None


# A rate limit of everything: no request leaves before it is over, and then one does.


async def test_a_global_rate_limit_of_any_length_ends_in_one_post(bot: Bot) -> None:
    bot.server.faults = [rate_limited(everywhere=True, retry_after=40)]
    assert await bot.tick(DUE) == {"sent": 1}
    assert len(bot.server.messages) == 1
    assert await bot.tick(DUE + WEEK) == {"sent": 1}


@pytest.mark.parametrize("longest_sleep", [0.6])
async def test_a_global_rate_limit_while_the_recap_is_read_mutes_nobody(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The read takes longer than a prompt waits for it; interrupted, it would keep every later request from leaving."""
    monkeypatch.setattr("bot.discord_io.messenger.RECAP_TIMEOUT", 0.1)
    await bot.tick(DUE)
    (post,) = (await bot.last()).values()
    await bot.store.write(lambda connection: connection.execute(_in_a_thread(post.id)))
    bot.server.read_faults = [rate_limited(everywhere=True, retry_after=0.5)]
    async with asyncio.timeout(5):
        assert await bot.tick(DUE + WEEK) == {"sent": 1}
        assert await bot.tick(DUE + 2 * WEEK) == {"sent": 1}
    assert len(bot.server.messages) == 3


def _in_a_thread(job_id: int) -> Any:
    """As if the post were a forum's, whose replies are counted for the next one."""
    return jobs.update().where(jobs.c.id == job_id).values(message_id=CHANNEL, channel_id=CHANNEL)


# Forums, where Discord knows no nonce.


@pytest_asyncio.fixture
async def forum(bot: Bot) -> Bot:
    await bot.store.write(schedules.remove, 1)
    await bot.put(2, channel_id=FORUM)
    return bot


async def test_a_forum_gets_one_post(forum: Bot) -> None:
    assert await forum.tick(DUE) == {"sent": 1}
    assert len(forum.server.threads) == 1


@pytest.mark.parametrize(
    "fault", [accepted_but(500), accepted_but(502), accepted_but(504), reset(after_accepting=True)]
)
async def test_a_post_in_a_forum_whose_answer_is_lost_is_looked_for_before_another(forum: Bot, fault: Fault) -> None:
    """discord.py would repeat it by itself, five times in all."""
    forum.server.faults = [fault]
    assert await forum.tick(DUE) == {"retried": 1}
    assert await forum.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert len(forum.server.threads) == 1


async def test_a_rate_limit_in_a_forum_is_waited_out(forum: Bot) -> None:
    forum.server.faults = [rate_limited(), rate_limited(everywhere=True)]
    assert await forum.tick(DUE) == {"sent": 1}
    assert len(forum.server.threads) == 1


async def test_a_look_in_a_forum_that_is_refused_posts_no_second(forum: Bot) -> None:
    forum.server.faults = [accepted_but(503)]
    assert await forum.tick(DUE) == {"retried": 1}
    forum.server.read_faults = [answering(403, "no", 50001)]
    assert await forum.tick(DUE + timedelta(minutes=1)) == {"failed": 1}
    assert len(forum.server.threads) == 1


@pytest.mark.parametrize("fault", [accepted_but(503), reset(after_accepting=True)])
async def test_a_list_that_lacks_the_post_once_is_not_believed(forum: Bot, fault: Fault) -> None:
    """The forum itself names its newest post."""
    forum.server.faults = [fault]
    assert await forum.tick(DUE) == {"retried": 1}
    forum.server.stale_lists = 1
    assert await forum.tick(DUE + timedelta(minutes=1)) == {"retried": 1}
    assert await forum.tick(DUE + timedelta(minutes=5)) == {"sent": 1}
    assert len(forum.server.threads) == 1


async def test_a_post_that_was_archived_by_hand_is_found(forum: Bot) -> None:
    forum.server.faults = [accepted_but(503)]
    assert await forum.tick(DUE) == {"retried": 1}
    forum.server.threads[0]["thread_metadata"]["archived"] = True
    assert await forum.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert len(forum.server.threads) == 1


async def test_somebody_elses_newer_post_hides_nothing(forum: Bot) -> None:
    forum.server.faults = [answering(503)]
    assert await forum.tick(DUE) == {"retried": 1}
    first = {"content": "", "components": []}
    forum.server.open({"name": "Hello", "message": first}, str(FORUM))["owner_id"] = "5"
    assert await forum.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert len(forum.server.threads) == 2


@pytest_asyncio.fixture(params=["text", "forum"])
async def blind(request: pytest.FixtureRequest, bot: Bot) -> Bot:
    """The bot where it lacks Read Message History: Discord then answers with no messages, and refuses nothing."""
    number, channel, kind = (1, CHANNEL, 0) if request.param == "text" else (2, FORUM, 15)
    await bot.store.write(schedules.remove, 1)
    await bot.put(number, channel_id=channel)
    may = discord.Permissions(view_channel=True, send_messages=True)
    bot.client._connection._add_guild_from_data(guild_data(number, channel, kind, may))
    bot.server.may_read_history = False
    return bot


async def test_where_no_history_can_be_read_an_empty_one_is_not_believed(blind: Bot) -> None:
    blind.server.faults = [reset(after_accepting=True)] * 5
    assert await blind.tick(DUE) == {"retried": 1}
    blind.server.faults = [answering(503)] * 100
    for minutes in range(1, 10):
        await blind.tick(DUE + timedelta(minutes=minutes))
    blind.server.faults = []
    await blind.tick(DUE + timedelta(minutes=10))
    assert len(blind.server.messages) == 1
    found = [await blind.store.look_up(schedules.of_guild, number) for number in (1, 2)]
    assert [one.pause_reason for one in found if one] == [Reason.FORBIDDEN]


async def test_the_look_takes_no_other_occasions_message(bot: Bot) -> None:
    """A post about the same resource, three hours before, that is no longer in the database."""
    bot.now = DUE - timedelta(hours=3)
    await bot.post_now()
    await bot.tick(bot.now)
    await bot.store.write(schedules.remove, 1)
    await put(bot.store, 1, catalog_id=bot.catalog.id)
    bot.server.faults = [answering(503)]
    assert await bot.tick(DUE) == {"retried": 1}
    assert await bot.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert len(bot.server.messages) == 2


async def test_a_claim_that_ran_out_stops_the_request_itself(bot: Bot) -> None:
    """The process slept inside discord.py, between two of its own tries."""

    async def sleeps(server: DiscordServer, request: Any) -> Any:
        bot.monotonic += 3600
        return await answering(500)(server, request)

    bot.server.faults = [sleeps]
    worker = Worker(bot.store, bot.catalogs, bot.messenger, lambda: bot.now, monotonic=lambda: bot.monotonic)
    worker.register(PromptJob(render_prompt, recognise_prompt))
    bot.now = DUE
    await worker.tick()
    await worker.idle()
    assert (bot.server.posts, bot.server.messages) == (1, [])


async def test_a_token_that_discord_refuses(discord_server: DiscordServer, store: Store, catalog: Catalog) -> None:
    await (reloader := Reloader(CatalogReader(shipped_catalog()))).start()
    discord_server.refused_token = True
    with pytest.raises(SettingsError, match="Discord refused DISCORD_TOKEN") as caught:
        await run_bot(Settings.model_validate({"token": "hunter.2.x"}), reloader, store)
    assert "hunter" not in str(caught.value)

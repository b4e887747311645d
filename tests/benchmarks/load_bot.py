"""The real bot of a load: logged in at a LoadServer, in as many servers as have a schedule, and asked by members.

`python -m tests.benchmarks.load_bot DATABASE DISCORD SERVERS` is a further process that delivers, from a
line on its standard input until it is killed.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import discord
import yaml
from sqlalchemy import func, insert, select

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.client import StudyBot, create_bot
from bot.errors import StoreError
from bot.schedule import Schedule, next_occurrence, week_of
from bot.settings import Settings
from bot.store import Store, tables
from bot.store.tables import jobs
from tests.benchmarks.load_server import CHANNELS
from tests.faults.discord_server import guild_data
from tests.search.judging import HERE

ZONE = "Asia/Kolkata"
"""Where all servers of a load live: not UTC, and its clocks never change."""
WEEK = timedelta(days=7)
ASK_SECONDS = 0.05
"""From one `/recommend` to the next, whether or not the first was answered."""
MAY = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""What the bot may do everywhere."""
AT_ONCE = 5_000
"""Rows in one INSERT."""


async def seen(address: str) -> dict[str, Any]:
    """What the LoadServer has seen."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}/seen") as response:
        found: dict[str, Any] = await response.json()
        return found


async def fill(store: Store, catalog: Catalog, count: int, due: datetime, past: int) -> None:
    """Set `count` servers' schedules, due next at an instant, each with `past` weeks behind it."""
    local = due.astimezone(ZoneInfo(ZONE))
    rule = Schedule(local.weekday(), local.time(), ZONE)
    assert next_occurrence(rule, due - WEEK) == due
    new = {
        "weekday": rule.weekday, "time": f"{rule.time:%H:%M}", "zone": ZONE, "created_by": 5,
        "created_at": due - WEEK * (past + 1), "next_at": due, "catalog_id": catalog.id,
    }  # fmt: skip
    servers = ({"id": one, "guild_id": one, "channel_id": one + CHANNELS} | new for one in range(1, count + 1))
    await _insert(store, tables.schedules, servers)
    weeks = [(week, week_of(rule, due - WEEK * (past - week)), due - WEEK * (past - week)) for week in range(past)]
    posts = (_post(catalog, one, *week) for one in range(1, count + 1) for week in weeks)
    await _insert(store, jobs, posts)


def _post(catalog: Catalog, schedule_id: int, number: int, week: str, at: datetime) -> dict[str, Any]:
    resource = catalog.resources[number % len(catalog)]
    return {
        "schedule_id": schedule_id, "week": week, "kind": "prompt", "due_at": at, "enqueued_at": at, "attempt_at": at,
        "state": "sent", "attempts": 1, "resource_id": resource.id, "page": resource.page, "title": resource.title,
        "send_started_at": at, "message_id": (schedule_id << 10) + number, "channel_id": schedule_id + CHANNELS,
        "sent_at": at,
    }  # fmt: skip


async def _insert(store: Store, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(itertools.islice(rows, AT_ONCE)):
        await store.write(lambda connection, some=some: connection.execute(insert(table), some))


@asynccontextmanager
async def logged_in(catalog: Catalog, store: Store, servers: int) -> AsyncIterator[StudyBot]:
    """The bot as it is once the gateway told it of its servers, each with one channel."""
    async with create_bot(Settings.model_construct(), catalog, store) as bot:
        gc.collect()
        gc.freeze()  # as the bot does when it starts
        await bot.login("a.b.c")
        for number in range(1, servers + 1):
            bot._connection._add_guild_from_data(guild_data(number, number + CHANNELS, 0, MAY))
        yield bot


async def deliver(
    bot: StudyBot, store: Store, patience: float = 3600, *, begin: Callable[[], None] = lambda: None
) -> None:
    """Let the ticker begin, as when the gateway is ready, and wait until all is posted that can be."""
    bot._ready.set()
    begin()
    until = time.monotonic() + patience
    left = True
    while left and time.monotonic() < until:
        await asyncio.sleep(0.2)
        with suppress(StoreError):  # a database that is busy is asked again
            left = bool(await _waiting(store))


async def _waiting(store: Store) -> int:
    """Schedules and jobs that are due."""
    now = discord.utils.utcnow()
    due = select(func.count()).select_from(tables.schedules).where(tables.schedules.c.next_at <= now)
    waiting = select(func.count()).select_from(jobs).where(jobs.c.state == "waiting")
    return await store.read(lambda connection: sum(connection.scalar(one) or 0 for one in (due, waiting)))


class Members:
    """Members who ask for a recommendation every ASK_SECONDS; `asked` holds when each was to, by its token.

    When it was to, not when it could: a bot that stands still lets Discord's words wait, and that counts.
    """

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        self._queries = itertools.cycle(
            one["q"] for one in yaml.safe_load((HERE / "judged.yaml").read_text(encoding="utf-8"))
        )
        self.asked: dict[str, float] = {}

    async def ask_during(self, doing: Coroutine[Any, Any, None]) -> list[str]:
        """Ask as long as something takes; returns the tokens."""
        task, tokens, begun = asyncio.create_task(doing), [], time.monotonic()
        while not task.done():
            at = begun + len(tokens) * ASK_SECONDS
            await asyncio.sleep(at - time.monotonic())
            tokens.append(self._ask(at))
        await task
        await asyncio.sleep(1)  # the last answers are under way
        return tokens

    def _ask(self, at: float) -> str:
        token = f"t{len(self.asked)}"
        self.asked[token] = at
        self._bot._connection.parse_interaction_create(json.loads(_recommend(token, next(self._queries))))
        return token

    def latencies(self, tokens: Sequence[str], answers: dict[str, float]) -> list[float]:
        """The milliseconds from Discord's word to the answer at Discord's, sorted."""
        return sorted((answers[token] - self.asked[token]) * 1000 for token in tokens)


def _recommend(token: str, topic: str) -> str:
    member = 700 + int(token.removeprefix("t")) % 1000  # a thousand people ask, none of them too much
    user = {"id": str(member), "username": "mia", "discriminator": "0", "avatar": None, "global_name": "Mia"}
    return json.dumps({
        "id": "900", "application_id": "100", "type": 2, "token": token, "version": 1, "locale": "en-US",
        "guild_id": "1", "guild": {"id": "1", "locale": "en-US", "features": []}, "guild_locale": "en-US",
        "channel_id": str(1 + CHANNELS), "channel": {"id": str(1 + CHANNELS), "type": 0, "permissions": "0"},
        "member": {"user": user, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False,
                   "flags": 0, "permissions": "0"},
        "app_permissions": "0", "attachment_size_limit": 10_485_760, "entitlements": [],
        "authorizing_integration_owners": {"0": "1"}, "context": 0,
        "data": {"id": "1", "name": "recommend", "type": 1, "options": [{"name": "topic", "type": 3, "value": topic}]},
    })  # fmt: skip


async def further_process(database: str, address: str, servers: int) -> None:
    """Deliver from a database to a LoadServer until the process is killed."""
    discord.http.Route.BASE = address
    catalog = load_catalog(shipped_catalog())
    async with await Store.open(database) as store, logged_in(catalog, store, servers) as bot:
        await asyncio.to_thread(sys.stdin.readline)
        bot._ready.set()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(further_process(sys.argv[1], sys.argv[2], int(sys.argv[3])))

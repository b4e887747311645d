"""What a tick costs that finds nothing due among many schedules, beside one at an empty store."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import discord
from sqlalchemy import text, update

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.client import create_bot
from bot.discord_io.delivery_loop import Delivering
from bot.discord_io.ticker import Ticker
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import schedules
from tests.benchmarks.load_bot import fill
from tests.store.test_plans import claim, plans

PAST = 2
"""Weeks that each schedule has posted before."""
PAUSED_EACH = 10
"""Of so many schedules one was paused long ago, before it was due."""
TICKS = 200
"""Ticks of each store."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Milliseconds, sorted, of the ticks of both stores; `first` is the very first of the full one, which also learns
    in which servers the bot still is. `plan` is how the database looks for what is due."""

    schedules: int
    first: float
    full: list[float]
    empty: list[float]
    plan: str


async def measured_idle(full_url: str, empty_url: str, catalog: Catalog, count: int) -> Idle:
    async with await Store.open(empty_url) as empty, await Store.open(full_url) as full:
        await _fill(full, catalog, count)
        beside, ticker = _ticker(empty, catalog, 0), _ticker(full, catalog, count)
        _, first = await _tick(beside), await _tick(ticker)
        # In turn, so that whatever else the machine does meets both.
        pairs = [(await _tick(ticker), await _tick(beside)) for _ in range(TICKS)]
        found, found_empty = (sorted(times) for times in zip(*pairs, strict=True))
        return Idle(count, first, found, found_empty, (await plans(full, claim))[0])


async def _fill(store: Store, catalog: Catalog, count: int) -> None:
    due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    await fill(store, catalog, count, due, PAST)
    paused = update(schedules).where(schedules.c.id % PAUSED_EACH == 0)
    long_ago = paused.values(paused_at=due - timedelta(days=70), next_at=due - timedelta(days=63))
    await store.write(lambda connection: connection.execute(long_ago))
    await store.write(lambda connection: connection.execute(text("ANALYZE")))  # as PostgreSQL does after a while


def _ticker(store: Store, catalog: Catalog, servers: int) -> Ticker:
    bot = create_bot(Settings.model_construct(), catalog, store)
    bot._connection._guilds = {one: discord.Object(one) for one in range(1, servers + 1)}
    return Delivering(bot, Library(catalog), store, discord.utils.utcnow).ticker


async def _tick(ticker: Ticker) -> float:
    begun = time.perf_counter()
    await ticker.tick()
    assert not ticker.failures
    return (time.perf_counter() - begun) * 1000

"""What a tick costs that finds nothing due among many schedules, beside one at an empty store."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import discord
from sqlalchemy import text, update

from bot.catalog import Catalog
from bot.client import create_bot
from bot.discord_io.delivery_loop import Delivery
from bot.settings import Settings
from bot.store import Store, tables
from bot.store.tables import jobs
from tests.benchmarks.load_bot import fill
from tests.store.test_plans import enqueue, plans

PAST = 2
"""Weeks that each schedule has posted before."""
PAUSED_EACH = 10
"""Of so many schedules one was paused long ago, before it was due."""
RETRIES = 10_000
"""Jobs that wait for another attempt meanwhile."""
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
        beside, delivery = _delivery(empty, catalog, 0), _delivery(full, catalog, count)
        _, first = await _tick(beside), await _tick(delivery)
        # In turn, so that whatever else the machine does meets both.
        pairs = [(await _tick(delivery), await _tick(beside)) for _ in range(TICKS)]
        found, found_empty = (sorted(times) for times in zip(*pairs, strict=True))
        return Idle(count, first, found, found_empty, (await plans(full, enqueue))[0])


async def _fill(store: Store, catalog: Catalog, count: int) -> None:
    due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    await fill(store, catalog, count, due, PAST)
    paused = update(tables.schedules).where(tables.schedules.c.id % PAUSED_EACH == 0)
    long_ago = paused.values(paused_at=due - timedelta(days=70), next_at=due - timedelta(days=63))
    await store.write(lambda connection: connection.execute(long_ago))
    await _fill_retries(store)
    await store.write(lambda connection: connection.execute(text("ANALYZE")))  # as PostgreSQL does after a while


async def _fill_retries(store: Store) -> None:
    """Jobs that wait for another attempt, as after an hour of an outage."""
    later = datetime.now(UTC) + timedelta(minutes=20)
    waiting = update(jobs).where(jobs.c.id <= RETRIES)
    values = {"state": "waiting", "attempt_at": later, "reason": "outage", "attempts": 5}
    await store.write(lambda connection: connection.execute(waiting.values(values)))


def _delivery(store: Store, catalog: Catalog, servers: int) -> Delivery:
    bot = create_bot(Settings.model_construct(), catalog, store)
    bot._connection._guilds = {one: discord.Object(one) for one in range(1, servers + 1)}
    bot.delivery._caught_up = True  # there is no Discord to ask
    return bot.delivery


async def _tick(delivery: Delivery) -> float:
    begun = time.perf_counter()
    await delivery.tick()
    return (time.perf_counter() - begun) * 1000

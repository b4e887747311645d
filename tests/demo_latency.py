"""`python -m tests.demo_latency`: how long the demo takes to answer a press, at any moment, and how its clock drifts.

For two minutes somebody presses a button on the page, again and again, while the simulated clock runs beside the real
one and a weekly prompt and a reminder are set. The time is from the press to the changed card on the page.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import median

from bot.catalog import load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import DemoPage, open_page

MINUTES = 2.0
EVERY = 0.25
"""Seconds between an answer and the next press."""


async def prepared(page: DemoPage) -> None:
    """A server with a weekly prompt, a member with a reminder, and a page of the path to press on."""
    await page.view_as("Ada")
    await page.command("weekly set")
    await page.write("timezone", "Europe/Berlin")
    await page.send()
    await page.sees("The weekly prompt is set")
    await page.view_as("Mia")
    await page.command("remind")
    for option, text in (("day", "monday"), ("time", "9:00"), ("timezone", "Europe/Berlin")):
        await (page.choose if option == "day" else page.write)(option, text)
    await page.send()
    await page.sees("Your reminder is set")
    await page.command("path")
    await page.send()
    await page.sees("Page 1 of")


async def pressed(page: DemoPage, number: int) -> float:
    """The milliseconds from a press on the path's card to the page of it that then shows."""
    label, shown = (("Next", "Page 2 of"), ("Previous", "Page 1 of"))[number % 2]
    begun = time.perf_counter()
    await page.page.locator("#channel-timeline").get_by_role("button", name=label, exact=True).last.click()
    await page.sees(shown)
    return (time.perf_counter() - begun) * 1000


async def measure(minutes: float) -> tuple[list[float], float]:
    """The sorted milliseconds of every press, and the seconds by which the simulated clock is ahead at the end."""
    took: list[float] = []
    async with open_demo(load_catalog(shipped_catalog())) as demo, open_page(demo.url) as page:
        clock = asyncio.create_task(demo.follow_the_clock())
        await prepared(page)
        ahead = demo.now().timestamp() - time.time()
        end = time.perf_counter() + minutes * 60
        while time.perf_counter() < end:
            took.append(await pressed(page, len(took)))
            await asyncio.sleep(EVERY)
        drift = demo.now().timestamp() - time.time() - ahead
        clock.cancel()
    return sorted(took), drift


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    took, drift = asyncio.run(measure(parser.parse_args().minutes))
    late = took[int(len(took) * 0.95)]
    print(
        f"{len(took)} presses: median {median(took):.0f} ms, 95th percentile {late:.0f} ms, slowest {took[-1]:.0f} ms"
    )
    print(f"The clock gained {drift:+.2f} s.")


if __name__ == "__main__":
    main()

"""Pictures of the demo page.

python -m tests.screenshots             the README's three, into docs
python -m tests.screenshots --all DIR   every card, 400 and 1,000 pixels wide, into a folder to look at
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.catalog import load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import DemoPage, open_page

ROOT = Path(__file__).parent.parent
WIDTHS = (400, 1000)
"""A phone, and a window on a computer."""
DONE = (
    "attention-is-all-you-need", "bert", "few-shot-learners", "state-of-gpt", "kv-cache-explainer", "lora-explained",
)  # fmt: skip
"""What the member of the pictures has marked done, by id: a title or a search may change what it names."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One card: the command that shows it, and a text that the answer holds."""

    name: str
    command: str
    answer: str
    options: dict[str, str] = field(default_factory=dict)
    viewer: str = "Mia"


WEEKLY = {"channel": "learning", "day": "monday", "time": "18:00", "timezone": "Europe/Berlin"}
CARDS = (
    Shot("help", "help", "Get started"),
    Shot("recommend", "recommend", "Resources for", {"topic": "kv cache"}),
    Shot("recommend-nothing", "recommend", "sourdough", {"topic": "sourdough bread"}),
    Shot("recommend-filter", "recommend", "of other kinds", {"topic": "bert", "kind": "video"}),
    Shot("recommend-start", "recommend", "Start here", {"topic": "where do I start"}),
    Shot("path", "path", "Page 1 of"),
    Shot("next", "next", "Why now"),
    Shot("done", "done", "Marked done", {"resource": "bert"}),
    Shot("done-again", "done", "Already marked done", {"resource": "2"}),
    Shot("progress", "progress", "Your progress"),
    Shot("privacy", "privacy", "What I store about you"),
    Shot("remind", "remind", "Weekly reminder"),
    Shot("weekly-zone", "weekly set", "In which time zone", {}, "Ada"),
    Shot("weekly-set", "weekly set", "weekly prompt is set", WEEKLY, "Ada"),
    Shot("weekly-options", "weekly options", "What the weekly prompt does", {}, "Ada"),
    Shot("weekly-skip", "weekly skip", "is skipped", {}, "Ada"),
    Shot("weekly-skip-again", "weekly skip", "is skipped already", {}, "Ada"),
    Shot("weekly-show", "weekly show", "weekly prompt", {}, "Ada"),
    Shot("weekly-preview", "weekly preview", "This week", {}, "Ada"),
    Shot("weekly-now", "weekly now", "Posted", {}, "Ada"),
    Shot("weekly-past", "weekly past", "Past prompts", {}, "Ada"),
    Shot("weekly-history", "weekly history", "The last prompts", {}, "Ada"),
    Shot("weekly-doctor", "weekly doctor", "weekly prompt", {}, "Ada"),
    Shot("weekly-off", "weekly off", "Turn the weekly prompt off", {}, "Ada"),
)
"""Every card, in an order in which each can be shown."""


@asynccontextmanager
async def demo_page(height: int, *, width: int = 1100, scale: float = 1.5) -> AsyncIterator[DemoPage]:
    async with (
        open_demo(load_catalog(shipped_catalog())) as demo,
        open_page(demo.url, width=width, height=height, scale=scale) as page,
    ):
        yield page


async def ask(page: DemoPage, command: str, answer: str, **options: str) -> None:
    """Send a command and wait until the answer says so."""
    await page.command(command)
    for name, text in options.items():
        await (page.choose if name in ("channel", "day") else page.write)(name, text)
    await page.send()
    await page.sees(answer)


async def loaded(page: DemoPage) -> None:
    """Wait for pictures, which are loaded after the text."""
    await page.page.wait_for_function("() => [...document.images].every(one => one.complete && one.naturalWidth)")


async def take(folder: Path) -> None:
    """The README's pictures."""
    async with demo_page(height=1620) as page:
        await ask(page, "recommend", "Resources for", topic="kv cache")
        await page.picture(folder / "recommend.png")
    async with demo_page(height=1000) as page:
        await ask(page, "done", "1 of 23 done", resource=DONE[0])
        await ask(page, "next", "Why now")
        await page.answer(folder / "next.png")
    async with demo_page(height=1500) as page:
        for number, resource in enumerate(DONE, start=1):
            await ask(page, "done", f"That is {number} of 23", resource=resource)
        await ask(page, "progress", "Your progress")
        await loaded(page)
        await page.answer(folder / "progress.png")


async def take_all(folder: Path) -> None:
    """Every card at every width."""
    for width in WIDTHS:
        async with demo_page(height=1800, width=width, scale=1) as page:
            for shot in CARDS:
                await page.view_as(shot.viewer)
                await ask(page, shot.command, shot.answer, **shot.options)
                await loaded(page)
                await page.answer(folder / f"{shot.name}-{width}.png")


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs")
    parser.add_argument("--all", action="store_true", help="every card, 400 and 1,000 pixels wide")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run((take_all if given.all else take)(given.folder))


if __name__ == "__main__":
    main()

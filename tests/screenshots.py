"""Pictures of the demo page.

python -m tests.screenshots             the README's four, into docs
python -m tests.screenshots --all DIR   every card, 400 and 1,000 pixels wide, into a folder to look at, and sheet.png
                                        with all of them
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from PIL import Image, ImageOps
from playwright.async_api import TimeoutError

from bot.catalog import load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import DemoPage, open_page

ROOT = Path(__file__).parent.parent
WIDTHS = (400, 1000)
"""A phone, and a window on a computer."""
GAP = 8
"""Pixels between two pictures on the sheet."""
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
    presses: tuple[tuple[str, str], ...] = ()
    """Buttons pressed after that, each with a text that the card then holds."""


WEEKLY = Shot(
    "weekly-set",
    "weekly",
    "Saved.",
    {"channel": "learning", "day": "monday", "time": "18:00", "timezone": "Europe/Berlin"},
    "Ada",
)
CARDS = (
    Shot("help", "help", "Get started"),
    Shot("recommend", "recommend", "Resources for", {"topic": "kv cache"}),
    Shot("recommend-nothing", "recommend", "sourdough", {"topic": "sourdough bread"}),
    Shot("recommend-filter", "recommend", "of another kind", {"topic": "bert", "kind": "video"}),
    Shot("recommend-start", "recommend", "Start here", {"topic": "where do I start"}),
    Shot("path", "path", "Page 1 of"),
    Shot("next", "next", "Why now"),
    Shot("done", "done", "Marked done", {"resource": "bert"}),
    Shot("done-again", "done", "Already marked done", {"resource": "2"}),
    Shot("progress", "progress", "Your progress"),
    Shot("privacy", "privacy", "What I store about you"),
    Shot("remind", "remind", "Weekly reminder"),
    Shot("weekly-zone", "weekly", "Which time zone?", {}, "Ada"),
    WEEKLY,
    Shot("weekly-panel", "weekly", "Weekly prompt", {}, "Ada"),
    Shot("weekly-options", "weekly", "Weekly prompt", {}, "Ada", (("Options", "Weekly prompt options"),)),
    Shot("weekly-preview", "weekly", "Weekly prompt", {}, "Ada", (("Preview", "Preview:"),)),
    Shot("weekly-skip", "weekly", "Weekly prompt", {}, "Ada", (("Skip", "is skipped"),)),
    Shot(
        "weekly-now",
        "weekly",
        "Weekly prompt",
        {},
        "Ada",
        (
            ("Post now", "right away"),
            ("Post now", "Posted"),
        ),
    ),
    Shot("weekly-history", "weekly", "Weekly prompt", {}, "Ada", (("History", "Recent prompts"),)),
    Shot("weekly-off", "weekly", "Weekly prompt", {}, "Ada", (("Off", "Turn the weekly prompt off"),)),
    Shot("past", "past", "Past prompts"),
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
    """Send a command and wait until a new message says so."""
    await page.command(command)
    for name, text in options.items():
        await (page.choose if name in ("channel", "day") else page.write)(name, text)
    await page.send()
    await page.gets(answer)
    # Pictures are loaded after the text.
    await page.page.wait_for_function("() => [...document.images].every(one => one.complete && one.naturalWidth)")


async def take(folder: Path) -> None:
    """The README's pictures."""
    async with demo_page(height=1620) as page:
        await ask(page, "recommend", "Resources for", topic="kv cache")
        await page.picture(folder / "recommend.png")
    async with demo_page(height=1000) as page:
        await ask(page, "done", "1 of 23", resource=DONE[0])
        await ask(page, "next", "Why now")
        await page.answer(folder / "next.png")
    async with demo_page(height=1500) as page:
        for number, resource in enumerate(DONE, start=1):
            await ask(page, "done", f"{number} of 23", resource=resource)
        await ask(page, "progress", "Your progress")
        await page.answer(folder / "progress.png")
    async with demo_page(height=1000) as page:
        await page.view_as("Ada")
        await ask(page, WEEKLY.command, WEEKLY.answer, **WEEKLY.options)
        await page.control("Next prompt")
        await page.gets("Attention is all you need")
        await page.answer(folder / "weekly.png")


async def take_all(folder: Path) -> None:
    """Every card at every width, and a sheet of them all.

    A card that lacks its text is drawn as it is; once all are drawn, SystemExit names those cards.
    """
    wrong = []
    for width in WIDTHS:
        async with demo_page(height=1800, width=width, scale=1) as page:
            page.page.set_default_timeout(10_000)
            for shot in CARDS:
                try:
                    await show(page, shot)
                except TimeoutError as error:
                    wrong.append(f"{shot.name} at {width} px: {str(error).splitlines()[0]}")
                await page.answer(folder / f"{shot.name}-{width}.png")
    sheet([[folder / f"{shot.name}-{width}.png" for width in WIDTHS] for shot in CARDS]).save(folder / "sheet.png")
    if wrong:
        raise SystemExit("\n".join(wrong))


async def show(page: DemoPage, shot: Shot) -> None:
    """Have a card drawn; raises TimeoutError if it lacks its text."""
    await page.view_as(shot.viewer)
    await ask(page, shot.command, shot.answer, **shot.options)
    for label, text in shot.presses:
        await page.press(label)
        await page.sees(text)


def sheet(rows: list[list[Path]]) -> Image.Image:
    """All pictures on one: a row for each card, in the order of the widths, at half their size."""
    pictures = [[ImageOps.scale(Image.open(file), 0.5) for file in row] for row in rows]
    heights = [max(one.height for one in row) + GAP for row in pictures]
    whole = Image.new("RGB", (sum(width // 2 + GAP for width in WIDTHS), sum(heights)), "black")
    for top, row in zip(accumulate(heights, initial=0), pictures, strict=False):
        for left, picture in zip(accumulate((width // 2 + GAP for width in WIDTHS), initial=0), row, strict=False):
            whole.paste(picture, (left, top))
    return whole


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

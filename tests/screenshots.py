"""Take the README's pictures from the demo page: `python -m tests.screenshots [FOLDER]` (default: docs)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.catalog import load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import DemoPage, open_page

ROOT = Path(__file__).parent.parent
DONE = (
    "attention-is-all-you-need", "bert", "few-shot-learners", "state-of-gpt", "kv-cache-explainer", "lora-explained",
)  # fmt: skip
"""What the member of the pictures has marked done, by id: a title or a search may change what it names."""


@asynccontextmanager
async def demo_page(height: int) -> AsyncIterator[DemoPage]:
    async with (
        open_demo(load_catalog(shipped_catalog())) as demo,
        open_page(demo.url, height=height, scale=1.5) as page,
    ):
        yield page


async def ask(page: DemoPage, command: str, answer: str, **options: str) -> None:
    """Send a command and wait until the answer says so."""
    await page.command(command)
    for name, text in options.items():
        await page.write(name, text)
    await page.send()
    await page.sees(answer)


async def take(folder: Path) -> None:
    async with demo_page(height=1620) as page:
        await ask(page, "recommend", "KV Cache brief explainer", topic="kv cache")
        await page.picture(folder / "recommend.png")
    async with demo_page(height=1000) as page:
        await ask(page, "done", "That is 1 of 23", resource=DONE[0])
        await ask(page, "next", "Why now")
        await page.answer(folder / "next.png")
    async with demo_page(height=1500) as page:
        for number, resource in enumerate(DONE, start=1):
            await ask(page, "done", f"That is {number} of 23", resource=resource)
        await ask(page, "progress", "Your progress")
        # The picture is loaded after the text.
        await page.page.wait_for_function("() => [...document.images].every(one => one.complete && one.naturalWidth)")
        await page.answer(folder / "progress.png")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))

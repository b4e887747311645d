"""Take the README's pictures from the demo page: `python -m tests.screenshots [FOLDER]` (default: docs)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.catalog import load_catalog, shipped_catalog
from bot.demo import open_demo
from tests.demo_page import open_page

ROOT = Path(__file__).parent.parent


async def take(folder: Path) -> None:
    async with open_demo(load_catalog(shipped_catalog())) as demo, open_page(demo.url, height=1340, scale=1.5) as page:
        await page.command("recommend")
        await page.write("topic", "kv cache")
        await page.send()
        await page.sees("KV Cache brief explainer")
        await page.picture(folder / "recommend.png")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))

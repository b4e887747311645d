"""A process that delivers what is due and writes each post as a line: `python -m tests.faults.courier URL FILE [KILL]`.

KILL is "before" or "after": the process kills itself at its first post, before or after the line is written.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from bot.catalog import load_catalog, shipped_catalog
from bot.delivery import Prompt, deliver_due
from bot.store import Store, WeeklySchedule


class File:
    def __init__(self, path: Path, kill: str) -> None:
        self._path = path
        self._kill = kill

    async def post(self, prompt: Prompt, nonce: str) -> int:
        if self._kill == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        with self._path.open("a") as file:
            file.write(f"{prompt.guild_id} {prompt.occurrence.isoformat()} {prompt.resource.id}\n")
        if self._kill == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return 1

    async def find(self, prompt: Prompt, since: datetime) -> int | None:
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return 1 if any(line.startswith(f"{prompt.guild_id} ") for line in lines) else None

    async def open_thread(self, prompt: Prompt, message_id: int) -> None:
        raise AssertionError("no thread was asked for")

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        raise AssertionError("nothing fails here")


async def main(url: str, path: str, now: str, kill: str) -> None:
    catalog = load_catalog(shipped_catalog())
    async with await Store.open(url) as store:
        poster = File(Path(path), kill)
        while (await deliver_due(store, catalog, poster, now=datetime.fromisoformat(now), owner=str(os.getpid()))).more:
            pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], [*sys.argv, "", ""][4]))

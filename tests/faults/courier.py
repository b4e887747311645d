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
from typing import cast

from bot.catalog import load_catalog, shipped_catalog
from bot.delivery import Poster, Sent, deliver_due
from bot.delivery.letters import Letter
from bot.store import Store


class File:
    """Stands where Discord stands; nothing but posts and looks for them is asked of it here."""

    def __init__(self, path: Path, kill: str) -> None:
        self._path = path
        self._kill = kill

    async def post(self, letter: Letter, nonce: str) -> Sent:
        if self._kill == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        with self._path.open("a") as file:
            file.write(f"{letter.channel_id} {letter.occurrence.isoformat()} {nonce}\n")
        if self._kill == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return Sent(letter.channel_id, 1)

    async def find(self, letter: Letter, since: datetime) -> Sent | None:
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return Sent(letter.channel_id, 1) if any(line.startswith(f"{letter.channel_id} ") for line in lines) else None


async def main(url: str, path: str, now: str, kill: str) -> None:
    catalog = load_catalog(shipped_catalog())
    async with await Store.open(url) as store:
        poster = cast(Poster, File(Path(path), kill))
        while (await deliver_due(store, catalog, poster, now=datetime.fromisoformat(now), owner=str(os.getpid()))).more:
            pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], [*sys.argv, "", ""][4]))

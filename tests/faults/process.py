"""A process that delivers what is due and writes each post as a line.

`python -m tests.faults.process URL FILE NOW HARM LEASE`, the lease in seconds.

HARM is "none"; "before" or "after": the process kills itself at its first post, before or after the line is written;
"sleep": it stops itself just before its first post, until somebody has it go on; "inside:3" or "behind:3": it kills
itself in its third transaction, before that is committed, or just after.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bot.catalog import load_catalog, shipped_catalog
from bot.catalogs import Catalogs
from bot.jobs import Job, Messenger, Prompt, PromptJob, Sent, Worker
from bot.jobs.attempt import Recognise
from bot.store import Store


class File:
    """Stands where Discord stands; nothing but posts and looks for them is asked of it here."""

    def __init__(self, path: Path, harm: str) -> None:
        self._path = path
        self._harm = harm

    async def post(self, message: Prompt, nonce: str, check: Callable[[], None]) -> Sent:
        if self._harm == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._harm == "sleep":
            self._harm = "none"
            os.kill(os.getpid(), signal.SIGSTOP)
        check()
        with self._path.open("a") as file:
            file.write(f"{message.job and message.job.id} {nonce}\n")
        if self._harm == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return Sent(message.schedule.channel_id, 1)

    async def find(self, channel_id: int, guild_id: int | None, recognise: Recognise, since: datetime) -> Sent | None:
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return Sent(channel_id, 1) if any(recognise(line) for line in lines) else None


def kill_at(harm: str) -> None:
    """Have the process kill itself at a transaction."""
    where, _, number = harm.partition(":")
    write, numbers = Store.write, itertools.count(1)

    async def killing(self: Store, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        is_last = next(numbers) == int(number)

        def run(connection: Any) -> Any:
            result = work(connection, *args, **options)
            if is_last and where == "inside":
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        result = await write(self, run)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    Store.write = killing  # type: ignore[method-assign, assignment]


def recognise(job: Job) -> Recognise:
    return lambda line: cast(str, line).startswith(f"{job.id} ")


async def main(url: str, path: str, now: str, harm: str, lease: str) -> None:
    catalogs = Catalogs(load_catalog(shipped_catalog()))
    if ":" in harm:
        kill_at(harm)
    async with await Store.open(url) as store:
        messenger: Any = File(Path(path), harm)
        worker = Worker(
            store,
            catalogs,
            cast(Messenger, messenger),
            lambda: datetime.fromisoformat(now),
            lease=timedelta(seconds=float(lease)),
        )
        worker.register(PromptJob(lambda prompt: prompt, recognise))
        for _ in range(10):
            await worker.tick()
            await worker.idle()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))

"""`python -m tests.benchmarks.flows [-v]`: how much of the bot one interaction passes through.

For each flow it counts the files, classes and functions of `bot/` that run, and the calls from one file to another. A
reader who follows the flow opens that many files. `-v` names them. Nothing is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

from simcord import Env

from bot.catalog import load_catalog, shipped_catalog
from bot.client import create_bot
from bot.importing import import_index
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Server

BOT = Path(__file__).parent.parent.parent / "bot"
INDEX = "# Bread\n\n## First loaf\n\n- [No-knead bread](https://example.org/no-knead) - Begin here.\n"
DUE = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""The first Monday of SimCord's calendar at nine in Berlin."""


@dataclass
class Flow:
    """What ran: `functions` by file, `arrows` between two files with the number of calls."""

    functions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    classes: set[tuple[str, str]] = field(default_factory=set)
    arrows: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, frame: FrameType, event: str, _: object) -> None:
        """A profiler's hook: remember a call of a function of the bot."""
        if event != "call" or (here := _file(frame)) is None:
            return
        name = frame.f_code.co_qualname
        if "<" not in name.rpartition(".")[2]:  # neither a lambda nor a comprehension
            self.functions[here].add(name)
        if "." in name and "<locals>" not in name:
            self.classes.add((here, name.rpartition(".")[0]))
        if (caller := _nearest(frame.f_back)) is not None and caller != here:
            self.arrows[caller, here] += 1

    def __str__(self) -> str:
        functions = sum(map(len, self.functions.values()))
        return (
            f"{len(self.functions):>5} {len(self.classes):>7} {functions:>9} "
            f"{sum(self.arrows.values()):>6} {len(self.arrows):>6}"
        )


def _file(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    return str(path.relative_to(BOT)) if path.is_relative_to(BOT) else None


def _nearest(frame: FrameType | None) -> str | None:
    while frame is not None:
        if (file := _file(frame)) is not None:
            return file
        frame = frame.f_back
    return None


@contextmanager
def following() -> Iterator[Flow]:
    """Notes each call that is made in the block, on every thread that starts in it too."""
    flow = Flow()
    threading.setprofile_all_threads(flow.note) if sys.version_info >= (3, 12) else threading.setprofile(flow.note)
    sys.setprofile(flow.note)
    try:
        yield flow
    finally:
        sys.setprofile(None)
        threading.setprofile_all_threads(None) if sys.version_info >= (3, 12) else threading.setprofile(None)


async def interactions(folder: Path) -> dict[str, Flow]:
    """The flows of a member, an admin and the clock, each after one that warmed up what is made once."""
    flows: dict[str, Flow] = {}
    async with await Store.open(f"sqlite:///{folder / 'flows.db'}") as store:
        bot = create_bot(Settings.model_construct(), load_catalog(shipped_catalog()), store)
        env = Env(bot, check_errors=False, shard_count=1)
        await env.start()
        server = Server(env)
        await server.ask("recommend", topic="attention")
        with following() as flows["/recommend"]:
            await server.ask("recommend", topic="kv cache")
        path = await server.press(await server.ask("path"), "Mark 1 done")
        with following() as flows["a mark"]:
            await server.press(path, "Mark 2 done")
        await server.set_weekly()
        env.backend.advance_clock((DUE - env.now()).total_seconds() - 5)
        with following() as flows["a tick that posts"]:
            await env.advance_time(40)
        (post,) = server.posts()
        buttons: list[Any] = [button for row in post.components for button in getattr(row, "children", ())]
        with following() as flows["Done on a post"]:
            await server.mia.click(post, label=next(one.label for one in buttons if one.label.startswith("Done")))
        with following() as flows["an idle tick"]:
            await env.advance_time(31)
        await env.shutdown()
    index = folder / "index.md"
    index.write_text(INDEX, encoding="utf-8")
    with following() as flows["an import"]:
        import_index(index, BytesIO())
    return flows


def main() -> None:
    """Print a table, and with -v the functions of each file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.flows", description=__doc__.splitlines()[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="name the functions that ran in each file")
    verbose = parser.parse_args().verbose
    with tempfile.TemporaryDirectory() as folder:
        flows = asyncio.run(interactions(Path(folder)))
    print(f"{'':<18} files classes functions  calls arrows")
    for name, flow in flows.items():
        print(f"{name:<18} {flow}")
        for file, functions in sorted(flow.functions.items()) if verbose else ():
            print(f"    {file}: {', '.join(sorted(functions))}")


if __name__ == "__main__":
    main()

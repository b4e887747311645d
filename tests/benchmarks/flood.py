"""`python -m tests.benchmarks.flood`: what one member's flood costs the others, as ratios in one run.

On SimCord, in one process: for each kind of interaction one member sends 5,000 at 200 a second, in blocks of five
seconds that take turns with blocks of rest. All the while others ask `/recommend` and `/done`, one after the other, and
their medians and 99th percentiles under the flood are set beside those at rest. Refusals, and the work of the simulated
Discord on them, happen in the same event loop: on a real network the others notice less.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from discord import ComponentType, InteractionType
from simcord import Env
from simcord.backend.models.interaction import ResponseKind
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload

from bot.catalog import load_catalog, shipped_catalog
from bot.client import create_bot
from bot.discord_io.limits import Gate
from bot.settings import Settings
from bot.store import Store

TIMES = 5_000
"""Interactions of each kind."""
RATE = 200
"""A second."""
BLOCK = 5.0
"""Seconds of flood, and of rest."""
PAUSE = 0.0005
"""Seconds between two looks at the clock: a loop without a pause would keep the database's threads from running."""
EVERY = 0.04
"""Seconds between two questions of others."""
OTHERS = 50
"""Members who ask in turns, so that none of them asks too much."""
LEARNERS = 300
"""Members of the server with marks, for its numbers."""
MARKED = 8
"""Resources that each has finished."""
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own is made in it
"""Where the database lies: in memory, where there is a folder for that. A shared disk that stalls would be measured."""

Options = list[dict[str, Any]]


def command(name: str, *options: dict[str, Any], kind: int = 1, **data: Any) -> dict[str, Any]:
    """The data of a command as the gateway sends it."""
    return {"id": "1", "name": name, "type": kind, "options": list(options), **data}


TOPIC = {"name": "topic", "type": 3, "value": "how does attention work in a transformer"}
KINDS = {
    "/recommend": command("recommend", TOPIC),
    "keystrokes": command("recommend", {"name": "topic", "type": 3, "value": "atten", "focused": True}),
    "Find resources": command("Find resources", kind=3),
    "buttons": {"component_type": ComponentType.button.value},
    "/progress": command("progress"),
    "/privacy": command("privacy"),
}
"""What floods, by the name that the table gives it."""


@dataclass
class Others:
    """The milliseconds that other members waited, by their command."""

    waited: dict[str, list[float]] = field(default_factory=lambda: {"/recommend": [], "/done": []})

    def row(self, name: str, rest: Others) -> str:
        """A line of the table for each command, flood beside rest."""
        return "\n".join(_row(f"{name} | {one}", under, rest.waited[one]) for one, under in self.waited.items())


def _row(name: str, under: list[float], rest: list[float]) -> str:
    figures = []
    for measure in (statistics.median, lambda values: statistics.quantiles(values, n=100)[98]):
        figures.append(f"{measure(under):.2f} ms | {measure(rest):.2f} ms | {measure(under) / measure(rest):.2f}")
    return f"| {name} | {' | '.join(figures)} |"


class World:
    """A server with a member who floods it, and others."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.guild = env.create_guild("Study server")
        self.channel = self.guild.create_text_channel("learning")
        people = [self.guild.add_member(env.create_user(f"member{number}")) for number in range(LEARNERS)]
        self.people = [one.id for one in people]
        self.flooder, self.others = people[-1], people[:OTHERS]
        self._asked = 0

    async def prepare(self, store: Store, kind: str) -> Callable[[], Any]:
        """Give everybody their marks; returns what sends one interaction of the flood."""
        bot: Any = self.env.bot
        for number, user_id in enumerate(self.people):
            for resource in bot.catalogs.default.catalog.resources[number % 4 : number % 4 + MARKED]:
                await store.marks.mark(user_id, resource.pages, bot.clock())
        data = dict(KINDS[kind])
        message = None
        if kind == "buttons":
            shown = await self.flooder.slash(self.channel, "done", resource="bert")
            message, data["custom_id"] = shown.response, "done:quickstart-on-llms:bert:u"
        if kind == "Find resources":
            message = await self.others[0].send(self.channel, "how does a kv cache work? " * 60)
        return lambda: self._send(kind, data, message)

    def _send(self, kind: str, data: dict[str, Any], message: Any) -> Any:
        types = {"buttons": InteractionType.component, "keystrokes": InteractionType.autocomplete}
        return self.emit(types.get(kind, InteractionType.application_command), self.flooder.id, data, message)

    def emit(self, kind: InteractionType, user_id: int, data: dict[str, Any], message: Any = None) -> Any:
        """Send an interaction as the gateway does."""
        backend = self.env.backend
        if message is not None:
            shown = dict(message_payload(backend, backend.get_message(self.channel.id, message.id)))
            if kind is InteractionType.application_command:
                resolved = {"messages": {str(message.id): shown | {"content": message.content}}}
                data = data | {"target_id": str(message.id), "resolved": resolved}
        record, payload = base_payload(
            backend,
            type=kind.value,
            channel_id=self.channel.id,
            guild_id=self.guild.id,
            user_id=user_id,
            data=data,
        )
        if message is not None and kind is InteractionType.component:
            record.source_message_id = message.id
            payload["message"] = shown
        backend.emit("INTERACTION_CREATE", payload)
        return record

    def ask(self) -> tuple[str, Any]:
        """One of the others asks; which command it is, and the record of the interaction."""
        self._asked += 1
        user_id = self.others[self._asked % OTHERS].id
        name = ("/recommend", "/done")[self._asked % 2]
        data = command("recommend", TOPIC)
        if name == "/done":
            data = command("done", {"name": "resource", "type": 3, "value": "lora-explained"})
        return name, self.emit(InteractionType.application_command, user_id, data)


async def block(world: World, others: Others, flood: Callable[[], Any] | None, burst: int = 0) -> int:
    """Others ask for BLOCK seconds, or for one after a burst, under a flood or not; how many interactions it had."""
    for _ in range(burst if flood is not None else 0):
        flood()  # the simulated Discord's own work on them is not counted
    begun = now = time.perf_counter()
    seconds, every = (1.0, EVERY / 4) if burst else (BLOCK, EVERY)
    sent, asked_at, waiting = burst, begun - every, None
    while now < begun + seconds or waiting is not None:
        if flood is not None and now < begun + seconds and sent < (now - begun) * RATE and not burst:
            flood()
            sent += 1
        if waiting is not None and waiting[1].response_kind is ResponseKind.MESSAGE:
            others.waited[waiting[0]].append((time.perf_counter() - asked_at) * 1000)
            waiting = None
        if waiting is None and asked_at + every <= now < begun + seconds:
            asked_at = time.perf_counter()
            waiting = world.ask()
        await asyncio.sleep(PAUSE)
        now = time.perf_counter()
    return sent


async def measured(kind: str, times: int, burst: int) -> tuple[Others, Others]:
    """What others waited under a flood of a kind, and at rest."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        async with await Store.open(f"sqlite:///{folder}/studybot.db") as store:
            bot = create_bot(Settings.model_construct(), load_catalog(shipped_catalog()), store)
            bot.gate = Gate(time.perf_counter)  # real time: the simulated one stands still between two steps
            env = Env(bot, shard_count=1, check_errors=False, strict_sync=False)
            await env.start()
            try:
                world = World(env)
                flood = await world.prepare(store, kind)
                await block(world, Others(), None)  # the first ones fill caches
                under, rest, sent = Others(), Others(), 0
                while sent < times:
                    sent += await block(world, under, flood, burst)
                    bot.gate = Gate(time.perf_counter)  # as after a minute of rest
                    await block(world, rest, None, burst)
                return under, rest
            finally:
                await env.shutdown()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--burst", type=int, default=0, help="this many at once, each second, instead of a flood")
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    given = parser.parse_args()
    print("| flood | of others | median | at rest | ratio | 99th | at rest | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for kind in given.kinds:
        under, rest = asyncio.run(measured(kind, given.times, given.burst))
        print(under.row(kind, rest), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()

"""`python -m tests.benchmarks.cost`: what studybot costs beside bare discord.py, as ratios in one run.

On SimCord, in one process and in turns, so that both meet the same machine: `/recommend` beside a command that sends a
card of the same size and does nothing else, and the autocomplete of `/done` beside one that offers fixed choices. Then
both bots in processes of their own, logged in at a Discord on loopback: the memory of each, and the time until it has
added its commands.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from simcord import Env
from simcord.interactions import base_payload

from bot.catalog import load_catalog, shipped_catalog
from bot.client import create_bot
from bot.discord_io.bot import StudyBot
from bot.discord_io.limits import Gate
from bot.settings import Settings
from bot.store import Store
from tests.benchmarks.load_server import discord_process

ROUNDS = 400
"""Interactions of each kind in the quick comparison."""
STARTS = 7
"""Processes of each kind."""
QUERIES = ("kv cache", "attention", "how does quantization work", "llama2", "mistral moe", "what is rlhf")
MARKED = 8
"""Resources that the member has finished."""


def bare_card(characters: int, buttons: int) -> discord.ui.LayoutView:
    """A card with as much text and as many buttons as an answer to /recommend has."""
    view = discord.ui.LayoutView(timeout=None)
    container: Any = discord.ui.Container(accent_colour=discord.Colour(0x5865F2))
    rows = max(1, buttons // 2)
    for number in range(rows):
        container.add_item(discord.ui.TextDisplay("x" * (characters // rows)))
        container.add_item(discord.ui.Separator())
        link: Any = discord.ui.Button(label="Open", url="https://example.org")
        container.add_item(discord.ui.ActionRow(link, discord.ui.Button(label="Mark done", custom_id=f"bare:{number}")))
    view.add_item(container)
    view.stop()
    return view


def add_bare_commands(bot: StudyBot, characters: int, buttons: int) -> None:
    """Two commands that do nothing but answer."""

    @app_commands.command(name="bare", description="Sends a card.")
    async def bare(interaction: discord.Interaction[Any], topic: str) -> None:
        await interaction.response.send_message(view=bare_card(characters, buttons), ephemeral=True)

    @bare.autocomplete("topic")
    async def choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Resource number {one}", value=f"resource-{one}") for one in range(23)]

    bot.tree.add_command(bare)


class Member:
    """Sends interactions as Discord's gateway does, and takes the time until each is answered."""

    def __init__(self, env: Env) -> None:
        self._env = env
        guild = env.create_guild("Study server")
        self._channel = guild.create_text_channel("learning")
        self.mia = guild.add_member(env.create_user("mia"))

    async def milliseconds(self, kind: discord.InteractionType, command: str, option: str, text: str) -> float:
        """The time from the gateway's event to the answer at Discord."""
        typing = kind is discord.InteractionType.autocomplete
        options = [{"name": option, "type": 3, "value": text} | ({"focused": True} if typing else {})]
        record, payload = base_payload(
            self._env.backend,
            type=kind.value,
            channel_id=self._channel.id,
            guild_id=self._channel.guild.id,
            user_id=self.mia.id,
            data={"id": "1", "name": command, "type": 1, "options": options},
        )
        begun = time.perf_counter()
        self._env.backend.emit("INTERACTION_CREATE", payload)
        while not record.responded:  # noqa: ASYNC110 - SimCord has no event for an answer
            await asyncio.sleep(0)
        return (time.perf_counter() - begun) * 1000


Compared = tuple[str, list[float], list[float]]
"""The name of an interaction, and the milliseconds of studybot's and of the bare bot's."""


async def compared(rounds: int) -> list[Compared]:
    """The milliseconds of each of studybot's interactions and of its bare peer, taken in turns."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Store.open(f"sqlite:///{folder}/studybot.db") as store:
            catalog = load_catalog(shipped_catalog())
            bot = create_bot(Settings.model_construct(), catalog, store)
            bot.gate = Gate(itertools.count(step=60.0).__next__)  # a minute between two questions: nobody is refused
            env = Env(bot, shard_count=1, check_errors=False, strict_sync=False)
            await env.start()
            try:
                return await _compared(env, bot, store, rounds)
            finally:
                await env.shutdown()


async def _compared(env: Env, bot: StudyBot, store: Store, rounds: int) -> list[Compared]:
    member = Member(env)
    for resource in bot.catalogs.default.catalog.resources[:MARKED]:
        await store.marks.mark(member.mia.id, resource.pages, bot.clock())
    add_bare_commands(bot, characters=1700, buttons=10)
    found = []
    command, typing = discord.InteractionType.application_command, discord.InteractionType.autocomplete
    for name, kind, ours, texts in (
        ("/recommend", command, ("recommend", "topic"), QUERIES),
        ("/done autocomplete", typing, ("done", "resource"), ("", "a", "att", "atten")),
    ):
        pairs = []
        for text in itertools.islice(itertools.cycle(texts), rounds + 20):
            mine = await member.milliseconds(kind, *ours, text)
            pairs.append((mine, await member.milliseconds(kind, "bare", "topic", text)))
        mine, bare = zip(*pairs[20:], strict=True)  # the first ones fill caches
        found.append((name, list(mine), list(bare)))
    return found


async def started(which: str, address: str) -> tuple[float, float]:
    """A bot in a process of its own: the seconds until it is logged in with its commands, and its MiB then."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/studybot.db"}
        for _ in range(1 if which == "bare" else 2):  # the first start makes the database
            begun = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.benchmarks.cost_start", which, address),
                stdout=asyncio.subprocess.PIPE,
                env=environment,
            )
            assert process.stdout is not None
            line = await process.stdout.readline()
            seconds = time.perf_counter() - begun
            await process.wait()
        return seconds, json.loads(line)["mib"]


async def starts(count: int) -> dict[str, list[tuple[float, float]]]:
    """Several starts of both bots, in turns."""
    found: dict[str, list[tuple[float, float]]] = {"bare": [], "studybot": []}
    async with discord_process() as address:
        for _ in range(count):
            for which, seen in found.items():
                seen.append(await started(which, address))
    return found


def row(name: str, ours: float, bare: float, unit: str) -> str:
    """One line of the table."""
    return f"| {name} | {ours:.2f} {unit} | {bare:.2f} {unit} | {ours / bare:.2f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--starts", type=int, default=STARTS)
    given = parser.parse_args()
    print("| | studybot | bare discord.py | ratio |\n|---|---:|---:|---:|")
    for name, ours, bare in asyncio.run(compared(given.rounds)):
        print(row(f"{name}, median", statistics.median(ours), statistics.median(bare), "ms"))
    seen = asyncio.run(starts(given.starts))
    medians = {which: [statistics.median(one) for one in zip(*pairs, strict=True)] for which, pairs in seen.items()}
    print(row("start, median", medians["studybot"][0], medians["bare"][0], "s"))
    print(row("memory, median", medians["studybot"][1], medians["bare"][1], "MiB"))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()

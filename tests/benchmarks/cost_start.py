"""`python -m tests.benchmarks.cost_start bare|studybot ADDRESS`: one bot, logged in at a Discord on loopback.

Prints its memory once its commands are added. Nothing is imported before it is known which bot is wanted.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any


def _mib() -> float:
    """The memory of this process in MiB, as Linux counts it (resident set)."""
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024**2


async def bare(address: str) -> None:
    """discord.py with one command."""
    import discord
    from discord import app_commands
    from discord.ext import commands

    class Bare(commands.AutoShardedBot):
        async def setup_hook(self) -> None:
            await self.tree.sync()

    @app_commands.command(name="bare", description="Sends a card.")
    async def command(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("x")

    discord.http.Route.BASE = address
    bot = Bare(commands.when_mentioned, intents=discord.Intents.default())
    bot.tree.add_command(command)
    async with bot:
        await bot.login("a.b.c")
        _print()


async def studybot(address: str) -> None:
    """The real bot, joined as the command line joins it."""
    import discord

    from bot.catalog import load_catalog, shipped_catalog
    from bot.client import create_bot
    from bot.settings import read_settings
    from bot.store import Store

    discord.http.Route.BASE = address
    settings = read_settings()
    catalog = load_catalog(shipped_catalog())
    async with await Store.open(settings.database_url) as store, create_bot(settings, catalog, store) as bot:
        await bot.login("a.b.c")
        _print()


def _print() -> None:
    print(f'{{"mib": {_mib():.2f}}}', flush=True)


if __name__ == "__main__":
    asyncio.run({"bare": bare, "studybot": studybot}[sys.argv[1]](sys.argv[2]))

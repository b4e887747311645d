"""The commands about the database."""

from __future__ import annotations

import asyncio

import click

from bot.cli.options import examples

_EXAMPLE = examples("studybot db copy sqlite:///studybot.db postgresql://studybot@localhost/studybot")


@click.group(epilog=_EXAMPLE)
def db() -> None:
    """Move the bot's database."""


@db.command(epilog=_EXAMPLE)
@click.argument("src")
@click.argument("dst")
def copy(src: str, dst: str) -> None:
    """Copy everything from SRC, an SQLite database, to DST, a PostgreSQL database.

    Try it while the bot runs; to move, stop the bot, copy again and start it with DST as DATABASE_URL. A copy replaces
    an earlier one, and nothing else: a DST that a bot has used since is left alone.
    """
    from bot.store.copy import copy_database

    counts = asyncio.run(copy_database(src, dst))
    for name, count in counts.items():
        click.echo(f"{count:>12,}  {name}")
    click.echo(f"{sum(counts.values()):>12,}  rows copied; SRC and DST have the same number in each table.")

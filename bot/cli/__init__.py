"""The command line, and the composition root: settings, catalog, store and bot are joined here.

Exit codes: 0 done or found, 1 nothing fits or problems found, 2 wrong use; 3 a catalog was changed by `sync`; and at
`run` 3 the database cannot be used, 4 Discord refuses the bot, 5 Discord cannot be reached.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from bot.catalogs import Filters, Library
from bot.characters import escaped
from bot.cli.checking import check
from bot.cli.curating import CURATING, imported, today
from bot.cli.options import READABLE, catalog_here, catalog_option, examples, load
from bot.errors import CatalogError, DiscordRefused, DiscordUnreachable, StoreError, StudybotError
from bot.language import languages
from bot.settings import read_settings
from bot.terminal import answer_json, answer_text, as_line, path_json, path_text

MOST_HITS = 25
"""Most hits that may be asked for: more than that is not an answer but the path."""


EXIT_CODES: dict[type[StudybotError], int] = {StoreError: 3, DiscordRefused: 4, DiscordUnreachable: 5}
"""What a process that could not go on ends with; 2 for every other error."""


class _Main(click.Group):
    """The group of commands; turns errors for people into messages and exit codes, in this one place."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command; never lets a StudybotError through."""
        try:
            return super().invoke(ctx)
        except CatalogError as error:
            click.echo(str(error), err=True)
            count = len(error.problems)
            more = "" if error.is_whole else "at least "
            click.secho(f"{more}{count:,} problem{'s' * (count != 1)} found.".capitalize(), fg="red", err=True)
            ctx.exit(1)
        except StudybotError as error:
            click.echo(f"{click.style('studybot:', fg='red')} {error}", err=True)
            ctx.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 2))


@click.group(
    cls=_Main,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples("studybot demo", 'studybot recommend "kv cache"'),
)
@click.version_option(version("studybot"), prog_name="studybot")
def main() -> None:
    """The chat front end of a curated reading list: recommendations, an ordered path, a weekly prompt."""


@main.command(
    epilog=examples(
        "DISCORD_TOKEN=… studybot run", "studybot run --catalog lists/", "studybot run --index reading-list.md"
    )
)
@click.option(
    "--catalog",
    "catalog_path",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="The list to serve, or a folder of lists. Default: catalog.yaml here, else the one that comes with studybot.",
)
@click.option(
    "--index", type=click.Path(exists=True, path_type=Path), help="A Markdown index to import and serve, without YAML."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is logged; no level writes tokens or what members type.",
)
def run(catalog_path: Path | None, index: Path | None, log_level: str) -> None:
    """Run the bot on Discord.

    Needs DISCORD_TOKEN in the environment or in a file .env here; DATABASE_URL says where the state lives (default:
    sqlite:///studybot.db). What is changed in a list, or in an index, is served some seconds later, at once on SIGHUP.
    """
    from bot.client import run_bot
    from bot.discord_io.logs import set_up_logging
    from bot.reloading import CatalogReader, IndexReader, Reloader
    from bot.store import Store

    if catalog_path and index:
        raise click.UsageError("--catalog and --index exclude each other: one of them is served.")
    settings = read_settings()
    settings.require_token()
    set_up_logging(log_level)

    async def serve() -> None:
        async with await Store.open(settings.database_url) as store:
            reader = IndexReader(index, store, today) if index else CatalogReader(catalog_path or catalog_here())
            reloader = Reloader(reader)
            await reloader.start()
            await run_bot(settings, reloader, store)

    asyncio.run(serve())
    logging.getLogger("bot").info("studybot stopped")


@main.command(epilog=examples("studybot backup studybot-backup.db", 'studybot backup "backups/$(date -I).db"'))
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE, as it is at this moment, while the bot runs or not.

    DATABASE_URL says which database. To restore a copy, stop the bot and put it in the database's place.
    """
    from bot.store.backup import back_up

    back_up(read_settings().database_url, file)
    click.echo(f"The database is copied to {file}.")


@main.command(epilog=examples("studybot demo", "studybot demo --index README.md", "studybot demo --no-browser"))
@catalog_option
@click.option("--index", type=READABLE, metavar="INDEX", help="A Markdown index to import and try, without a catalog.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The page's port. Default: any free one.")
@click.option("--language", type=click.Choice(languages()), help="The language that the bot speaks. Default: English.")
@click.option("--no-browser", is_flag=True, help="Only print the page's address.")
def demo(catalog_path: Path | None, index: Path | None, port: int, language: str | None, no_browser: bool) -> None:
    """Try the bot in your browser, without a token.

    It runs on a simulated Discord on this machine; nothing reaches the network, and nothing is kept.
    """
    from bot.demo import run_demo

    if catalog_path and index:
        raise click.UsageError("--catalog and --index exclude each other: one list is served.")
    catalog = imported(index).catalog if index else load(catalog_path)
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(run_demo(catalog, port=port, language=language, open_browser=not no_browser, echo=click.echo))


@main.command(
    epilog=examples(
        'studybot recommend "kv cache"',
        'studybot recommend --json --kind video "how does attention work?"',
        "studybot recommend --json - < queries.txt",
    )
)
@catalog_option
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each query.")
@click.option("--kind", help="Only this kind, such as paper or video.")
@click.option("--level", help="Only this level, such as beginner.")
@click.option("--limit", type=click.IntRange(1, MOST_HITS), default=5, show_default=True, help="Most hits.")
@click.pass_context
def recommend(
    ctx: click.Context,
    catalog_path: Path | None,
    query: tuple[str, ...],
    as_json: bool,
    kind: str | None,
    level: str | None,
    limit: int,
) -> None:
    """Find the resources that fit QUERY.

    With - as QUERY, one query is read from each line of standard input. Exit code 1 says that nothing fits.
    """
    library = Library(load(catalog_path))
    filters = Filters.typed(kind, level)
    found, first = False, True
    several = query == ("-",)
    for text in _lines() if several else (_printable(" ".join(query)),):
        if several and not as_json:
            click.secho(f"“{escaped(text)}”" if first else f"\n“{escaped(text)}”", bold=True)
            first = False
        answer = library.search(text, filters, limit)
        found = found or bool(answer.hits)
        click.echo(as_line(answer_json(answer)) if as_json else answer_text(answer, library))
    ctx.exit(0 if found else 1)


@main.command(epilog=examples("studybot path", "studybot path --json"))
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="One JSON list with every step.")
def path(catalog_path: Path | None, as_json: bool) -> None:
    """Print the whole reading list in order."""
    library = Library(load(catalog_path))
    click.echo(as_line(path_json(library)) if as_json else path_text(library))


@main.command(epilog=examples("studybot invite", "studybot invite --client-id 123456789012345678"))
@click.option("--client-id", type=click.IntRange(min=1), help="The application's id. Default: from DISCORD_TOKEN.")
def invite(client_id: int | None) -> None:
    """Print the link that adds the bot to a server.

    The link asks for exactly the permissions that the bot needs, and for nobody's messages.
    """
    from bot.client import invite_link

    click.echo(invite_link(client_id or read_settings().client_id()))


def _lines() -> Iterator[str]:
    """The queries on standard input; empty lines are none."""
    for line in sys.stdin.buffer:
        if text := line.decode(errors="replace").strip("\ufeff \t\r\n"):
            yield text


def _printable(text: str) -> str:
    """An argument without what the terminal could not decode, and so could not print either."""
    return text.encode(errors="replace").decode()


for _command in (*CURATING, check):
    main.add_command(_command)

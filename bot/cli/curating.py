"""The commands for catalogs: import an index, keep a catalog up to date with it, print the schema.

What they import is imported when they run: the bot itself, started by `studybot run`, needs none of it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot.characters import escaped, inert
from bot.cli.options import CATALOG, READABLE, base_option, examples
from bot.cli.progress import progress_bar
from bot.errors import StudybotError

if TYPE_CHECKING:
    from bot.importing import Imported

CHANGED = 3
"""The exit code of a sync that changed something: a scheduled job opens a pull request then."""


def imported(index: Path, *, base: str | None = None) -> Imported:
    """An index as a catalog, with a progress bar where that takes long; the report goes to standard error."""
    from bot.importing import import_index, report

    with progress_bar("Reading") as on_progress:
        found = import_index(index, sys.stdin.buffer, base=base, on_progress=on_progress)
    click.echo(_pasteable(report(found.draft), sys.stderr), err=True)
    return found


@click.command(
    "import",
    epilog=examples(
        "studybot import README.md -o catalog.yaml",
        "studybot import lectures/ --base https://example.org/course/ -o catalog.yaml",
        "curl -s https://example.org/list.md | studybot import - > catalog.yaml",
    ),
)
@click.argument("index", type=READABLE)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@base_option
def import_command(index: Path, output: Path | None, force: bool, base: str | None) -> None:
    """Make a catalog from INDEX: a Markdown file, a folder of them, or - for standard input.

    Headings become stages, links resources, and the text beside a link its summary. The catalog goes to standard
    output, or to the file that -o names; beside that file the import is kept for `studybot sync`. A report says what
    was left out and why, with lines.
    """
    if output is not None and output.exists() and not force:
        raise StudybotError(f"{output} exists; name another file, replace it with --force, or use: studybot sync")
    found = imported(index, base=base)
    count = len(found.catalog)  # it is read before anything is written
    if output is None:
        click.echo(found.text, nl=False)
    else:
        from bot.importing import write_text

        write_text(output, found.text)
        write_text(kept_beside(output), found.kept)
        click.echo(f"{count:,} resources written to {output}. Try it with: studybot demo --catalog {output}", err=True)


def kept_beside(catalog: Path) -> Path:
    """The file beside a catalog that keeps its last import: catalog.import.yaml for catalog.yaml."""
    catalog = catalog.resolve()
    return catalog.with_name(f"{catalog.stem}.import{catalog.suffix}")


@click.command(
    epilog=examples(
        "studybot sync README.md catalog.yaml --dry-run",
        "studybot sync lectures/ catalog.yaml --base https://example.org/course/",
    )
)
@click.argument("index", type=READABLE)
@click.argument("catalog", type=CATALOG)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--force", is_flag=True, help="Go on if the index lost more than a third of its links.")
@base_option
@click.pass_context
def sync(ctx: click.Context, index: Path, catalog: Path, dry_run: bool, force: bool, base: str | None) -> None:
    """Update CATALOG from a changed INDEX that it was imported from.

    What the index changed since the last import is taken over where you changed nothing: new links, titles, summaries,
    addresses, places. Links that are gone are retired. All that you wrote stays as it is, to the byte. Exit code 3 says
    that something changed, 0 that nothing did.
    """
    from bot.importing import read_catalog_text, sync_index, write_text

    before, beside = read_catalog_text(catalog), kept_beside(catalog)
    last = read_catalog_text(beside) if beside.exists() else None
    with progress_bar("Reading") as on_progress:
        synced = sync_index(
            index, sys.stdin.buffer, before, catalog.name, today(),
            last=last, base=base, force=force, on_progress=on_progress,
        )  # fmt: skip
    click.echo(_pasteable(synced.report(), sys.stdout))
    if dry_run:
        click.echo(_shown(synced.diff(str(catalog))), nl=False)
    elif synced.after != before:
        write_text(catalog, synced.after)
    if not dry_run and synced.imported != last:
        write_text(beside, synced.imported)
    ctx.exit(CHANGED if synced.after != before else 0)


def _pasteable(report: str, stream: TextIO) -> str:
    """A report: in a file or a pipe, from where a workflow may post it, without what would act there."""
    return report if stream.isatty() else inert(report)


def _shown(diff: str) -> str:
    """A patch: in a file or a pipe to the byte, on a terminal without what could steer it."""
    if not sys.stdout.isatty():
        return diff
    return "\n".join("\t".join(map(escaped, line.split("\t"))) for line in diff.split("\n"))


def today() -> date:
    """The date in UTC, for links that are added now."""
    return datetime.now(UTC).date()


@click.command(epilog=examples("studybot schema > catalog.schema.json"))
def schema() -> None:
    """Print the JSON Schema of catalog.yaml, for editors that complete and check as you type.

    Name the printed file in the first line of a catalog: # yaml-language-server: $schema=catalog.schema.json
    """
    from bot.catalog.schema import catalog_schema

    click.echo(json.dumps(catalog_schema(), indent=2))


CURATING: tuple[click.Command, ...] = (import_command, sync, schema)
"""The commands of this module, in the order of the help."""

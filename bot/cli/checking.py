"""`studybot check`: problems, dead links and thin places of a catalog; as text, as JSON, or as notes on GitHub."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import click

from bot.catalog import Catalog
from bot.catalog.loading import parse_catalog_file
from bot.catalog.quality import Gap, Thin, thin_resources
from bot.catalog.reading import read_bytes
from bot.characters import escaped
from bot.cli.options import CATALOG, catalog_here, examples
from bot.cli.progress import progress_bar
from bot.errors import CatalogError, Problem
from bot.links import Verdict, Visit, find_lychee, visit

PROBLEMS = 1
"""The exit code of a catalog with problems or dead links."""


class Severity(StrEnum):
    """How GitHub shows a finding."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to be seen at a line of the file; line 0 is the file as a whole."""

    severity: Severity
    line: int
    text: str


@dataclass(slots=True)
class Checked:
    """All that a check found in a catalog; without a catalog there are problems."""

    path: Path
    catalog: Catalog | None = None
    problems: tuple[Problem, ...] = ()
    warnings: Sequence[Problem] = ()
    lines: dict[str, int] = field(default_factory=dict)
    visits: dict[str, Visit] | None = None
    thin: list[Thin] | None = None

    @property
    def failed(self) -> bool:
        """Whether the exit code says so: there are problems or dead links."""
        return bool(self.problems) or any(one.verdict is Verdict.DEAD for one in (self.visits or {}).values())

    def findings(self) -> Iterator[Finding]:
        """What there is to see, problems first, then links, then thin places."""
        for problem in self.problems:
            yield Finding(Severity.ERROR, problem.line, problem.text)
        for warning in self.warnings:
            yield Finding(Severity.WARNING, warning.line, escaped(f"warning: {warning.text}"))
        for id_, one in (self.visits or {}).items():
            if one.verdict is not Verdict.FINE:
                yield Finding(_SEVERITIES[one.verdict], self.lines.get(id_, 0), _said(id_, one))
        for thin in self.thin or ():
            text = f'resource "{thin.resource.id}": {", ".join(thin.gaps)}'
            yield Finding(Severity.NOTICE, self.lines.get(thin.resource.id, 0), text)


_SEVERITIES = {Verdict.DEAD: Severity.ERROR, Verdict.MOVED: Severity.WARNING, Verdict.UNKNOWN: Severity.NOTICE}


def _said(id_: str, one: Visit) -> str:
    said = f'resource "{id_}": {one.url} {_WORDS[one.verdict]}'
    if one.verdict is Verdict.MOVED:
        said = f"{said} {'for good' if one.permanent else 'for now'}, to {one.address}"
    else:
        said += f" ({one.detail})" + (f"; a copy is at {one.archived}" if one.archived else "")
    return escaped(said)  # where a page has moved is for its host to say


_WORDS = {Verdict.DEAD: "is dead", Verdict.MOVED: "has moved", Verdict.UNKNOWN: "could not be told"}


@click.command(epilog=examples("studybot check", "studybot check my-index.yaml --links", "studybot check --github"))
@click.argument("catalog", required=False, type=CATALOG)
@click.option("--catalog", "catalog_path", type=CATALOG, metavar="PATH", help="The same as the argument.")
@click.option("--links", is_flag=True, help="Visit every link too; needs the extra “links”, or lychee on PATH.")
@click.option("--quality", is_flag=True, help="Also say what resources lack: summary, kind, topics, prompt.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all that was found.")
@click.option("--github", is_flag=True, help="Annotations for a workflow on GitHub.")
@click.pass_context
def check(
    ctx: click.Context,
    catalog: Path | None,
    catalog_path: Path | None,
    links: bool,
    quality: bool,
    as_json: bool,
    github: bool,
) -> None:
    """Report every problem of CATALOG, each with its line.

    Exit code 1 says that there are problems, or dead links. A link is dead only if its page is gone (404 or 410) in
    two visits; walls against robots, busy hosts and time-outs are "could not tell", and fail nothing.
    """
    path = catalog or catalog_path or catalog_here()
    try:
        checked = _check(path, links=links, quality=quality)
    except CatalogError as error:
        if not (as_json or github):
            raise
        checked = Checked(path, problems=error.problems)
    if as_json:
        click.echo(json.dumps(_json(checked), ensure_ascii=False))
    elif github:
        for finding in checked.findings():
            click.echo(_annotation(path, finding))
    else:
        click.echo("\n".join(_text(checked)))
    ctx.exit(PROBLEMS if checked.failed else 0)


def _check(path: Path, *, links: bool, quality: bool) -> Checked:
    lychee = find_lychee() if links else ""
    file = parse_catalog_file(read_bytes(path), path.name)
    catalog = file.catalog
    checked = Checked(path, catalog, warnings=file.warnings, lines=file.lines)
    if quality:
        checked.thin = thin_resources(catalog)
    if links:
        with progress_bar("Visiting") as on_progress:
            visits = {one.url: one for one in visit((one.url for one in catalog), lychee, on_progress)}
        checked.visits = {one.id: visits[one.url] for one in catalog}
    return checked


def _text(checked: Checked) -> Iterator[str]:
    for finding in checked.findings():
        yield f"{checked.path.name}:{finding.line}: {finding.text}"
    if checked.catalog is None:
        return
    if checked.thin is not None:
        yield _counts(checked.catalog, checked.thin)
    if checked.visits is not None:
        counts = Counter(one.verdict for one in checked.visits.values())
        yield f"Links: {', '.join(f'{counts[verdict]} {verdict}' for verdict in Verdict if counts[verdict])}."
    yield f"{checked.catalog.title}: {_verdict(checked)} ({_size(checked.catalog)})."


def _verdict(checked: Checked) -> str:
    dead = sum(one.verdict is Verdict.DEAD for one in (checked.visits or {}).values())
    if not dead:
        return click.style("no problems", fg="green")
    return click.style(f"{dead} dead link{'s' * (dead != 1)}", fg="red")


def _counts(catalog: Catalog, thin: list[Thin]) -> str:
    counts = Counter(gap for one in thin for gap in one.gaps)
    return f"Of {len(catalog)} resources: {', '.join(f'{counts[gap]} with {gap}' for gap in Gap)}."


def _size(catalog: Catalog) -> str:
    numbers = {
        "resource": len(catalog),
        "stage": len(catalog.stages),
        "track": len(catalog.tracks),
        "topic": len(catalog.topics),
    }
    retired = [f"{len(catalog.retired)} retired"] if catalog.retired else []
    return ", ".join([*(f"{number} {noun}{'s' * (number != 1)}" for noun, number in numbers.items()), *retired])


def _json(checked: Checked) -> dict[str, object]:
    found: dict[str, object] = {
        "catalog": str(checked.path),
        "problems": [{"line": problem.line, "text": problem.text} for problem in checked.problems],
        "warnings": [{"line": warning.line, "text": warning.text} for warning in checked.warnings],
    }
    if checked.catalog is not None:
        found["resources"] = len(checked.catalog)
    if checked.visits is not None:
        found["links"] = [_visit_json(checked, id_, one) for id_, one in checked.visits.items()]
    if checked.thin is not None:
        found["quality"] = [
            {"id": one.resource.id, "line": checked.lines.get(one.resource.id, 0), "gaps": list(one.gaps)}
            for one in checked.thin
        ]
    return found


def _visit_json(checked: Checked, id_: str, one: Visit) -> dict[str, object]:
    return {
        "id": id_,
        "line": checked.lines.get(id_, 0),
        "url": one.url,
        "verdict": one.verdict,
        "detail": one.detail,
        "address": one.address,
        "permanent": one.permanent,
        "archived": one.archived,
    }


def _annotation(path: Path, finding: Finding) -> str:
    """A workflow command of GitHub's, with the characters escaped that would end it or its properties."""
    text = finding.text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = str(path).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    line = f",line={finding.line}" if finding.line else ""
    return f"::{finding.severity} file={file}{line}::{text}"

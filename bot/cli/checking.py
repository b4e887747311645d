"""`studybot check`: a catalog's problems, dead links and gaps; as text, as JSON, or as annotations on GitHub."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import click

from bot.catalog import Catalog
from bot.catalog.loading import parse_catalog_file
from bot.catalog.quality import Gap, Incomplete, incomplete_resources, looks_like_advert
from bot.catalog.reading import read_bytes
from bot.characters import escaped, inert
from bot.cli.options import CATALOG, catalog_here, examples
from bot.cli.progress import progress_bar
from bot.errors import CatalogError, Problem
from bot.links import Verdict, Visit, find_lychee, visit

EXAMPLES = 10
"""Incomplete resources that are shown as text. All of them scroll the counts away; the rest is in --json."""
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
    visits: Sequence[tuple[str, Visit]] | None = None
    incomplete: list[Incomplete] | None = None

    @property
    def failed(self) -> bool:
        """Whether the exit code says so: there are problems or dead links."""
        return bool(self.problems) or any(one.verdict is Verdict.DEAD for _, one in self.visits or ())

    def findings(self) -> Iterator[Finding]:
        """What there is to see: problems, warnings, links, gaps."""
        for problem in self.problems:
            yield Finding(Severity.ERROR, problem.line, problem.text)
        for warning in self.warnings:
            yield Finding(Severity.WARNING, warning.line, escaped(warning.text))
        for id_, one in self.visits or ():
            if one.verdict is not Verdict.FINE:
                # Where a page has moved is for its host to say.
                text = escaped(f'resource "{id_}": {one.url} {_sentence(one)}')
                yield Finding(_SEVERITIES[one.verdict], self.lines.get(id_, 0), text)
        yield from self._gaps()

    def _gaps(self) -> Iterator[Finding]:
        if self.incomplete is None or self.catalog is None:
            return
        first = next(iter(self.catalog), None)
        if first is not None and looks_like_advert(first):
            text = f'step 1, "{escaped(first.title)}", looks like an advert; the path begins with it'
            yield Finding(Severity.WARNING, self.lines.get(first.id, 0), text)
        for one in self.incomplete:
            title = f' ("{escaped(one.resource.title)}")' if Gap.TITLE in one.gaps else ""
            text = f'resource "{one.resource.id}"{title}: {", ".join(one.gaps)}'
            yield Finding(Severity.NOTICE, self.lines.get(one.resource.id, 0), text)


_SEVERITIES = {
    Verdict.DEAD: Severity.ERROR,
    Verdict.MOVED: Severity.WARNING,
    Verdict.FRONT_PAGE: Severity.WARNING,
    Verdict.UNKNOWN: Severity.NOTICE,
}


def _sentence(one: Visit) -> str:
    """What came of a visit, after the address."""
    if one.verdict is Verdict.MOVED:
        return f"has moved {'for good' if one.permanent else 'for now'}, to {one.address}"
    if one.verdict is Verdict.FRONT_PAGE:
        return f"leads to the front page {one.address}; is the page gone?"
    if one.verdict is Verdict.DEAD:
        return f"is dead ({one.detail})" + (f"; a copy is at {one.archived}" if one.archived else "")
    return f"could not be checked ({one.detail})"


@click.command(epilog=examples("studybot check", "studybot check my-index.yaml --links", "studybot check --github"))
@click.argument("catalog", required=False, type=CATALOG)
@click.option("--catalog", "catalog_path", type=CATALOG, metavar="PATH", help="The same as the argument.")
@click.option("--links", is_flag=True, help="Visit every link too; needs the extra “links”, or lychee on PATH.")
@click.option("--quality", is_flag=True, help="Also show what resources lack: a name, summary, kind, topics, prompt.")
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

    Exit code 1 means problems or dead links. A link is dead only if its page is gone (404 or 410) in two visits; bot
    protection, busy hosts and timeouts count as "could not be checked", and fail nothing. Private addresses are not
    visited.
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
        text = "\n".join(_text(checked))
        click.echo(text if sys.stdout.isatty() else inert(text))
    ctx.exit(PROBLEMS if checked.failed else 0)


def _check(path: Path, *, links: bool, quality: bool) -> Checked:
    lychee = find_lychee() if links else ""
    file = parse_catalog_file(read_bytes(path), path.name)
    catalog = file.catalog
    checked = Checked(path, catalog, warnings=file.warnings, lines=file.lines)
    if quality:
        checked.incomplete = incomplete_resources(catalog)
    if links:
        addresses = [(one.id, url) for one in catalog for url in (one.url, *one.links.values())]
        with progress_bar("Visiting") as on_progress:
            visits = {one.url: one for one in visit((url for _, url in addresses), lychee, on_progress)}
        checked.visits = [(id_, visits[url]) for id_, url in addresses]
    return checked


def _text(checked: Checked) -> Iterator[str]:
    findings = list(checked.findings())
    gaps = max(0, len(checked.incomplete or ()) - EXAMPLES)
    for finding in findings[: len(findings) - gaps]:
        yield f"{checked.path.name}:{finding.line}: {finding.text}"
    if gaps:
        yield f"… and {gaps:,} more resources; --json has all of them."
    if checked.catalog is None:
        return
    if checked.incomplete is not None:
        yield _counts(checked.catalog, checked.incomplete)
    if checked.visits is not None:
        counts = Counter(one.verdict for _, one in checked.visits)
        yield f"Links: {', '.join(f'{counts[verdict]} {verdict}' for verdict in Verdict if counts[verdict])}."
    yield f"{checked.catalog.title}: {_verdict(checked)} ({_size(checked.catalog)})."


def _verdict(checked: Checked) -> str:
    dead = sum(one.verdict is Verdict.DEAD for _, one in checked.visits or ())
    if not dead:
        return click.style("no problems", fg="green")
    return click.style(f"{dead} dead link{'s' * (dead != 1)}", fg="red")


def _counts(catalog: Catalog, incomplete: list[Incomplete]) -> str:
    counts = Counter(gap for one in incomplete for gap in one.gaps)
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
        found["links"] = [_visit_json(checked, id_, one) for id_, one in checked.visits]
    if checked.incomplete is not None:
        first = next(iter(checked.catalog or ()), None)
        found["advert"] = first is not None and looks_like_advert(first)
        found["quality"] = [
            {"id": one.resource.id, "line": checked.lines.get(one.resource.id, 0), "gaps": list(one.gaps)}
            for one in checked.incomplete
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

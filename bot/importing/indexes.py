"""From an index to the text of a catalog, and what to say about it."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from bot.catalog import Catalog, parse_catalog
from bot.catalog.addresses import lookalike
from bot.characters import escaped
from bot.errors import CatalogError, Problem
from bot.importing.blocks import LeftOut, Source
from bot.importing.drafting import Draft, draft
from bot.importing.markdown import OnProgress, no_progress
from bot.importing.meta import Reason
from bot.importing.sources import STANDARD_INPUT, read_index
from bot.importing.sync import Synced, sync_catalog
from bot.importing.writing import HEADER, catalog_text

KEPT_HEADER = """\
# The last import, kept for `studybot sync`: it shows what the index changed and what you did. Don't edit it.
"""

MAX_ENTRIES = 10_000
"""Resources that are imported. Three times the largest list that was found; more would take too long."""

MOST_NAMED = 20
"""Most addresses of a kind that are shown one by one; of the others the lines are named."""
_NAMED = (
    Reason.RELATIVE, Reason.MALFORMED, Reason.PRIVATE, Reason.TOO_LONG, Reason.NOT_WEB, Reason.UNUSED, Reason.UNDEFINED,
    Reason.UNREAD, Reason.INTRO,
)  # fmt: skip
"""What a curator may want to correct in the index; the others are counted, with their lines."""


@dataclass(frozen=True)
class Imported:
    """An index as the text of a catalog, and the draft with what was left out."""

    text: str
    draft: Draft
    base: str | None = None

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, read from its text as a person's file is; raises CatalogError if it has problems."""
        return parse_catalog(self.text, self.draft.origin.removeprefix("Imported from "))

    @property
    def kept(self) -> str:
        """What is kept beside the catalog, so that the next sync knows what a person changed since."""
        options = f"# base: {self.base}\n" if self.base else ""
        return f"{KEPT_HEADER}{options}{self.text.removeprefix(HEADER)}"


def import_index(
    path: Path, stdin: BinaryIO, *, base: str | None = None, on_progress: OnProgress = no_progress
) -> Imported:
    """Read an index and make a catalog of it.

    `path` is a Markdown file, a folder of them, or `-` for `stdin`; relative links are resolved against `base`, or
    left out without one. Raises CatalogError, with the index's line, for what is no index.
    """
    with without_garbage_collection():
        made = draft_index(path, stdin, base=base, on_progress=on_progress)
        text = catalog_text(made)
        on_progress(0.8)
        return Imported(text, made, base)


def draft_index(
    path: Path, stdin: BinaryIO, *, base: str | None = None, on_progress: OnProgress = no_progress
) -> Draft:
    """Read an index as a draft of a catalog; parameters and errors are those of `import_index`."""
    name = "standard input" if str(path) == STANDARD_INPUT else path.resolve().name
    outline, title = read_index(path, stdin, on_progress)
    origin = f"Imported from {name}" if base is None else f"Imported from {base}"
    made = draft(outline, title, origin, base, on_progress)
    entries = list(made.entries)
    if not entries:
        raise CatalogError(name, [_no_links(made)])
    if len(entries) > MAX_ENTRIES:
        what = f"has more than {MAX_ENTRIES:,} resources, the most that are imported; part it into several lists"
        raise CatalogError(entries[MAX_ENTRIES].source.name, [Problem(entries[MAX_ENTRIES].source.line, what)])
    return made


def _no_links(made: Draft) -> Problem:
    relative = [one.source.line for one in made.left_out if one.reason is Reason.RELATIVE]
    if relative:
        count = len(relative)
        return Problem(relative[0], f"has only relative links ({count}); give the index's address with --base URL")
    return Problem(0, "has no links to the web; is it a Markdown index?")


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Hold the collector back: all that is read stays in use to the end, and walking it again and again takes a
    quarter of the time at ten thousand links."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sync_index(
    path: Path,
    stdin: BinaryIO,
    text: str,
    source: str,
    today: date,
    *,
    last: str | None = None,
    base: str | None = None,
    force: bool = False,
    on_progress: OnProgress = no_progress,
) -> Synced:
    """Bring a changed index into a catalog, of which `text` is the file and `source` its name.

    `last` is the text of its last import: `Synced.imported` of the last sync, or `Imported.kept`. Without `base` that
    of the last import is used. Links that are new are marked as added `today`; an index that lost over a third of its
    links needs `force`. Raises CatalogError for what is no index, for a catalog with problems, and for one that is not
    this index's.
    """
    catalog = parse_catalog(text, source)
    base = base or base_of(last or "") or _base_in(catalog.source)
    with without_garbage_collection():
        found = import_index(path, stdin, base=base, on_progress=on_progress)
        synced = sync_catalog(found.kept, text, source, today, last=last, force=force)
        parse_catalog(synced.after, source)
    return synced


def _base_in(source: str) -> str | None:
    found = re.fullmatch(r"Imported from (https?://\S+)", source)
    return found[1] if found else None


def base_of(kept: str) -> str | None:
    """The address that relative links were resolved against in an import that was kept; None if there was none."""
    found = re.search(r"^# base: (\S+)$", kept[:1000], re.MULTILINE)
    return found[1] if found else None


# -- the report


def report(made: Draft) -> str:
    """What an import took, merged and left out, for people; every line is named."""
    return "\n".join(map(escaped, _lines(made)))  # what it repeats of an index may hold anything


def _lines(made: Draft) -> Iterator[str]:
    stages = sum(not group.is_track for group in made.groups)
    tracks = len(made.groups) - stages
    parts = [_count(stages, "stage"), *([_count(tracks, "track")] if tracks else [])]
    further = sum(len(entry.links) for entry in made.entries)
    more = f", with {_count(further, 'further link')}" if further else ""
    yield f"{made.title}: {_count(sum(1 for _ in made.entries), 'resource')} in {' and '.join(parts)}{more}."
    unread = sum(one.reason in (Reason.UNREAD, Reason.IN_CODE) for one in made.left_out)
    if made.addresses:
        read = made.addresses - min(unread, made.addresses)
        yield f"{read:,} of {_count(made.addresses, 'address', 'es')} in the file were read."
    if made.merged:
        yield f"Merged, because an earlier link leads to the same page: {len(made.merged)}"
        named = [
            f"“{one.title}” ({one.source}): same page as “{one.entry.title}” (line {one.entry.source.line})"
            for one in made.merged
        ]
        yield from _some(named, [one.source for one in made.merged])
    if made.left_out:
        yield f"Left out: {len(made.left_out)}"
        for reason in Reason:
            yield from _of(reason, [one for one in made.left_out if one.reason is reason])
    alike = [(entry.source, host) for entry in made.entries if (host := lookalike(entry.url))]
    if alike:
        yield f"Hosts that look like another, as the domain name system has them: {len(alike)}"
        yield from _some([f"{source} {host}" for source, host in alike], [source for source, _ in alike])
    for what, sources in (("Items without a link", made.unlinked), ("Sections without a resource", made.empty)):
        if sources:
            yield f"{what}: {len(sources)} ({_where(sources)})"


def _of(reason: Reason, left_out: Sequence[LeftOut]) -> Iterator[str]:
    if not left_out:
        return
    if reason in _NAMED:
        yield f"  {reason.value}: {len(left_out)}"
        yield from _some([f"{one.source} {one.address}" for one in left_out], [one.source for one in left_out])
    else:
        yield f"  {reason.value}: {len(left_out)} ({_where([one.source for one in left_out])})"


def _some(named: Sequence[str], sources: Sequence[Source]) -> Iterator[str]:
    yield from (f"    {line}" for line in named[:MOST_NAMED])
    if len(named) > MOST_NAMED:
        yield f"    and {len(named) - MOST_NAMED} more: {_where(sources[MOST_NAMED:])}"


def _where(sources: Sequence[Source]) -> str:
    """The lines of some places, by file: `README.md:3, 7-9`."""
    by_file: dict[str, set[int]] = {}
    for source in sources:
        by_file.setdefault(source.name, set()).add(source.line)
    return "; ".join(f"{name}:{_ranges(sorted(lines))}" for name, lines in by_file.items())


def _ranges(lines: Sequence[int]) -> str:
    runs = [[line for _, line in run] for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{plural * (number != 1)}"

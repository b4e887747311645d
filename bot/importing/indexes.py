"""From an index to a catalog that is known to load."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from bot.catalog import Catalog, parse_catalog
from bot.errors import CatalogError, Problem
from bot.importing.blocks import Reason
from bot.importing.drafting import Draft, draft
from bot.importing.progress import OnProgress, unseen
from bot.importing.sources import STANDARD_INPUT, read_index
from bot.importing.sync import Synced, sync_catalog
from bot.importing.topics import propose_topics
from bot.importing.writing import catalog_text


@dataclass(frozen=True, slots=True)
class Imported:
    """An index as a catalog: the text of its file, the catalog itself, and the draft with what was left out."""

    text: str
    catalog: Catalog
    draft: Draft


def import_index(
    path: Path,
    stdin: BinaryIO,
    *,
    base: str | None = None,
    topics: bool = False,
    on_progress: OnProgress = unseen,
) -> Imported:
    """Read an index and make a catalog of it.

    `path` is a Markdown file, a folder of them, or `-` for `stdin`; relative links are resolved against `base`, or
    left out without one; with `topics` some are proposed. Raises CatalogError for what is no index.
    """
    with _without_garbage_collection():
        made = draft_index(path, stdin, base=base, on_progress=on_progress)
        if topics:
            propose_topics(made)
        text = catalog_text(made)
        on_progress(0.8)
        return Imported(text, parse_catalog(text, "catalog.yaml"), made)


def draft_index(path: Path, stdin: BinaryIO, *, base: str | None = None, on_progress: OnProgress = unseen) -> Draft:
    """Read an index as a draft of a catalog; parameters and errors are those of `import_index`."""
    name = "standard input" if str(path) == STANDARD_INPUT else path.resolve().name
    outline, title = read_index(path, stdin, on_progress)
    made = draft(
        outline, title, f"Imported from {name}" if base is None else f"Imported from {base}", base, on_progress
    )
    if not any(True for _ in made.entries):
        raise CatalogError(name, [_no_links(made)])
    return made


def _no_links(made: Draft) -> Problem:
    relative = [one.source.line for one in made.left_out if one.reason is Reason.RELATIVE]
    if relative:
        count = len(relative)
        return Problem(
            relative[0], f"has no links but relative ones ({count}); give the index's address with --base URL"
        )
    return Problem(0, "has no links to the web; is it a Markdown index?")


def sync_index(
    path: Path,
    stdin: BinaryIO,
    text: str,
    source: str,
    today: date,
    *,
    base: str | None = None,
    on_progress: OnProgress = unseen,
) -> Synced:
    """Bring a changed index into a catalog, of which `text` is the file and `source` its name.

    Links that are new are marked as added `today`; the other parameters are those of `import_index`. Raises
    CatalogError for what is no index, for a catalog with problems, and for one that is not this index's.
    """
    parse_catalog(text, source)
    with _without_garbage_collection():
        made = draft_index(path, stdin, base=base, on_progress=on_progress)
        synced = sync_catalog(made, text, source, today)
        parse_catalog(synced.after, source)
    return synced


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Hold the collector back: all that is read stays in use to the end, and walking it again and again takes a
    quarter of the time at ten thousand links."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

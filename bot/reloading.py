"""Lists that change while the bot runs: their files are read again when their contents change.

    files --contents differ, twice the same--> read and indexed in a thread --> Catalogs.serve
                                                       └── problems --> the log, and once the bot's owner

A file with problems changes nothing. Contents are compared, not times: that costs some milliseconds for the largest
list, needs no library, and holds for a file that is written in place, renamed over, checked out by git, or on NFS.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from io import BytesIO
from pathlib import Path

from bot.catalog import Catalog, load_catalog, parse_catalog
from bot.catalog.reading import MAX_BYTES
from bot.catalogs import Catalogs, Library
from bot.errors import CatalogError, Problem, StudybotError
from bot.store import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Seconds between two looks; a change is served after two or three. At 0.1 a list of 4 MB takes 5 % of a core."""
SWITCH_SECONDS = 0.0005
"""Seconds after which a thread that reads a list lets others go on. At Python's own 0.005 an answer, which changes
threads a dozen times, has a 99th percentile of 4.5 times the usual one (`tests.benchmarks.reload`), now 2.8."""
CATALOG_SUFFIXES = (".yaml", ".yml")
"""How the names of catalogs in a folder end; one that ends in `.import.yaml` is the last import, kept for a sync."""

Report = Callable[[StudybotError], Awaitable[None]]
"""Carries a problem to a person who can fix it."""


def catalog_files(path: Path) -> list[Path]:
    """The catalogs at a path, by name: the file itself, or those in a folder."""
    if not path.is_dir():
        return [path]
    found = (one for one in path.iterdir() if one.suffix in CATALOG_SUFFIXES and not one.name.startswith("."))
    return sorted(one for one in found if not one.stem.endswith(".import"))


class CatalogReader:
    """Reads the lists of `--catalog`: a file, or every one of a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> list[Path]:
        """What is watched: a list for each."""
        return catalog_files(self.path)

    async def read(self, file: Path) -> Catalog:
        """The catalog in a file; raises CatalogError."""
        return await asyncio.to_thread(load_catalog, file)


class IndexReader:
    """Reads the list of `--index`: a Markdown file or a folder of them, merged into what was imported before.

    The catalog and its last import stay in the database, so that ids outlive a restart; `today` returns the date.
    """

    def __init__(self, path: Path, store: Store, today: Callable[[], date]) -> None:
        self.path, self._store, self._today = path, store, today
        self._key = f"index:{hashlib.sha256(str(path.resolve()).encode()).hexdigest()}"

    def files(self) -> list[Path]:
        """The index alone."""
        return [self.path]

    async def read(self, file: Path) -> Catalog:
        """The catalog after the index was merged into it; raises CatalogError, and then what is kept stays."""
        kept = await self._store.state.get(self._key)
        before = json.loads(kept) if kept else None
        after = await asyncio.to_thread(self._merged, before)
        if after != before:
            await self._store.state.put(self._key, json.dumps(after))
        return await asyncio.to_thread(parse_catalog, after["catalog"], file.name)

    async def last(self) -> Catalog | None:
        """The catalog as it was merged last, without a look at the index."""
        kept = await self._store.state.get(self._key)
        return await asyncio.to_thread(parse_catalog, json.loads(kept)["catalog"], self.path.name) if kept else None

    def _merged(self, before: Mapping[str, str] | None) -> dict[str, str]:
        from bot.importing import import_index, sync_index  # most bots serve a catalog

        if before is None:
            found = import_index(self.path, BytesIO())
            return {"catalog": found.text, "import": found.kept}
        synced = sync_index(
            self.path, BytesIO(), before["catalog"], self.path.name, self._today(), last=before["import"]
        )
        return {"catalog": synced.after, "import": synced.imported}


class Reloader:
    """Serves lists from files: `start` once, then `watch` as long as the bot runs."""

    def __init__(self, reader: CatalogReader | IndexReader) -> None:
        self._reader = reader
        self._read: dict[Path, bytes] = {}
        self._seen: dict[Path, bytes] = {}
        self._libraries: dict[Path, Library] = {}
        self._at_once = asyncio.Event()
        self._in_trouble = False
        self.catalogs: Catalogs

    async def start(self) -> Catalogs:
        """The lists as they are now; raises CatalogError for the first with problems.

        An index that cannot be merged is served as it was before, if it was imported once; `watch` reports why.
        """
        contents = await asyncio.to_thread(self._contents)
        if not contents:
            raise self._empty()
        for file in contents:
            try:
                self._libraries[file] = await self._library(file)
                self._read[file] = contents[file]
            except CatalogError:
                last = await self._reader.last() if isinstance(self._reader, IndexReader) else None
                if last is None:
                    raise
                self._libraries[file] = Library(last)
        if doubled := self._doubled():
            raise doubled
        self.catalogs = Catalogs(*self._libraries.values())
        return self.catalogs

    def wake(self) -> None:
        """Look at once, and take what is there."""
        self._at_once.set()

    async def watch(self, report: Report) -> None:
        """Look for changes until cancelled; `report` is awaited when problems begin, not for each of them."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._at_once.wait(), LOOK_SECONDS)
            at_once = self._at_once.is_set()
            self._at_once.clear()
            try:
                await self.look(report, at_once=at_once)
            except Exception:
                log.exception("The lists could not be looked at; the ones that are served stay")

    async def look(self, report: Report, *, at_once: bool = False) -> None:
        """Serve what changed, if it's the same as at the last look: a file that is being written may be half there."""
        contents = await asyncio.to_thread(self._contents)
        settled, self._seen = at_once or contents == self._seen, contents
        if not settled or contents == self._read:
            return
        problems: list[StudybotError] = [] if contents else [self._empty()]
        if contents:
            problems += [error for file in contents if (error := await self._reread(file, contents[file])) is not None]
            self._libraries = {file: self._libraries[file] for file in contents if file in self._libraries}
            if doubled := self._doubled():
                problems.append(doubled)
            elif self._libraries:
                self.catalogs.serve(*self._libraries.values())
        self._read = contents
        for problem in problems:
            log.warning("The lists changed, with problems; what was served stays:\n%s", problem)
        if problems and not self._in_trouble:
            await report(problems[0])
        self._in_trouble = bool(problems)

    async def _reread(self, file: Path, digest: bytes) -> StudybotError | None:
        """Take a file that changed; returns its problems."""
        if self._read.get(file) == digest:
            return None
        try:
            library = await self._library(file)
        except StudybotError as error:
            return error
        self._libraries[file] = library
        catalog = library.catalog
        log.info("%s has changed: serving “%s” (%s resources)", file.name, catalog.title, len(catalog))
        return None

    async def _library(self, file: Path) -> Library:
        """A list, read and indexed off the event loop."""
        with _unhindered():
            return await asyncio.to_thread(Library, await self._reader.read(file))

    def _doubled(self) -> CatalogError | None:
        """The problem of two files whose lists have one id."""
        first: dict[str, Path] = {}
        for file, library in self._libraries.items():
            if (other := first.setdefault(library.catalog.id, file)) is not file:
                return CatalogError(file.name, [Problem(0, f"has the id “{library.catalog.id}”, as {other.name} has")])
        return None

    def _empty(self) -> CatalogError:
        what = "has no catalogs (files that end in .yaml); put one there, or make one with: studybot import"
        return CatalogError(str(self._reader.path), [Problem(0, what)])

    def _contents(self) -> dict[Path, bytes]:
        """A digest of each file that is watched."""
        return {file: _digest(file) for file in self._reader.files()}


def _digest(path: Path) -> bytes:
    """A digest of a file, or of all files in a folder. What can't be read counts as empty."""
    digest = hashlib.blake2b()
    with suppress(OSError):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as opened:
                    digest.update(f"{file.name} {file.stat().st_size}\n".encode())
                    digest.update(opened.read(MAX_BYTES + 1))
    return digest.digest()


@contextmanager
def _unhindered() -> Iterator[None]:
    """Let answers pass while a list is read in a thread: they get the interpreter sooner, and the collector is held
    back, which would stop every answer to walk through the new list again and again.

    What is new stays as long as its list is served. So it's frozen, if the host has frozen the rest (`run_bot`); a list
    holds no cycle, and is freed all the same when it's replaced.
    """
    gc.collect()
    gc.disable()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        if gc.get_freeze_count():
            gc.freeze()
        gc.enable()

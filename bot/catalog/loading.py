"""From a file to a Catalog, or to every problem in it at once.

    catalog.yaml --reading--> data and lines --complete--> data with ids --pydantic--> Catalog
                                                                └──problems--> what entries say of each other

A problem inside an entry hides problems with other entries in the same entry only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.catalog.addresses import lookalike
from bot.catalog.identity import Ids, slug
from bot.catalog.model import MAX_ID, Catalog
from bot.catalog.problems import ENTRIES, Located, Report, groups_of, resources_of, topics_of
from bot.catalog.reading import Document, parse_document, read_bytes
from bot.errors import CatalogError, Problem

_CATALOG = TypeAdapter(Catalog)
_ENTRIES: dict[str, TypeAdapter[object]] = {kind: TypeAdapter(model) for kind, model in ENTRIES.items()}
_KEYS = {model: frozenset(key.name for key in fields(model)) for model in (Catalog, *ENTRIES.values())}


@dataclass(frozen=True)
class CatalogFile:
    """A catalog without problems, and what is worth saying of its file."""

    catalog: Catalog
    document: Document

    @property
    def warnings(self) -> list[Problem]:
        """What YAML leaves out of the texts without a word, and hosts whose letters look like others."""
        return [*self.document.warnings, *self._lookalikes()]

    def _lookalikes(self) -> Iterator[Problem]:
        for one in self.catalog:
            for host in filter(None, map(lookalike, (one.url, *one.links.values()))):
                text = f'resource "{one.id}": the letters of its host look like others: {host}'
                yield Problem(self.lines.get(one.id, 0), text)

    @cached_property
    def lines(self) -> dict[str, int]:
        """The line of each resource's address, by its id."""
        found = resources_of(complete(self.document.data))
        return {str(keys["id"]): self.document.line((*place, "url")) for place, keys in found}


def load_catalog(path: str | Path) -> Catalog:
    """Read and check a catalog file.

    Returns the whole catalog or raises CatalogError with every problem, each with its line. Nothing is
    changed anywhere, so a running bot keeps the catalog it has when this raises.
    """
    path = Path(path)
    return parse_catalog(read_bytes(path), path.name)


def parse_catalog(text: str | bytes, source: str) -> Catalog:
    """Check a catalog that is at hand as text; `source` names it in errors. Raises CatalogError as `load_catalog`."""
    return parse_catalog_file(text, source).catalog


def parse_catalog_file(text: str | bytes, source: str) -> CatalogFile:
    """The same, with warnings and lines."""
    document = parse_document(text, source, _faults)
    data, report = complete(document.data), Report(document)
    try:
        catalog = _CATALOG.validate_python(data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            report.describe(details)
    report.compare(data)
    if report.problems:
        raise CatalogError(source, report.problems, is_whole=report.is_whole)
    return CatalogFile(catalog, document)


def shipped_catalog() -> Path:
    """Where the catalog that comes with studybot lies: beside `bot/` in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "catalog.yaml"
    return installed if installed.is_file() else package.parent / "catalog.yaml"


def _faults(kind: str, entry: object) -> int:
    """How many problems an entry has by itself, without the resources in it, which are entries of their own."""
    if isinstance(entry, dict):
        entry = {"id": "x"} | _without_empty(entry, ENTRIES[kind])
        if isinstance(entry.get("resources"), list):
            del entry["resources"]
    try:
        _ENTRIES[kind].validate_python(entry)
    except ValidationError as error:
        return error.error_count()
    return 0


def complete(data: object) -> object:
    """A copy without the keys that have no value, and with the ids that were left out."""
    data = _without_empty(data, Catalog) if isinstance(data, dict) else data
    _add_ids(groups_of(data), "part")
    _add_ids(resources_of(data), "resource")
    for place, topic in topics_of(data):
        topic["id"] = place[-1]
    return data


def _without_empty(value: dict[str, object], model: type) -> dict[str, object]:
    """A copy of an entry without known keys that have no value: they count as left out. Unknown keys stay."""
    known = _KEYS[model]
    return {key: _copied(key, item) for key, item in value.items() if item is not None or key not in known}


def _copied(key: str, value: object) -> object:
    if (model := ENTRIES.get(key)) is None:
        return value
    if isinstance(value, list):
        return [_without_empty(item, model) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict):
        return {name: _without_empty(item, model) if isinstance(item, dict) else item for name, item in value.items()}
    return value


def _add_ids(entries: list[Located], fallback: str) -> None:
    """Give an id, made from the title, to each entry that has none; ids that were written come first."""
    ids = Ids(str(entry["id"]) for _, entry in entries if "id" in entry)
    for _, entry in entries:
        if "id" not in entry:
            entry["id"] = ids.take(slug(str(entry.get("title", "")), MAX_ID, fallback), MAX_ID)

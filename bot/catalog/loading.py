"""From a file to a Catalog, or to every problem in it at once.

    catalog.yaml --reading--> data and lines --shape--> entries --references--> Catalog

A problem of shape hides problems of reference in the same entry, never in the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from bot.catalog.model import Catalog, Resource, Stage, Topic, Track
from bot.catalog.reading import Document, read_document
from bot.catalog.references import find_problems
from bot.catalog.shape import CatalogEntry, ResourceEntry, StageEntry, TopicEntry, TrackEntry
from bot.catalog.wording import describe
from bot.errors import CatalogError, Problem


def load_catalog(path: str | Path) -> Catalog:
    """Read and check a catalog file.

    Returns the whole catalog or raises CatalogError with every problem, each with its line. Nothing is
    changed anywhere, so a running bot keeps the catalog it has when this raises.
    """
    path = Path(path)
    document = read_document(path)
    entry, problems = _shape(document)
    problems += find_problems(document)
    if problems or entry is None:
        raise CatalogError(path.name, problems)
    return _catalog(entry)


def shipped_catalog() -> Path:
    """Where the catalog that comes with studybot lies: beside `bot/` in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "catalog.yaml"
    return installed if installed.is_file() else package.parent / "catalog.yaml"


def _shape(document: Document) -> tuple[CatalogEntry | None, list[Problem]]:
    try:
        return CatalogEntry.model_validate(document.data), list(document.problems)
    except ValidationError as error:
        found = [describe(document, details) for details in error.errors(include_url=False)]
        return None, [*document.problems, *found]


def _catalog(entry: CatalogEntry) -> Catalog:
    return Catalog(
        title=entry.title,
        description=entry.description,
        source=entry.source,
        prerequisites=tuple(entry.prerequisites),
        topics=MappingProxyType({slug: _topic(slug, topic) for slug, topic in entry.topics.items()}),
        stages=tuple(_stage(stage) for stage in entry.stages),
        tracks=tuple(_track(track) for track in entry.tracks),
    )


def _topic(slug: str, entry: TopicEntry) -> Topic:
    return Topic(id=slug, name=entry.name, aliases=tuple(entry.aliases), broader=tuple(entry.broader))


def _stage(entry: StageEntry) -> Stage:
    return Stage(entry.id, entry.title, entry.goal, _resources(entry.resources))


def _track(entry: TrackEntry) -> Track:
    return Track(entry.id, entry.title, entry.note, _resources(entry.resources))


def _resources(entries: Iterable[ResourceEntry]) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            id=entry.id,
            title=entry.title,
            url=entry.url,
            kind=entry.kind,
            authors=tuple(entry.authors),
            year=entry.year,
            level=entry.level,
            topics=tuple(entry.topics),
            aliases=tuple(entry.aliases),
            summary=entry.summary,
            requires=tuple(entry.requires),
            prompts=tuple(entry.prompts),
        )
        for entry in entries
    )

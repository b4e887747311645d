"""What entries say of each other: unique ids and urls, known topics and prerequisites, no circles.

Works on the data as read, not on checked entries, so that one misshapen entry does not hide the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from bot.catalog.reading import Document, Place
from bot.catalog.wording import did_you_mean, with_name
from bot.errors import Problem

_Located = tuple[Place, Mapping[str, object]]


def find_problems(document: Document) -> list[Problem]:
    """Every problem between the entries of a document, in no particular order."""
    data = document.data
    if not isinstance(data, dict):
        return []
    groups = [*_entries(data.get("stages"), ("stages",)), *_entries(data.get("tracks"), ("tracks",))]
    resources = [entry for place, group in groups for entry in _entries(group.get("resources"), (*place, "resources"))]
    topics = [*_named_entries(data.get("topics"), ("topics",))]
    known_topics = [str(place[-1]) for place, _ in topics]
    known_ids = [str(resource["id"]) for _, resource in resources if "id" in resource]
    report = _Report(document)
    report.empty(resources)
    report.repeated(groups, "id")
    report.repeated(resources, "id")
    report.repeated(resources, "url", same=_same_page)
    report.unknown(resources, "topics", "topic", known_topics)
    report.unknown(resources, "requires", "prerequisite", known_ids)
    report.unknown(topics, "broader", "topic", known_topics)
    report.circles([(place, str(entry.get("id")), _texts(entry.get("requires"))) for place, entry in resources])
    report.circles([(place, str(place[-1]), _texts(entry.get("broader"))) for place, entry in topics])
    return report.problems


class _Report:
    """Collects problems, each with its line and the name of its entry."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []

    def _add(self, place: Place, text: str) -> None:
        self.problems.append(Problem(self._document.line(place), with_name(self._document, place, text)))

    def empty(self, resources: Iterable[_Located]) -> None:
        if not list(resources):
            self._add((), "has no resources; add one under a stage")

    def repeated(self, entries: Iterable[_Located], key: str, same: Callable[[str], str] = str) -> None:
        first: dict[str, int] = {}
        for place, entry in entries:
            value, at = entry.get(key), (*place, key)
            if not isinstance(value, str):
                continue
            line = first.setdefault(same(value), self._document.line(at))
            if line != self._document.line(at):
                self._add(at, f'{key} "{value}" is used already in line {line}')

    def unknown(self, entries: Iterable[_Located], key: str, noun: str, known: list[str]) -> None:
        names = set(known)
        for place, entry in entries:
            for index, value in enumerate(_texts(entry.get(key))):
                if value not in names:
                    self._add((*place, key, index), f'unknown {noun} "{value}"{did_you_mean(value, known)}')

    def circles(self, nodes: list[tuple[Place, str, list[str]]]) -> None:
        """One problem for each circle; those that share an entry count as one."""
        places = {name: place for place, name, _ in nodes}
        graph = {name: [to for to in targets if to in places] for _, name, targets in nodes}
        while circle := _circle(graph):
            self._add(places[circle[0]], f"leads back to itself: {' → '.join(circle)}")
            for name in circle:
                graph.pop(name, None)
            graph = {name: [to for to in targets if to in graph] for name, targets in graph.items()}


def _circle(graph: Mapping[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib walks from a prerequisite to what needs it; people read it the other way round.
        return [str(name) for name in reversed(error.args[1])]
    return []


def _same_page(url: str) -> str:
    """An address without what never tells two pages apart: a trailing slash and the case of scheme and host."""
    scheme, separator, rest = url.strip().partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{separator}{host.lower()}{slash}{path}".rstrip("/")


def _entries(value: object, place: Place) -> Iterator[_Located]:
    for index, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, dict):
            yield (*place, index), entry


def _named_entries(value: object, place: Place) -> Iterator[_Located]:
    for name, entry in (value if isinstance(value, dict) else {}).items():
        yield (*place, name), entry if isinstance(entry, dict) else {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

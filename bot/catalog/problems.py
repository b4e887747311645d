"""What is wrong with a catalog, in words that a curator can act on.

Two sources: `Report.describe` words what pydantic found in one entry; `Report.compare` finds what entries say of each
other: repeated ids and pages, unknown topics and prerequisites, cycles. The second works on the data as read, not on
checked entries, so that one malformed entry does not hide the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.catalog.identity import canonical_page, slug
from bot.catalog.model import MAX_ID, Catalog, Resource, Stage, Topic, Track
from bot.catalog.reading import MAX_FAULTS, Document, Place, shortened
from bot.errors import Problem

MAX_HINTS = 20
"""How many unknown names are compared with the known ones. Without a limit a file of unknown names is compared with
itself; a curator fixes the first ones first."""
HINT_LENGTH = 64
"""Characters of a name that are compared: those of the longest id."""
CYCLE_NAMES = 6
"""Names of a cycle that are shown; of a longer one the first and the last."""
MIN_SIMILARITY = 60.0
"""The similarity (0 to 100) from which a known name is offered. At 0 any is; at 90 "topik" is not "topic"."""

ENTRIES: Mapping[str, type] = {"stages": Stage, "tracks": Track, "resources": Resource, "topics": Topic}
"""The keys that hold entries, and the class of each."""

Located = tuple[Place, dict[str, object]]
"""An entry as read, with its place in the file."""

_TEXTS = {
    "missing": "{key} is missing",
    "string_too_short": "{key} is empty",
    "string_too_long": "{key} has {size} characters; at most {max_length} fit",
    "too_long": "{key} has {size} entries; at most {max_length} fit",
    "tuple_type": "{key} must be a list, such as {example}",
    "dict_type": "{key} must be keys with values, such as {example}",
    "dataclass_type": "{key} must be keys with values, such as {example}",
    "int_parsing": '{key} must be a whole number, not "{input}"; {advice}',
    "greater_than_equal": "{key} must be a year such as 2017",
    "less_than_equal": "{key} must be a year such as 2017",
    "bool_parsing": '{key} must be true or false, not "{input}"',
    "date_from_datetime_parsing": '{key} must be a date such as 2026-03-14, not "{input}"',
    "date_from_datetime_inexact": '{key} must be a date such as 2026-03-14, not "{input}"',
    "value_error": "{key} {error}",
}
_FORMS = {
    "kind": 'one lower-case word such as "paper"',
    "level": "beginner, intermediate or advanced, or another lower-case word",
    "language": 'a language tag such as "de" or "pt-BR"',
    "id": 'lower-case words joined by hyphens, such as "kv-cache"',
}
"""What a value that does not match the pattern of its key should be."""
_EXAMPLES = {
    "links": "{pdf: https://…}",
    "topics": "{kv-cache: {name: KV cache}}",
    "resources": "- {title: …, url: https://…}",
    "stages": "- {title: …, resources: …}",
    "tracks": "- {title: …, resources: …}",
    "": "title: … and stages: …",
}
"""What a list or a mapping looks like, by the key that holds it."""


def groups_of(data: object) -> list[Located]:
    """The stages and tracks in the data of a file."""
    if not isinstance(data, dict):
        return []
    return [*_entries(data.get("stages"), ("stages",)), *_entries(data.get("tracks"), ("tracks",))]


def resources_of(data: object) -> list[Located]:
    """The resources of all stages and tracks in the data of a file, in order."""
    return [
        entry for place, group in groups_of(data) for entry in _entries(group.get("resources"), (*place, "resources"))
    ]


def topics_of(data: object) -> list[Located]:
    """The topics in the data of a file."""
    topics = data.get("topics") if isinstance(data, dict) else None
    return [
        (("topics", name), entry if isinstance(entry, dict) else {})
        for name, entry in (topics if isinstance(topics, dict) else {}).items()
    ]


class Report:
    """Collects the problems of a document, each with its line and the name of its entry, in no particular order.

    `is_whole` says that these are all; else there were too many to go on.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._hints = MAX_HINTS
        self.problems = list(document.problems)
        self.is_whole = document.is_whole

    def describe(self, details: ErrorDetails) -> None:
        """Add one of pydantic's errors."""
        self._add(details["loc"], self._text(details["loc"], details))

    def compare(self, data: object) -> None:
        """Add the problems between the entries; `data` is that of the document, with the ids that were left out."""
        if not isinstance(data, dict):
            return
        resources, topics = resources_of(data), topics_of(data)
        known_topics = [str(place[-1]) for place, _ in topics]
        known_ids = [str(resource["id"]) for _, resource in resources]
        if not resources and not self.problems:
            self._empty(groups_of(data))
        self._repeated_ids(groups_of(data))
        self._repeated_ids(resources)
        self._repeated_pages(resources)
        self._ids_of_topics(topics_of(self._document.data))
        if not self._document.is_whole:
            return  # the names that are missing may be in the rest
        self._unknown(resources, "topics", "topic", known_topics)
        self._unknown(resources, "requires", "prerequisite", known_ids)
        self._unknown(topics, "broader", "topic", known_topics)
        requires = [(place, str(entry["id"]), _texts(entry.get("requires"))) for place, entry in resources]
        broader = [(place, str(place[-1]), _texts(entry.get("broader"))) for place, entry in topics]
        self._cycles("requires", requires)
        self._cycles("broader", broader)

    def _add(self, place: Place, text: str) -> None:
        if len(self.problems) >= MAX_FAULTS:
            self.is_whole = False
            return
        self.problems.append(Problem(self._document.line(place), _with_name(self._document, place, text)))

    def _empty(self, groups: list[Located]) -> None:
        place: Place = (*groups[-1][0], "resources") if groups else ("stages",)
        self._add(place, "there are no resources yet; add one under a stage: - {title: …, url: https://…}")

    def _repeated_ids(self, entries: Iterable[Located]) -> None:
        first: dict[str, Place] = {}
        for place, entry in entries:
            if isinstance(slug := entry["id"], str) and (other := first.setdefault(slug, place)) != place:
                self._add(
                    (*place, "id"),
                    f'id "{shortened(slug)}" is used already in line {self._line(other, "id")}; choose another',
                )

    def _repeated_pages(self, resources: list[Located]) -> None:
        """An address that leads to the page of another resource, present or former."""
        first: dict[str, tuple[Place, Place, str]] = {}
        urls = [(entry, (*entry, "url"), url) for entry, keys in resources for url in _texts([keys.get("url")])]
        former = [
            (entry, (*entry, "former_urls", index), url)
            for entry, keys in resources
            for index, url in enumerate(_texts(keys.get("former_urls")))
        ]
        for entry, place, url in urls + former:
            other, at, same = first.setdefault(canonical_page(url), (entry, place, url))
            if other != entry:
                page = "" if same == url else f', which is the same page: "{shortened(same)}"'
                noun = "url" if place[-1] == "url" else "former url"
                self._add(
                    place,
                    f'{noun} "{shortened(url)}" is used already in line {self._document.line(at)}{page}; keep one',
                )

    def _ids_of_topics(self, topics: Iterable[Located]) -> None:
        """An id written in a topic: its key is its id."""
        for place, topic in topics:
            if "id" in topic:
                self._add((*place, "id"), 'unknown key "id": the key of a topic is its id')

    def _unknown(self, entries: Iterable[Located], key: str, noun: str, known: list[str]) -> None:
        names = set(known)
        for place, entry in entries:
            for index, value in enumerate(_texts(entry.get(key))):
                if value not in names:
                    hint = self._did_you_mean(value, known) or _UNKNOWN[noun]
                    self._add((*place, key, index), f'unknown {noun} "{shortened(value)}"{hint}')

    def _cycles(self, key: str, nodes: list[tuple[Place, str, list[str]]]) -> None:
        """One problem for each cycle; those that share an entry count as one."""
        places = {name: place for place, name, _ in nodes}
        graph = {name: [to for to in targets if to in places] for _, name, targets in nodes}
        for cycle in _cycles(graph):
            names = [*cycle[: CYCLE_NAMES - 2], "…", *cycle[-2:]] if len(cycle) > CYCLE_NAMES else cycle
            self._add(places[cycle[0]], f"{key} leads back to itself: {' → '.join(map(shortened, names))}; remove one")

    def _line(self, place: Place, key: str) -> int:
        return self._document.line((*place, key))

    def _text(self, place: Place, details: ErrorDetails) -> str:
        kind, value, key = details["type"], details["input"], _key(place)
        if kind == "unexpected_keyword_argument":
            hint = (
                _owner(key) or _part_of_text(key, value) or self._did_you_mean(key, _known_keys(place)) or "; delete it"
            )
            return f'unknown key "{shortened(key)}"{hint}'
        if kind == "misspelt":
            return f'{key} "{value}" is not known{self._did_you_mean(str(value), [details["ctx"]["near"]])}'
        if kind == "string_pattern_mismatch":
            return f'{key} must be {_FORMS[key]}, not "{shortened(value)}"{_in_form(key, value)}'
        if kind in ("missing", "string_too_short") and (why := self._document.empty.get(self._document.line(place))):
            return f"{key} is {'missing' if kind == 'missing' else 'empty'}: {why}"
        if kind == "string_type":
            return f"{key} must be text{_not_text(place, value)}"
        template = _TEXTS.get(kind)
        if template is None:
            return f"{key}: {details['msg']}"
        size = len(value) if isinstance(value, str | dict) else 0
        ways_on = {"example": _example(place, value), "advice": _number_advice(value)}
        return template.format(key=key, input=shortened(value), size=size, **ways_on, **details.get("ctx", {}))

    def _did_you_mean(self, word: str, known: list[str]) -> str:
        """`: did you mean "summary"?`, or nothing if no known word is near, or enough have been looked for."""
        if self._hints <= 0:
            return ""
        self._hints -= 1
        near = process.extractOne(word[:HINT_LENGTH], known, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
        return f': did you mean "{near[0]}"?' if near else ""


_UNKNOWN = {"topic": "; add it under topics, or leave it out", "prerequisite": "; it must be the id of a resource"}


def _owner(key: str) -> str:
    """`: it belongs in a stage`, for a key of an entry of another kind."""
    owners = (name for name, model in _OWNERS.items() if key in {one.name for one in fields(model)})
    owner = next(owners, None)
    return f": it belongs {owner}" if owner else ""


_OWNERS: Mapping[str, type] = {
    "in a resource": Resource, "in a stage": Stage, "in a track": Track, "in a topic": Topic,
    "at the top of the file": Catalog,
}  # fmt: skip


def _part_of_text(key: str, value: object) -> str:
    """What to do about a key without a value that is a part of a text, or has its value in it."""
    if key.startswith("//"):
        return "; a comment begins with #"
    if value is not None:
        return ""
    name, colon, _ = key.partition(":")
    if colon:
        return f': a space is missing after "{shortened(name)}:"'
    return "; a text with a comma needs quotes in { }" if " " in key else ""


def _not_text(place: Place, value: object) -> str:
    if isinstance(value, list):
        return ", not a list; a text that begins with [ needs quotes"
    if isinstance(value, dict):
        return ", not keys with values; a text that begins with { needs quotes"
    return _part_of_text(str(place[-1]), value)


def _in_form(key: str, value: str) -> str:
    made = slug(value, MAX_ID, "") if key == "id" else value.strip().lower()
    return f'; write "{made}"' if made and (key == "id" or re.fullmatch(r"[a-z][a-z0-9 -]*", made)) else ""


def _number_advice(value: object) -> str:
    digits = str(value).strip(" ,.")
    return f"write {digits}" if digits.isdigit() and len(digits) == 4 else "leave it out if it is not certain"


def _example(place: Place, value: object) -> str:
    """What a list or a mapping looks like: with the texts that are there, where they are the texts of a list."""
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    if place[:1] == ("topics",) and len(place) == 2:
        return "{name: …}"
    if key in _EXAMPLES and (key != "topics" or len(place) == 1):
        return _EXAMPLES[key]
    texts = [text.strip(" []") for text in value.split(",")] if isinstance(value, str) else ["first", "second"]
    return f"[{shortened(', '.join(filter(None, texts)))}]"


def _cycles(graph: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The cycles of a graph, each with its first entry again at its end, in time that grows with the graph alone.

    A depth-first search: an entry that is on the stack already closes a cycle, whose entries are then done.
    """
    done: set[str] = set()
    for start in graph:
        stack = {start: iter(graph[start])} if start not in done else {}
        while stack:
            name = next(stack[last := next(reversed(stack))], None)
            if name is None:
                done.add(last)
                del stack[last]
            elif name in stack:
                names = list(stack)
                cycle = names[names.index(name) :]
                yield [*cycle, name]
                done.update(cycle)
                for one in cycle:
                    del stack[one]
            elif name not in done:
                stack[name] = iter(graph[name])


def _entries(value: object, place: Place) -> Iterator[Located]:
    for index, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, dict):
            yield (*place, index), entry


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _with_name(document: Document, place: Place, text: str) -> str:
    """`resource "kv-cache": …`: the text, led by the name of the entry that the place lies in."""
    named = _innermost_entry(place)
    if named is None:
        return text
    entry, key = named
    return f"{ENTRIES[key].__name__.lower()} {_name(document, entry)}: {text}"


def _innermost_entry(place: Place) -> tuple[Place, str] | None:
    """The deepest resource, stage, track or topic around a place, and the key that holds it."""
    for index in range(len(place) - 1, 0, -1):
        key = place[index - 1]
        top_level_topic = key == "topics" and index == 1
        numbered = key in {"resources", "stages", "tracks"} and isinstance(place[index], int)
        if isinstance(key, str) and (numbered or top_level_topic):
            return place[: index + 1], key
    return None


def _name(document: Document, entry: Place) -> str:
    value = document.data
    try:
        for part in entry:
            value = value[part]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        value = None
    if isinstance(entry[-1], str):
        return f'"{shortened(entry[-1])}"'
    slug = value.get("id") or value.get("title") if isinstance(value, dict) else None
    return f'"{shortened(slug)}"' if isinstance(slug, str) else str(entry[-1] + 1)


def _key(place: Place) -> str:
    """What a place is called: its key, or for an item of a list "topics, item 2"."""
    if not place:
        return "the file"
    if "links" in place[-3:-1]:
        label = f"links, {shortened(place[-1])},"
        return f'links, label "{shortened(place[-2])}",' if place[-1] == "[key]" else label  # pydantic's name for a key
    if isinstance(place[-1], int) and len(place) > 1:
        return f"{place[-2]}, item {place[-1] + 1}," if place[-2] not in ENTRIES else "it"
    return str(place[-1])


def _known_keys(place: Place) -> list[str]:
    named = _innermost_entry(place[:-1])
    model = ENTRIES[named[1]] if named else Catalog
    return [key.name for key in fields(model)]

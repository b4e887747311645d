"""Problems of shape in words that a curator can act on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from bot.catalog.reading import Document, Place
from bot.catalog.shape import CatalogEntry, Entry, ResourceEntry, StageEntry, TopicEntry, TrackEntry
from bot.errors import Problem

_NOUNS: Mapping[str, tuple[str, type[Entry]]] = {
    "resources": ("resource", ResourceEntry),
    "stages": ("stage", StageEntry),
    "tracks": ("track", TrackEntry),
    "topics": ("topic", TopicEntry),
}

_TEXTS = {
    "missing": "{key} is missing",
    "string_type": "{key} must be text",
    "string_too_short": "{key} is empty",
    "string_too_long": "{key} has {size} characters; at most {max_length} fit",
    "list_type": "{key} must be a list",
    "dict_type": "{key} must be keys with values",
    "model_type": "{key} must be keys with values (id: …, title: …)",
    "int_parsing": '{key} must be a whole number, not "{input}"',
    "greater_than_equal": "{key} must be a year such as 2017",
    "less_than_equal": "{key} must be a year such as 2017",
    "value_error": "{key} {error}",
}


def describe(document: Document, details: ErrorDetails) -> Problem:
    """One of pydantic's errors as a problem, with the line and the name of its entry."""
    place = tuple(part for part in details["loc"] if part != "[key]")
    return Problem(document.line(place), with_name(document, place, _text(place, details)))


def with_name(document: Document, place: Place, text: str) -> str:
    """`resource "kv-cache": …`: the text, led by the name of the entry that the place lies in."""
    named = _innermost_entry(place)
    if named is None:
        return text
    entry, collection = named
    return f"{_NOUNS[collection][0]} {_name(document, entry)}: {text}"


def did_you_mean(word: str, known: list[str]) -> str:
    """`: did you mean "summary"?`, or nothing if no known word is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f': did you mean "{near[0]}"?' if near else ""


def _innermost_entry(place: Place) -> tuple[Place, str] | None:
    """The deepest resource, stage, track or topic around a place, and the collection it belongs to."""
    for index in range(len(place) - 1, 0, -1):
        collection = place[index - 1]
        top_level_topic = collection == "topics" and index == 1
        numbered = collection in {"resources", "stages", "tracks"} and isinstance(place[index], int)
        if isinstance(collection, str) and (numbered or top_level_topic):
            return place[: index + 1], collection
    return None


def _name(document: Document, entry: Place) -> str:
    value = document.data
    try:
        for part in entry:
            value = value[part]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        value = None
    if isinstance(entry[-1], str):
        return f'"{entry[-1]}"'
    slug = value.get("id") or value.get("title") if isinstance(value, dict) else None
    return f'"{slug}"' if isinstance(slug, str) else str(entry[-1] + 1)


def _text(place: Place, details: ErrorDetails) -> str:
    kind = details["type"]
    key = _key(place)
    if kind == "extra_forbidden":
        return f'unknown key "{key}"{did_you_mean(key, _known_keys(place))}'
    if kind == "string_pattern_mismatch":
        return _pattern_text(key, details)
    template = _TEXTS.get(kind)
    if template is None:
        return f"{key}: {details['msg']}"
    value = details["input"]
    return template.format(
        key=key, input=value, size=len(value) if isinstance(value, str) else 0, **details.get("ctx", {})
    )


def _pattern_text(key: str, details: ErrorDetails) -> str:
    value = details["input"]
    if key in {"kind", "level"}:
        return f'{key} must be one lower-case word such as "paper" or "beginner", not "{value}"'
    return f'id must be lower-case words joined by hyphens, such as "kv-cache", not "{value}"'


def _key(place: Place) -> str:
    """What a place is called: its key, or for an item of a list "topics, item 2"."""
    if not place:
        return "the file"
    if isinstance(place[-1], int) and len(place) > 1:
        return f"{place[-2]}, item {place[-1] + 1}," if place[-2] not in _NOUNS else "it"
    return str(place[-1])


def _known_keys(place: Place) -> list[str]:
    named = _innermost_entry(place[:-1])
    model: type[Entry] = _NOUNS[named[1]][1] if named else CatalogEntry
    return list(model.model_fields)

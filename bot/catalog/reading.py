"""YAML as plain data, with the line of every value: what the checks need to point at a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.errors import CatalogError, Problem

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is read. A hundred thousand links fit; a larger file is refused before it is opened,
so that no curator's mistake can eat the host's memory."""

MAX_DEPTH = 16
"""The deepest nesting of a value. A resource's topic stands at six; nothing that people write comes near sixteen,
and Python's own recursion stays far from its end."""

Place = tuple[str | int, ...]
"""Where a value stands: ("stages", 0, "resources", 3, "url")."""

# libyaml where PyYAML was built with it: the same result, some ten times faster.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class Document:
    """A YAML file as dicts, lists, text and None, with the line (from 1) of each place.

    Every scalar stays text, so that `title: 1984` and `aliases: [no]` mean what they say;
    an empty value is None. `problems` holds what YAML itself would let through: keys given twice.
    """

    data: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def parse_document(text: str, source: str) -> Document:
    """Read YAML that is at hand as text; `source` names it in errors. Raises CatalogError as `read_document` does."""
    try:
        return _Builder(source, yaml.parse(text, Loader=_Loader)).build()
    except yaml.YAMLError as error:
        raise CatalogError(source, [_yaml_problem(error)]) from error


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark; raises CatalogError if it is missing, too large or not UTF-8."""
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise CatalogError(str(path), [Problem(0, f"{what}; name your catalog with --catalog PATH")])
        if (size := path.stat().st_size) > MAX_BYTES:
            raise CatalogError(path.name, [Problem(0, f"has {size:,} bytes; at most {MAX_BYTES:,} are read")])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(
            path.name, [Problem(0, f"is not UTF-8 text (byte {error.start}); save it as UTF-8")]
        ) from error
    except OSError as error:
        raise CatalogError(path.name, [Problem(0, f"cannot be read: {error.strerror or error}")]) from error


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(mark.line + 1 if mark else 0, f"is not valid YAML: {what}")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    """Turns YAML's events into a Document.

    Events, not PyYAML's nodes: composing nodes recurses in C and crashes the process on deep nesting.
    """

    def __init__(self, source: str, events: Iterator[yaml.Event]) -> None:
        self._source = source
        self._events = events
        self._document = Document()

    def build(self) -> Document:
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise CatalogError(self._source, [Problem(0, "is empty; a catalog starts with a title")])
        self._document.data = self._value(next(self._events), ())
        next(self._events)  # the document ends
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise self._error(event, "a second YAML document starts here (---); a catalog is one")
        return self._document

    def _value(self, event: yaml.Event, place: Place) -> object:
        self._document.lines.setdefault(place, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]  # unquoted; libyaml and PyYAML differ in what they call its style
            return None if plain and event.value in _NULLS else event.value
        if isinstance(event, yaml.AliasEvent):
            raise self._error(event, "a YAML alias (*name) repeats another entry; write it out instead")
        if len(place) > MAX_DEPTH:
            raise self._error(event, "is nested too deeply to be a catalog")
        if isinstance(event, yaml.SequenceStartEvent):
            return [
                self._value(child, (*place, index)) for index, child in enumerate(self._until(yaml.SequenceEndEvent))
            ]
        return dict(self._items(place))

    def _items(self, place: Place) -> Iterator[tuple[str, object]]:
        keys: set[str] = set()
        for event in self._until(yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key must be a word, not a list or another mapping")
            key, line = event.value, _line(event)
            if key in keys:
                self._document.problems.append(Problem(line, f'the key "{key}" stands here a second time; keep one'))
            else:
                self._document.lines[(*place, key)] = line
            value = self._value(next(self._events), (*place, key))
            if key not in keys:
                keys.add(key)
                yield key, value

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _error(self, event: yaml.Event, text: str) -> CatalogError:
        return CatalogError(self._source, [Problem(_line(event), text)])

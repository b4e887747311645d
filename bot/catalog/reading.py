"""YAML as plain data, with the line of every value: what the checks need to point at a mistake."""

from __future__ import annotations

import codecs
import re
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import yaml
from yaml.reader import ReaderError

from bot.catalog.mistakes import advice, find_mistake, write_quoted
from bot.errors import CatalogError, Problem

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is read. A hundred thousand links fit; a larger file is refused before it is opened,
so that no curator's mistake can eat the host's memory."""

MAX_DEPTH = 16
"""The deepest nesting of a value. A resource's topic stands at six; nothing that people write comes near sixteen,
and Python's own recursion stays far from its end."""

MAX_RESOURCES = 100_000
"""The most resources of a catalog."""
MAX_OTHERS = 20_000
"""The most stages, tracks and topics, of each: one topic for five resources of the largest list."""
MAX_VALUES = 2_000_000
"""The most values of a file: twenty for each of a hundred thousand resources."""
MAX_VALUES_HERE = 500
"""The most values in one entry, or outside of all. Sixteen are many; a million cost seconds and say nothing."""
MAX_FAULTS = 2_000
"""Problems after which the rest of a file is not read. A message names a hundred of them."""
MAX_SYNTAX_PROBLEMS = 10
"""Mistakes in YAML that are found at once, each by another reading of the file."""
MAX_CORRECTED_BYTES = 256 * 1024
"""The largest file that is read again for its next mistake: fifteen hundred resources. Ten readings take a second."""
LONGEST_LINE = 2_000
"""Characters of a line in which a mistake is looked for: three times the longest text."""
MAX_WARNINGS = 100
"""Warnings of a file that are kept, as many as problems are shown."""
VALUE_LENGTH = 100
"""Characters of a value that a problem repeats: most addresses, and the beginning of a paragraph."""

TOPICS = "topics"
ENTRY_KEYS = frozenset({"stages", "tracks", "resources", TOPICS})
"""The keys that hold entries: lists of them, and at the top a mapping of topics."""

Place = tuple[str | int, ...]
"""Where a value stands: ("stages", 0, "resources", 3, "url")."""

CountFaults = Callable[[str, object], int]
"""How many problems an entry of a kind has by itself."""

# libyaml where PyYAML was built with it: the same result, some ten times faster.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULLS = {"", "~", "null", "Null", "NULL"}
_TAGS_OF_YAML = "tag:yaml.org,2002:"
_FIRST_KEYS = frozenset({"id", "title", "url"})
"""Keys with which people begin an entry."""
_HASH = re.compile(rb"^(?![ \t]*#)[^\n]*[ \t]#(?=[^\s#])[^\n]*", re.MULTILINE)


class Fields(dict[str, object]):
    """A mapping as read; `lines` are those of its keys, from 1, in order."""

    __slots__ = ("_by_key", "lines")

    def __init__(self) -> None:
        super().__init__()
        self.lines = array("L")
        self._by_key: dict[str, int] = {}

    def line(self, key: str) -> int:
        """The line of a key that is there."""
        if not self._by_key:  # made when it is first asked for: most mappings are never asked
            self._by_key = dict(zip(self, self.lines, strict=True))
        return self._by_key[key]


class Items(list[object]):
    """A list as read; `lines` are those of its items, from 1."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines = array("L")


@dataclass(slots=True)
class Document:
    """A YAML file as dicts, lists, text and None, which know the lines of what they hold.

    Every scalar stays text, so that `title: 1984` and `aliases: [no]` mean what they say;
    an empty value is None. `problems` holds what YAML itself would let through: keys given twice. `warnings` holds what
    it leaves out without a word: the text after a " #", names of anchors. `empty` says by line why a value is None.
    `is_whole` is false if reading stopped early, because of too many faulty entries.
    """

    data: object = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    empty: dict[int, str] = field(default_factory=dict)
    is_whole: bool = True

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it."""
        value, line = self.data, 1
        for part in place:
            if isinstance(value, Fields) and part in value:
                line = value.line(str(part))
                value = value[str(part)]
            elif isinstance(value, Items) and isinstance(part, int) and part < len(value):
                line = value.lines[part]
                value = value[part]
            else:
                break
        return line


def shortened(value: object) -> str:
    """A value as a problem repeats it: on one line, and cut."""
    text = str(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[: VALUE_LENGTH - 1]}…"


def parse_document(text: str | bytes, source: str, faults: CountFaults = lambda kind, entry: 0) -> Document:
    """Read YAML that is at hand; `source` names it in errors.

    `faults` counts the problems that an entry of a kind (a key of ENTRIES) has by itself: once there are MAX_FAULTS,
    the rest is not read, so that a file of nothing but mistakes costs little. Raises CatalogError for what is no
    catalog at all: no YAML, aliases, too deep, too many values.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        return _Reader(source, data, faults).read()
    except ReaderError as error:
        line = data.count(b"\n", 0, error.position) + 1
        text = f"has a character that YAML does not allow, U+{error.character:04X}; delete it"
        raise CatalogError(source, [Problem(line, text)]) from error
    except yaml.YAMLError as error:
        raise CatalogError(source, _syntax_problems(error, data)) from error


def read_bytes(path: Path) -> bytes:
    """The UTF-8 bytes of a file; raises CatalogError if it is missing, too large or in another encoding."""
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise CatalogError(str(path), [Problem(0, f"{what}; name your catalog with --catalog PATH")])
        if (size := path.stat().st_size) > MAX_BYTES:
            raise CatalogError(path.name, [Problem(0, f"has {size:,} bytes; at most {MAX_BYTES:,} are read")])
        data = path.read_bytes()
    except OSError as error:
        raise CatalogError(path.name, [Problem(0, f"cannot be read: {error.strerror or error}")]) from error
    if (problem := encoding_problem(data)) is not None:
        raise CatalogError(path.name, [problem])
    return data


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark. Raises CatalogError as `read_bytes` does."""
    return read_bytes(path).decode("utf-8-sig")


def encoding_problem(data: bytes) -> Problem | None:
    """Why bytes are no UTF-8 text, and in which line; None if they are."""
    if name := next((name for mark, name in _OTHER_MARKS.items() if data.startswith(mark)), None):
        return Problem(1, f"is {name} text; save it as UTF-8")
    decoder, start = codecs.getincrementaldecoder("utf-8")(), 0
    for start in range(0, len(data) + 1, _PIECE):
        try:
            decoder.decode(data[start : start + _PIECE], final=start + _PIECE > len(data))
        except UnicodeDecodeError as error:
            # The decoder may have kept some bytes of the piece before.
            at = start + error.start - (len(error.object) - len(data[start : start + _PIECE]))
            what = f"is not UTF-8 text (byte 0x{data[at]:02x}); save the file as UTF-8"
            if error.reason == "unexpected end of data":
                what = "the file ends inside a character; is the rest of it missing?"
            return Problem(data.count(b"\n", 0, at) + 1, what)
    return None


_OTHER_MARKS = {codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32"}
_OTHER_MARKS |= {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_PIECE = 1 << 20
"""Bytes that are decoded at a time: one text of all of them could take four times their size."""


def _syntax_problems(error: yaml.YAMLError | None, data: bytes) -> list[Problem]:
    """What is wrong with a file that is no YAML: each mistake is corrected in memory, to find the next."""
    lines = data.decode("utf-8-sig", "replace").split("\n")
    most = MAX_SYNTAX_PROBLEMS if len(data) <= MAX_CORRECTED_BYTES else 1
    problems: dict[int, Problem] = {}
    while error is not None and len(problems) < most:
        found = find_mistake(error, [line[:LONGEST_LINE] for line in lines])
        if found is None or found.line in problems:
            break
        problems[found.line] = Problem(found.line + 1, found.text)
        lines[found.line : found.line + len(found.corrected)] = found.corrected
        error = _syntax_error("\n".join(lines)) if len(problems) < most else None
    if error is not None and not problems:
        mark = getattr(error, "problem_mark", None)
        return [Problem(mark.line + 1 if mark else 0, advice(getattr(error, "problem", None) or str(error)))]
    return list(problems.values())


def _syntax_error(text: str) -> yaml.YAMLError | None:
    try:
        for _ in yaml.parse(text, Loader=_Loader):
            pass
    except yaml.YAMLError as error:
        return error
    return None


def _lines_with_hash(data: bytes) -> dict[int, str]:
    """The first lines, from 0, in which " #" may have cut a text: those where a letter follows at once."""
    found: dict[int, str] = {}
    line = start = 0
    for match in islice(_HASH.finditer(data), 10 * MAX_WARNINGS):
        line += data.count(b"\n", start, match.start())
        start = match.start()
        found[line] = match[0].decode("utf-8", "replace").rstrip("\r")
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Reader:
    """Turns YAML's events into a Document.

    Events, not PyYAML's nodes: composing nodes recurses in C and crashes the process on deep nesting.
    """

    def __init__(self, source: str, data: bytes, faults: CountFaults) -> None:
        self._source = source
        self._next = _Loader(data).get_event
        self._faults_of = faults
        self._document = Document()
        self._entries = dict.fromkeys(ENTRY_KEYS, 0)
        self._faults = 0
        self._values = 0
        self._values_here = 0  # since the last entry began
        self._lines_with_hash = _lines_with_hash(data)

    def read(self) -> Document:
        self._next()  # the stream starts
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise CatalogError(self._source, [Problem(0, "is empty; a catalog starts with a title")])
        self._document.data = self._value(self._next(), 0, "")
        if self._document.is_whole:
            self._end()
        return self._document

    def _end(self) -> None:
        self._next()  # the document ends
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            raise self._error(event, "a second YAML document starts here (---); a catalog is one")

    def _value(self, event: yaml.Event, depth: int, kind: str) -> object:
        """A value; `kind` is the key under which it stands if that holds entries, else empty."""
        self._count(event)
        if isinstance(event, yaml.AliasEvent):
            what = f'"*{shortened(event.anchor)}" is an alias in YAML; write the entry out, or put the text in quotes'
            raise self._error(event, what)
        self._warn_of_names(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth > MAX_DEPTH:
            raise self._error(event, "is nested too deeply to be a catalog")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(depth, kind)
        return self._fields(depth, kind)

    def _scalar(self, event: yaml.ScalarEvent) -> str | None:
        value: str = event.value
        if not event.implicit[0]:  # quoted; libyaml and PyYAML differ in what they call its style
            return value
        end = event.end_mark
        line = self._lines_with_hash.get(end.line, "") if end else ""
        is_empty, is_cut = value in _NULLS, line[end.column :].lstrip().startswith("#") if end else False
        if is_cut:
            cause = f"what follows # is a comment, so this is {'empty' if is_empty else f'“{shortened(value)}”'}"
            self._warn(event, write_quoted(line, cause))
        elif value.endswith(","):
            self._warn(event, f"“{shortened(value)}” ends with a comma; delete it if the text goes without")
        if not is_empty:
            return value
        if (is_cut or value) and len(self._document.empty) < MAX_WARNINGS:
            why = (
                write_quoted(line, "what follows # is a comment")
                if is_cut
                else f'{value} means “nothing”; to mean the word, write "{value}"'
            )
            self._document.empty[_line(event)] = why
        return None

    def _warn_of_names(self, event: yaml.Event) -> None:
        """An anchor (&name) or a tag (!name), which YAML takes out of a text."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor or (tag and not tag.startswith(_TAGS_OF_YAML)):
            name = shortened(f"&{anchor}" if anchor else tag)
            text = f'"{name}" is left out: YAML takes it for a name; delete it, or put the text in quotes'
            self._warn(event, text)
            if getattr(event, "value", None) == "" and len(self._document.empty) < MAX_WARNINGS:
                self._document.empty[_line(event)] = text

    def _warn(self, event: yaml.Event, text: str) -> None:
        if len(self._document.warnings) < MAX_WARNINGS:
            self._document.warnings.append(Problem(_line(event), text))

    def _count(self, event: yaml.Event) -> None:
        self._values += 1
        self._values_here += 1
        if self._values > MAX_VALUES:
            raise self._error(event, f"has more than {MAX_VALUES:,} values; that is too much for one catalog")
        if self._values_here > MAX_VALUES_HERE:
            raise self._error(event, f"has more than {MAX_VALUES_HERE} values in one entry; that is no catalog")

    def _items(self, depth: int, kind: str) -> Items:
        items, is_entries = Items(), kind in ENTRY_KEYS and kind != TOPICS
        while self._document.is_whole and not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.lines.append(_line(event))
            if is_entries:
                self._begin(event, kind)
            items.append(self._value(event, depth + 1, ""))
            if is_entries:
                self._count_faults(kind, items[-1])
        return items

    def _fields(self, depth: int, kind: str) -> Fields:
        fields, is_entries = Fields(), kind == TOPICS and depth == 1
        repeated: list[tuple[int, str]] = []
        while self._document.is_whole and not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            if is_entries:
                self._begin(event, kind)
            value = self._value(self._next(), depth + 1, key if key in ENTRY_KEYS else "")
            if key not in fields:
                fields.lines.append(_line(event))
                fields[key] = value
                if is_entries:
                    self._count_faults(kind, value)
            else:
                repeated.append((_line(event), key))
        self._add_repeated(repeated)
        return fields

    def _key(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error(event, "a key must be a word, not a list or another mapping")
        return sys.intern(event.value)  # the same dozen keys in every entry

    def _add_repeated(self, keys: list[tuple[int, str]]) -> None:
        """Keys that a mapping has already: one alone is a slip, several are an entry that lacks its dash."""
        if len(keys) > 1 and keys[0][1] in _FIRST_KEYS:
            line, key = keys[0]
            text = f"the next entry seems to begin here, without its dash; write: - {key}: …"
            found = [Problem(line, text)]
        else:
            found = [Problem(line, f'the key "{shortened(key)}" is here a second time; keep one') for line, key in keys]
        self._document.problems += found
        self._faults += len(found)

    def _begin(self, event: yaml.Event, kind: str) -> None:
        self._values_here = 0
        self._entries[kind] += 1
        most = MAX_RESOURCES if kind == "resources" else MAX_OTHERS
        if self._entries[kind] > most:
            raise self._error(event, f"has more than {most:,} {kind}; make two catalogs of it")

    def _count_faults(self, kind: str, entry: object) -> None:
        """Stop reading once the entries so far have enough problems for a curator to begin with."""
        self._faults += self._faults_of(kind, entry)
        if self._faults >= MAX_FAULTS:
            self._document.is_whole = False

    def _error(self, event: yaml.Event, text: str) -> CatalogError:
        return CatalogError(self._source, [Problem(_line(event), text)])

"""Edits of a catalog.yaml that leave every other byte as it is: comments, blank lines, quotes and folds included.

No YAML library writes a file back as a person wrote it, so the file is never written back. The parser says where each
value begins and ends; an edit replaces or inserts text there. What comes out is read again and must hold exactly what
was meant, or nothing is written.

    text --compose--> nodes with positions --edits--> new text --parse--> data == expected, else CatalogError
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from bot.catalog.reading import Place, parse_document
from bot.errors import CatalogError, Problem
from bot.importing.writing import flow, items_lines, mapping_lines, scalar

_Node: TypeAlias = Any
"""A node of PyYAML's, of which the types do not know all attributes."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    start: int
    number: int
    end: int
    text: str


class Editor:
    """Collects edits of one file; `edited` applies them all. Places are those of the file as it was read."""

    def __init__(self, text: str, source: str) -> None:
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""  # the parser does not count it
        self._text = text = text.removeprefix("\ufeff")
        self._source = source
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._root = yaml.compose(text, Loader=_Loader)
        self._data = copy.deepcopy(parse_document(text, source).data)
        self._found: dict[Place, object] = {}
        self._edits: list[_Edit] = []
        self._inserted: list[tuple[list[object], int, object]] = []

    def add_keys(self, place: Place, keys: Mapping[str, object], comment: str = "") -> None:
        """Add keys at the end of a mapping; a comment goes behind the last one where comments can stand."""
        node = self._node(place)
        if node.flow_style:
            self._insert(_end(node.value[-1][1]), "".join(f", {key}: {flow(value)}" for key, value in keys.items()))
        else:
            lines = list(mapping_lines(keys, node.value[0][0].start_mark.column))
            lines[-1] += f"  # {comment}" if comment else ""
            self._insert_lines(self._end_of_line(self._end_of(node)), lines)
        self._mapping(place).update(self._read(mapping_lines(keys, 0)))

    def can_set(self, place: Place) -> bool:
        """Whether a key can get another value: no comment stands inside the one that it has."""
        if str(place[-1]) not in self._mapping(place[:-1]):
            return True
        key, value = self._pair(place)
        start, end = key.start_mark.index, self._end_of(value)
        if isinstance(value, yaml.ScalarNode):
            return value.style not in ("|", ">") or not re.search(r"^\s*#", self._text[end : self._end_of_line(end)])
        return "#" not in self._text[start:end]

    def set_value(self, place: Place, value: object) -> None:
        """Give a key another value; it is added if it isn't there, and removed if the value is None."""
        owner, name = self._mapping(place[:-1]), str(place[-1])
        if name not in owner:
            if value is not None:
                self.add_keys(place[:-1], {name: value})
            return
        key, node = self._pair(place)
        inside = any(self._node(place[:depth]).flow_style for depth in range(len(place)))
        start, end = key.start_mark.index, self._end_of(node)
        if value is None:
            self._remove(place, start, end, inside=inside)
            return
        if inside:
            text = f"{name}: {flow(value)}"
        else:
            lines = list(mapping_lines({name: value}, key.start_mark.column))
            text = self._newline.join(lines).lstrip()
        self._replace(start, end, text)
        owner[name] = self._read(mapping_lines({name: value}, 0))[name]

    def _remove(self, place: Place, start: int, end: int, *, inside: bool) -> None:
        """Remove a key: its lines, or in braces its part of the line."""
        if not inside:
            self.remove_line(place)
            return
        pairs = self._node(place[:-1]).value
        at = next(number for number, (name, _) in enumerate(pairs) if name.value == place[-1])
        self._replace(_end(pairs[at - 1][1]) if at else start, end if at else pairs[1][0].start_mark.index, "")
        del self._mapping(place[:-1])[str(place[-1])]

    def append_text(self, place: Place, text: str) -> None:
        """Append a text to a list, which is made if it is not there."""
        values = self._mapping(place[:-1]).get(str(place[-1]))
        if not isinstance(values, list):
            self.add_keys(place[:-1], {str(place[-1]): [text]})
            return
        node = self._node(place)
        if not node.value:
            self._replace(node.start_mark.index, node.end_mark.index, f"[{scalar(text, flow=True)}]")
        elif node.flow_style:
            self._insert(_end(node.value[-1]), f", {scalar(text, flow=True)}")
        else:
            line = f"{' ' * node.start_mark.column}- {scalar(text)}"
            self._insert_lines(self._end_of_line(self._end_of(node)), [line])
        values.append(text)

    def has_comment(self, place: Place, comment: str) -> bool:
        """Whether a comment stands behind a value, on its line."""
        _, value = self._pair(place)
        end = self._end_of(value)
        return self._text[end : self._end_of_line(end)].strip() == f"# {comment}"

    def remove_line(self, place: Place) -> None:
        """Remove a key whose value ends on its own line, with that line."""
        key, value = self._pair(place)
        start = self._text.rfind("\n", 0, key.start_mark.index) + 1
        end = self._end_of_line(self._end_of(value))
        self._replace(start, end + len(self._newline) if end < len(self._text) else end, "")
        del self._mapping(place[:-1])[str(place[-1])]

    def insert_items(self, place: Place, after: int, items: Sequence[Mapping[str, object]]) -> None:
        """Insert mappings into a list behind its item `after` (-1: in front); the list is made if it is not there."""
        owner, key = self._mapping(place[:-1]), str(place[-1])
        values, expected = owner.get(key), self._read(mapping_lines({key: list(items)}, 0))[key]
        if not isinstance(values, list) or not values:
            self._fill(place, items, present=key in owner)
            owner[key] = expected
            return
        node = self._node(place)
        if node.flow_style:
            text = ", ".join(map(flow, items))
            at = _end(node.value[after]) if after >= 0 else node.value[0].start_mark.index
            self._insert(at, f", {text}" if after >= 0 else f"{text}, ")
        else:
            self._insert_block(place, after, items_lines(items, node.start_mark.column))
        self._inserted.append((values, after + 1, expected))

    def edited(self) -> str:
        """The text with all edits; raises CatalogError if it does not hold what was meant."""
        text = "".join(self._parts())
        for at in sorted(range(len(self._inserted)), key=lambda at: (-self._inserted[at][1], -at)):
            values, index, items = self._inserted[at]
            values[index:index] = items if isinstance(items, list) else []
        try:
            same = parse_document(text, self._source).data == self._data
        except CatalogError:
            same = False
        if not same:
            what = (
                "is written in a way that cannot be edited without changing more; write one key a line, then try again"
            )
            raise CatalogError(self._source, [Problem(0, what)])
        return self._mark + text

    def _parts(self) -> Iterator[str]:
        """The text in pieces: what is kept, and what is put in its place or between, in the order of the calls."""
        kept = 0
        for edit in sorted(self._edits):
            yield self._text[kept : edit.start]
            yield edit.text
            kept = max(kept, edit.end)
        yield self._text[kept:]

    # -- where things stand

    def _node(self, place: Place) -> _Node:
        node: _Node = self._root
        for part in place:
            node = node.value[part] if isinstance(part, int) else self._value(node, part)
        return node

    def _value(self, node: _Node, key: str) -> _Node:
        return next(value for name, value in node.value if name.value == key)

    def _pair(self, place: Place) -> tuple[_Node, _Node]:
        parent = self._node(place[:-1])
        return next((name, value) for name, value in parent.value if name.value == place[-1])

    def _mapping(self, place: Place) -> dict[str, object]:
        """The expected data at a place that holds a mapping."""
        if place not in self._found:
            value = self._data
            for part in place:
                value = value[part]  # type: ignore[index]
            self._found[place] = value
        found = self._found[place]
        if not isinstance(found, dict):
            raise CatalogError(self._source, [Problem(0, "has no mapping where one was read")])
        return found

    def _end_of(self, node: _Node) -> int:
        """Where the last character of a value stands, comments behind it aside."""
        end = _end(node)
        return len(self._text[:end].rstrip()) if not _is_flow(node) else end

    def _end_of_line(self, index: int) -> int:
        end = self._text.find("\n", index)
        if end < 0:
            return len(self._text)
        return end - 1 if self._newline == "\r\n" else end

    # -- edits

    def _replace(self, start: int, end: int, text: str) -> None:
        self._edits.append(_Edit(start, len(self._edits), end, text))

    def _insert(self, at: int, text: str) -> None:
        self._replace(at, at, text)

    def _insert_lines(self, at: int, lines: Sequence[str]) -> None:
        self._insert(at, "".join(f"{self._newline}{line}" for line in lines))

    def _read(self, lines: Iterable[str]) -> dict[str, object]:
        """Lines of a mapping, as they are read again."""
        data = parse_document("\n".join(lines), self._source).data
        return data if isinstance(data, dict) else {}

    def _fill(self, place: Place, items: Sequence[Mapping[str, object]], *, present: bool) -> None:
        """Give an empty or missing list its first items."""
        owner = self._node(place[:-1])
        if owner.flow_style and present:
            node = self._node(place)
            self._replace(node.start_mark.index, node.end_mark.index, flow(list(items)))
        elif owner.flow_style:
            self._insert(_end(owner.value[-1][1]), f", {place[-1]}: {flow(list(items))}")
        elif present:
            self._fill_block(place, items_lines(items, owner.value[0][0].start_mark.column + 2))
        else:
            column = owner.value[0][0].start_mark.column
            lines = [f"{' ' * column}{place[-1]}:", *items_lines(items, column + 2)]
            self._insert_lines(self._end_of_line(self._end_of(owner)), lines if place[:-1] else ["", *lines])

    def _fill_block(self, place: Place, lines: Sequence[str]) -> None:
        key, value = self._pair(place)
        end = key.end_mark.index
        if _is_flow(value):
            self._replace(end, value.end_mark.index, ":")
            end = value.end_mark.index
        self._insert_lines(self._end_of_line(end), lines)

    def _insert_block(self, place: Place, after: int, lines: list[str]) -> None:
        items = self._node(place).value
        spaced = len(items) < 2 or self._blank_between(items[0], items[1])
        space = [""] if spaced else []
        if after >= 0:
            self._insert_lines(self._end_of_line(self._end_of(items[after])), [*space, *lines])
        else:
            key, _ = self._pair(place)
            self._insert_lines(self._end_of_line(key.end_mark.index), [*lines, *space])

    def _blank_between(self, one: _Node, other: _Node) -> bool:
        between = self._text[self._end_of(one) : other.start_mark.index]
        return re.search(r"\n[ \t]*\r?\n", between) is not None


def _is_flow(node: _Node) -> bool:
    return not isinstance(node, yaml.ScalarNode) and bool(node.flow_style)


def _end(node: _Node) -> int:
    """Where a value ends; a block ends with its last value, not where the parser noticed it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(max(_end(key), _end(value)) for key, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return max(map(_end, node.value))
    if isinstance(node, yaml.ScalarNode) and node.start_mark.index == node.end_mark.index:
        return 0  # nothing is written there: the key ends it
    return int(node.end_mark.index)


# -- places


def rearranged(text: str, source: str, wanted: Mapping[Place, Sequence[str]]) -> str:
    """A text in which groups have the resources of these addresses in this order, each with the comments above it.

    `wanted` has an entry for each group that gets or loses a resource or another order. Raises CatalogError if a list
    is written in a way that can't be taken apart.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix("\ufeff")
    newline = "\r\n" if "\r\n" in body else "\n"
    editor = _Lines(body.replace("\r\n", "\n"), source)
    return mark + editor.arranged(wanted).replace("\n", newline)


class _Lines:
    """A catalog as lines, with those of each resource."""

    def __init__(self, text: str, source: str) -> None:
        self._lines = text.split("\n")
        self._source = source
        self._root = yaml.compose(text, Loader=_Loader)
        self._text = text

    def arranged(self, wanted: Mapping[Place, Sequence[str]]) -> str:
        chunks: dict[str, list[str]] = {}
        spans: dict[Place, tuple[int, int]] = {}
        for place in wanted:
            spans[place] = self._take(place, chunks)
        expected = self._expected(wanted)
        lines = list(self._lines)
        for place in sorted(spans, key=lambda place: -spans[place][0]):
            start, end = spans[place]
            lines[start:end] = self._joined([chunks[url] for url in wanted[place]], start, end)
        text = "\n".join(lines)
        if parse_document(text, self._source).data != expected:
            raise self._error()
        return text

    def _error(self) -> CatalogError:
        what = "has resources that can't be moved as they are written; write each as a list item with one key a line"
        return CatalogError(self._source, [Problem(0, what)])

    def _take(self, place: Place, chunks: dict[str, list[str]]) -> tuple[int, int]:
        """The lines of a group's list, of which each resource's are put into `chunks`."""
        group = self._node(place)
        pair = next(((name, value) for name, value in group.value if name.value == "resources"), None)
        if pair is None or group.flow_style:
            raise self._error()
        key, node = pair
        if _is_flow(node) or not isinstance(node, yaml.SequenceNode):
            if getattr(node, "value", None):
                raise self._error()
            return key.start_mark.line, key.start_mark.line + 1
        starts = [item.start_mark.line for item in node.value]
        heads = [self._with_comments(line, key.start_mark.line) for line in starts]
        last = self._text.count("\n", 0, _end(node.value[-1])) + 1
        for number, item in enumerate(node.value):
            url = next((value.value for name, value in item.value if name.value == "url"), "")
            if item.start_mark.column != node.value[0].start_mark.column or url in chunks or _is_flow(item):
                raise self._error()
            end = heads[number + 1] if number + 1 < len(heads) else last
            indent = node.start_mark.column
            chunks[url] = [
                line[indent:] if line[:indent].strip() == "" else line for line in self._lines[heads[number] : end]
            ]
        return key.start_mark.line, last

    def _with_comments(self, line: int, first: int) -> int:
        """Where a resource begins with the comments directly above it."""
        while line - 1 > first and self._lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return line

    def _joined(self, chunks: Sequence[list[str]], start: int, end: int) -> list[str]:
        head = self._lines[start]
        indent = " " * (len(head) - len(head.lstrip()) + 2)
        if not chunks:
            return [f"{head.partition(':')[0]}: []"]
        lines = [re.sub(r":\s*\[\s*\]", ":", head, count=1)]
        spaced = any(not line.strip() for line in self._lines[start:end]) or len(self._lines) > end
        for number, chunk in enumerate(chunks):
            while chunk and not chunk[-1].strip():
                chunk = chunk[:-1]
            lines += [
                *([""] if number and spaced else []),
                *(f"{indent}{line}".rstrip() if line.strip() else "" for line in chunk),
            ]
        return lines

    def _node(self, place: Place) -> _Node:
        node: _Node = self._root
        for part in place:
            node = node.value[part] if isinstance(part, int) else next(v for k, v in node.value if k.value == part)
        return node

    def _expected(self, wanted: Mapping[Place, Sequence[str]]) -> object:
        data = copy.deepcopy(parse_document(self._text, self._source).data)
        groups = {}
        by_url = {}
        for place in wanted:
            group: Any = data
            for part in place:
                group = group[part]
            groups[place] = group
            by_url.update({one["url"]: one for one in group.get("resources") or []})
        for place, urls in wanted.items():
            groups[place]["resources"] = [by_url[url] for url in urls]
        return data

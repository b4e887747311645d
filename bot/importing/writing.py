"""A draft as catalog.yaml: indented, folded and spaced as the catalog that comes with studybot is.

PyYAML's writer cannot indent lists under their key, fold long texts at a column and leave a line between entries, and
a file that people go on editing should look as if one of them had written it.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.importing.drafting import Draft
from bot.importing.entries import Entry
from bot.importing.stages import Group

WIDTH = 120
"""Where long texts are folded. At 40 a summary takes a page; without a limit a diff shows a whole paragraph."""

HEADER = """\
# Imported by `studybot import`. After a change, run: studybot check
#
# What makes answers better, where it is worth the time: topics and their aliases (what people ask for), a summary of
# your own, kind, level, and prompts (questions for the weekly post). Ids stay as they are: members' buttons hold them.
"""

_PLAIN = re.compile(r"[^\W\d_][^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]*")
_SPECIAL = re.compile(r": |:$| #|[\[\]{},?]|\s$")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def catalog_text(draft: Draft) -> str:
    """A whole catalog.yaml for a draft."""
    head = {
        "id": draft.id,
        "title": draft.title,
        "description": draft.description,
        "source": draft.origin,
        "language": draft.language,
    }
    lines = [HEADER.rstrip("\n"), "", *mapping_lines(head, 0)]
    for key, is_track in (("stages", False), ("tracks", True)):
        groups = [group_keys(group) for group in draft.groups if group.is_track == is_track]
        lines += [*([""] if groups else []), *mapping_lines({key: groups}, 0)]
    return "\n".join(lines) + "\n"


def group_keys(group: Group, added: date | None = None) -> dict[str, object]:
    """A stage or track as keys with values; `added` is when its resources came into the list."""
    return {
        "id": group.id,
        "title": group.title,
        "note" if group.is_track else "goal": group.note,
        "resources": [entry_keys(entry, added) for entry in group.entries],
    }


def entry_keys(entry: Entry, added: date | None = None) -> dict[str, object]:
    """A resource as keys with values; `added` is when it came into the list."""
    return {
        "id": entry.id,
        "title": entry.title,
        "url": entry.url,
        "links": entry.links,
        "kind": entry.kind,
        "authors": list(entry.authors),
        "year": entry.year,
        "aliases": entry.aliases,
        "summary": entry.summary,
        "added": added,
    }


def items_lines(items: Sequence[Mapping[str, object]], indent: int) -> list[str]:
    """Mappings as the items of a list at a column: each begins with a hyphen, with an empty line between them."""
    lines: list[str] = []
    for item in items:
        first, *others = mapping_lines(item, indent + 2)
        lines += [*([""] if lines else []), f"{' ' * indent}- {first.lstrip()}", *others]
    return lines


def mapping_lines(keys: Mapping[str, object], indent: int) -> Iterator[str]:
    """Keys with values at a column, one or more lines for each; a key without a value is left out."""
    for key, value in keys.items():
        start = f"{' ' * indent}{key}:"
        if value in (None, "", [], {}):
            continue
        if isinstance(value, str):
            yield from _text_lines(f"{start} ", value, indent)
        elif isinstance(value, list) and isinstance(value[0], Mapping):
            yield from (start, *items_lines(value, indent + 2))
        elif isinstance(value, Mapping) and len(line := f"{start} {flow(value)}") > WIDTH:
            yield start
            yield from (f"{' ' * (indent + 2)}{scalar(name)}: {scalar(text)}" for name, text in value.items())
        elif isinstance(value, Mapping):
            yield line
        else:
            yield f"{start} {flow(value)}"


def flow(value: object) -> str:
    """A value on one line, in the form that it has inside [ ] and { }; a key without a value is left out."""
    if isinstance(value, Mapping):
        kept = ((key, item) for key, item in value.items() if item not in (None, "", [], {}))
        return f"{{{', '.join(f'{scalar(str(key), flow=True)}: {flow(item)}' for key, item in kept)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value, flow=True) if isinstance(value, str) else str(value).lower()


def _text_lines(start: str, text: str, indent: int) -> Iterable[str]:
    line = f"{start}{scalar(text)}"
    if len(line) <= WIDTH or " " not in text or _UNPRINTABLE.search(text):
        return [line]
    margin = " " * (indent + 2)
    folded = textwrap.wrap(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )
    return [f"{start}>-", *folded]


def scalar(text: str, *, flow: bool = False) -> str:
    """A text as YAML: as it is where every reader takes it for text, else in double quotes; `flow` is inside [ ]."""
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML
    if plain and not _SPECIAL.search(text if flow else re.sub(r"[\[\]{},?]", "", text)):
        return text
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(character: re.Match[str]) -> str:
    code = ord(character[0])
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"

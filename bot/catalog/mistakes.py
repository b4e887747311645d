"""Mistakes in YAML in a curator's words: the line, the cause, the fix.

The parser stops at its first error, often lines after the cause, and only knows what it expected. `find_mistake` looks
at the line of the error and at the lines above, names the mistake, and has the line as it should be, so that the parser
can go on to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import yaml

from bot.catalog.model import Catalog, Resource, Stage, Topic, Track

LINES_ABOVE = 3
"""Lines with content that are looked at, the error's own included: a missing colon is noticed one line later, a text
that goes on in the next line two."""
LINES_TO_QUOTE = 500
"""Lines above an error in which an opening quote is looked for: it swallows all up to the next quote in the file."""
SHOWN = 100
"""Characters of a corrected line that are shown."""

_LISTS = frozenset({"aliases", "authors", "broader", "former_urls", "prerequisites", "prompts", "requires", "topics"})
KEYS = frozenset(key.name for model in (Catalog, Stage, Track, Resource, Topic) for key in fields(model))

_ENTRY = re.compile(r"(?P<indent>\s*)(?P<dash>(?:- +)*)(?P<key>[A-Za-z_][\w-]*)\s*:(?:\s+(?P<value>.*))?")
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: .*)?")
_WIDE_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WIDE_INDENT = re.compile(f"[ \\t]*{_WIDE_SPACE.pattern}")
_NO_COLON = re.compile(r"(?P<start>\s*(?:- +)?)(?P<key>[a-z_]+)(?: *[=;：] *| +)(?P<value>\S.*)")
_NO_SPACE = re.compile(rf"(?P<start>\s*(?:- +)?)(?P<key>[a-z_]+):(?P<value>(?:\S|{_WIDE_SPACE.pattern}).*)")
_SIGNS = (
    (re.compile(r"(\s*)//(.*)"), "a comment begins with #", r"\1#\2"),
    (re.compile(r"(\s*)[*•–—] +(\S.*)"), "an item of a list begins with a hyphen", r"\1- \2"),
    (re.compile(r"(\s*-)([a-z_]+:(?:\s.*)?)"), "a space is missing after the dash", r"\1 \2"),
)
_TAB = re.compile(r"[ -]*\t")
_MARKDOWN_LINK = re.compile(r"!?\[[^\]]*]\((?P<address>[^()\s]+)\)")
_ESCAPE = re.compile(r"\\(?![0abtnvfre \"/\\N_LPxuU\t])")
_FIRST_CHARACTERS = {"@": "@", "`": "a backtick", "%": "%", "*": "*", "|": "|", ">": ">", "- ": "a dash", "? ": "?"}
_BRACKETS = {"[": "]", "{": "}"}
_LISTS_OF_ENTRIES = frozenset({"stages", "tracks", "resources"})
_SECOND_KEY = re.compile(rf".*?(?P<second> (?:{'|'.join(sorted(KEYS))}): .*)")
_CURLY = "“”„‘’«»"

_ADVICE = {
    "mapping values are not allowed in this context": 'a text with ": " in it must be in quotes',
    "could not find expected ':'": "a key needs a colon after it, and a text of several lines must be indented",
    "found unexpected end of stream": "a quote that opens above is never closed",
    "did not find expected ',' or ']'": "a bracket [ is not closed, or a text inside [ ] needs quotes",
    "did not find expected ',' or '}'": "a brace { is not closed, or a text inside { } needs quotes",
    "did not find expected key": "a quote or a bracket ends before the text does, or the indentation is wrong",
    "did not find expected '-' indicator": "its indentation fits no line above, or a dash is missing",
    "did not find expected node content": "a value is missing, or a text needs quotes",
}
"""What libyaml's errors mean where no mistake was recognised."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a line (from 0): its cause and its fix in words, and this line, with those after it, as they should
    be."""

    line: int
    text: str
    corrected: tuple[str, ...]


def find_mistake(error: yaml.YAMLError, lines: Sequence[str]) -> Mistake | None:
    """The mistake behind a parser's error in a file of these lines; None if it is none that is known."""
    if (found := _first_of_file(lines)) is not None:
        return found
    mark = getattr(error, "problem_mark", None)
    at = min(mark.line, len(lines) - 1) if mark is not None else 0
    near = [at, *_content_above(lines, at)][:LINES_ABOVE]
    found = next((mistake for line in near for look in _LOOKS if (mistake := look(lines, line))), None)
    return found or _open_quote(lines, at) or _open_bracket(error, lines)


def write_quoted(line: str, cause: str) -> str:
    """What to do about a value that YAML takes for something else: write it in quotes."""
    found = _ENTRY.fullmatch(line)
    if found is None:
        return f"{cause}; put the text in quotes"
    return _write(0, cause, line[: found.start("value")] + _quoted((found["value"] or "").strip())).text


def advice(problem: str) -> str:
    """What to say about an error of libyaml's that `find_mistake` does not know."""
    return f"is not valid YAML: {_ADVICE.get(problem, problem)}"


def _first_of_file(lines: Sequence[str]) -> Mistake | None:
    """Mistakes that are recognised anywhere, and that make the parser stumble elsewhere."""
    for line, text in enumerate(lines):
        if text.startswith("<<<<<<<") and _CONFLICT.fullmatch(text.rstrip()):
            what = "an unresolved merge conflict: keep one version and delete the lines <<<<<<<, ======= and >>>>>>>"
            return Mistake(line, what, tuple(_without_theirs(lines[line:])))
        if _WIDE_INDENT.match(text):
            return Mistake(line, "is indented with no-break spaces; use ordinary ones", (_WIDE_SPACE.sub(" ", text),))
    return None


def _without_theirs(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a conflict with our version alone; the others are comments now, so that lines keep their numbers."""
    ours = True
    for text in lines:
        marker = _CONFLICT.fullmatch(text.rstrip())
        ours = ours and not (marker and text[0] in "|=")
        yield text if ours and not marker else "#"
        if marker and text[0] == ">":
            return


def _content_above(lines: Sequence[str], line: int) -> Iterator[int]:
    return (at for at in range(line - 1, -1, -1) if lines[at].strip() and not lines[at].lstrip().startswith("#"))


def _tab(lines: Sequence[str], line: int) -> Mistake | None:
    text = lines[line]
    if not _TAB.match(text):
        return None
    return Mistake(line, "is indented with a tab; use spaces", (" " * _column_above(lines, line) + text.lstrip(),))


def _sign(lines: Sequence[str], line: int) -> Mistake | None:
    """A wrong sign at the beginning of a line."""
    for form, cause, correct in _SIGNS:
        if found := form.fullmatch(lines[line]):
            return _write(line, cause, found.expand(correct))
    return None


def _no_first_dash(lines: Sequence[str], line: int) -> Mistake | None:
    """The first entry of a list without its dash, seen from a line of the entry."""
    first, at = _ENTRY.fullmatch(lines[line]), line
    for above in _content_above(lines, line):
        found = _ENTRY.fullmatch(lines[above])
        if found is None or first is None or found["dash"]:
            break
        if found["key"] in _LISTS_OF_ENTRIES and not found["value"]:
            return _with_dash(lines, at) if len(found["indent"]) < len(first["indent"]) and not first["dash"] else None
        first, at = found, above
    return None


def _with_dash(lines: Sequence[str], line: int) -> Mistake:
    text = lines[line].lstrip()
    indent = lines[line][: -len(text)]
    after = lines[line + 1] if line + 1 < len(lines) else ""
    if after[: -len(after.lstrip())] == indent:
        indent = indent[2:]  # the other keys are where they belong beside a dash
    return _write(line, "a dash is missing where the entry begins", f"{indent}- {text}")


def _second_dash(lines: Sequence[str], line: int) -> Mistake | None:
    """A dash before a further key of an entry."""
    entry = _ENTRY.fullmatch(lines[line])
    above = next((found for at in _content_above(lines, line) if (found := _ENTRY.fullmatch(lines[at]))), None)
    if entry is None or above is None or not (entry["dash"] and above["dash"] and above["value"]):
        return None
    if len(entry["indent"]) != above.start("key"):
        return None
    return _write(line, "a dash begins another entry", f"{entry['indent']}{lines[line][entry.start('key') :]}")


def _two_keys(lines: Sequence[str], line: int) -> Mistake | None:
    found = _ENTRY.fullmatch(lines[line])
    if found is None or not (value := found["value"] or "") or value[0] in "\"'[{|>":
        return None
    if (second := _SECOND_KEY.fullmatch(value)) is None:
        return None
    key = second["second"].split(":")[0].strip()
    cut = lines[line][: found.start("value") + second.start("second")]
    return Mistake(line, f'two keys are on one line; begin a new line before "{key}:"', (cut,))


def _colon_without_space(lines: Sequence[str], line: int) -> Mistake | None:
    found = _NO_SPACE.fullmatch(lines[line])
    if found is None or found["key"] not in KEYS:
        return None
    corrected = f"{found['start']}{found['key']}: {_value(found['value'].strip())}"
    return _write(line, f'a space is missing after "{found["key"]}:"', corrected)


def _no_colon(lines: Sequence[str], line: int) -> Mistake | None:
    found = _NO_COLON.fullmatch(lines[line])
    if found is None or found["key"] not in KEYS or len(found["start"]) != _column_above(lines, line):
        return None
    corrected = f"{found['start']}{found['key']}: {_value(found['value'].strip())}"
    return _write(line, f'a colon is missing after "{found["key"]}"', corrected)


def _unquoted(lines: Sequence[str], line: int) -> Mistake | None:
    """A text that needs quotes, or other quotes."""
    found = _ENTRY.fullmatch(lines[line])
    if found is None or not (value := (found["value"] or "").strip()):
        return None
    before = lines[line][: found.start("value")]
    if found["key"] in _LISTS and value.startswith("- "):
        return _write(line, "a list on one line needs brackets", f"{before}[{value[2:].strip()}]")
    if link := _MARKDOWN_LINK.fullmatch(value):
        return _write(line, "is a Markdown link; only its address belongs here", before + link["address"])
    if (cause := _cause(value)) is None:
        return None
    if cause == _COMMA:
        return _write(line, cause, before + value.rstrip(", "))
    return _write(line, cause, before + _quoted(value))


_COMMA = "ends with a comma; lines need none"


def _cause(value: str) -> str | None:
    """Why a value needs quotes, or other ones; None if it does not."""
    if value[0] in "\"'":
        return _cause_in_quotes(value)
    if (close := _BRACKETS.get(value[0])) is not None:
        rest = value.rpartition(close)[2].strip()
        return (
            f"a text that begins with {value[0]} needs quotes" if rest and close in value and rest[0] != "#" else None
        )
    if first := next((name for start, name in _FIRST_CHARACTERS.items() if value.startswith(start)), None):
        is_block = value[0] in "|>" and re.fullmatch(r"[|>][-+0-9]*\s*(?:#.*)?", value)
        return None if is_block else f"a text that begins with {first} needs quotes"
    if ": " in (plain := value.partition(" #")[0]) or plain.endswith(":"):
        curly = "; YAML does not take curly quotes for quotes" if value[0] in _CURLY else ""
        return f"a text with a colon and a space needs quotes{curly}"
    return None


def _cause_in_quotes(value: str) -> str | None:
    if (end := _closing_quote(value)) is None:
        return None
    rest = value[end + 1 :].strip()
    if rest == ",":
        return _COMMA
    if rest and not rest.startswith("#"):
        return "an apostrophe ends the quoted text early" if value[0] == "'" else "the text goes on after its quotes"
    if value[0] == '"' and _ESCAPE.search(value[:end].replace("\\\\", "")):
        return "a backslash means something else in double quotes"
    return None


def _closing_quote(value: str) -> int | None:
    pattern = r"'(?:[^']|'')*'(?!')" if value[0] == "'" else r'"(?:[^"\\]|\\.)*"'
    found = re.match(pattern, value)
    return found.end() - 1 if found else None


def _indentation(lines: Sequence[str], line: int) -> Mistake | None:
    entry = _ENTRY.fullmatch(lines[line])
    above = next((found for at in _content_above(lines, line) if (found := _ENTRY.fullmatch(lines[at]))), None)
    if entry is None or above is None:
        return None
    indent, right = len(entry["indent"]), _columns(lines, line, dash=bool(entry["dash"]))
    if indent > above.start("key") and above["value"] and above["value"][0] not in "|>":
        wanted = above.start("dash") if entry["dash"] else above.start("key")
    elif right and indent < max(right) and indent not in right:
        wanted = min(right, key=lambda column: (abs(column - indent), -column))
    else:
        return None
    dash = " as they are, or begin it with a dash" if not entry["dash"] and wanted - indent == 2 else " as they are"
    text = f"is indented by {_spaces(indent)}, its neighbours by {wanted}; indent it{dash}"
    return Mistake(line, text, (" " * wanted + lines[line].lstrip(),))


def _columns(lines: Sequence[str], line: int, *, dash: bool) -> set[int]:
    """The columns at which a line may have a key, or with a `dash` an item, of what is open there."""
    columns: set[int] = set()
    least = None
    for at in _content_above(lines, line):
        found = _ENTRY.fullmatch(lines[at])
        if found is None or (least is not None and found.start("dash") >= least):
            continue
        if least is None or found.start("key") < least:
            columns.add(found.start("key"))
        if dash and found["dash"]:
            columns.add(found.start("dash"))
        least = found.start("dash")
        if least == 0:
            break
    return columns


def _column_above(lines: Sequence[str], line: int) -> int:
    """The column of the nearest key above."""
    return next((found.start("key") for at in _content_above(lines, line) if (found := _ENTRY.fullmatch(lines[at]))), 0)


def _not_indented(lines: Sequence[str], line: int) -> Mistake | None:
    """A text that goes on from the line above, without being indented more."""
    text, column = lines[line], _column_above(lines, line)
    indent = len(text) - len(text.lstrip())
    if not text.strip() or text.lstrip()[0] in "#-]}" or ":" in text or indent > column or line == 0:
        return None
    what = "has no key; if it continues the line above, indent it more than that line"
    return Mistake(line, what, (" " * (column + 2) + text.strip(),))


def _open_quote(lines: Sequence[str], line: int) -> Mistake | None:
    """A quote that opens at or above a line, with a key in the line after it."""
    for at in range(line, max(-1, line - LINES_TO_QUOTE), -1):
        found = _ENTRY.fullmatch(lines[at])
        value = (found["value"] or "").strip() if found else ""
        if not value or not _is_key(lines, at + 1):
            continue
        quote = next((one for one in "'\"" if value.count(one) % 2), "")
        if quote and value[-1] == _BRACKETS.get(value[0]):
            closed = f"{lines[at].rstrip()[:-1]}{quote}{value[-1]}"
            return _write(at, "a quote opens here and is never closed", closed)
        if value[0] in "\"'" and _closing_quote(value) is None:
            return _write(at, "a quote opens here and is never closed", lines[at].rstrip() + value[0])
    return None


def _open_bracket(error: yaml.YAMLError, lines: Sequence[str]) -> Mistake | None:
    mark = getattr(error, "context_mark", None)
    if mark is None or mark.line >= len(lines) or not _is_key(lines, mark.line + 1):
        return None
    found = _ENTRY.fullmatch(lines[mark.line])
    close = _BRACKETS.get((found["value"] or " ")[0]) if found else None
    if close is None or close in lines[mark.line]:
        return None
    return _write(
        mark.line, f"a bracket opens here and is never closed with {close}", lines[mark.line].rstrip() + close
    )


def _is_key(lines: Sequence[str], line: int) -> bool:
    """Whether a line is a key that a catalog may have, or the end of the file."""
    if line >= len(lines) or not lines[line].strip():
        return line >= len(lines) - 1
    found = _ENTRY.fullmatch(lines[line])
    return found is not None and found["key"] in KEYS


def _value(text: str) -> str:
    return _quoted(text) if _cause(text) else text


def _quoted(value: str) -> str:
    """A value in quotes that hold it; quotes that were meant to go around it are dropped."""
    if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0] and not _ends_within(value):
        value = value[1:-1]
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def _ends_within(value: str) -> bool:
    """Whether `"A" and "B"`: the last quote opens again."""
    return value[0] == '"' and value.count('"') % 2 == 0 and value.count('"') > 2


def _write(line: int, cause: str, corrected: str) -> Mistake:
    shown = corrected.strip()
    return Mistake(line, f"{cause}; write: {shown if len(shown) <= SHOWN else f'{shown[: SHOWN - 1]}…'}", (corrected,))


def _spaces(number: int) -> str:
    return f"{number} space{'s' * (number != 1)}"


_Look = Callable[[Sequence[str], int], Mistake | None]
_LOOKS: tuple[_Look, ...] = (
    _tab, _sign, _colon_without_space, _no_first_dash, _second_dash, _indentation,
    _two_keys, _unquoted, _no_colon, _not_indented,
)  # fmt: skip
"""In this order: a line that is indented wrongly also looks like a text with a colon in it."""

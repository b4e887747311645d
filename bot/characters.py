"""Invisible characters: detection, removal, escaping; and texts that must not act where they are pasted."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
"""Controls, line separators, marks that turn the direction of writing, and what has no width or no ink (Unicode's
Default_Ignorable_Code_Point, without the selectors that emoji and Japanese names are written with). Listed, and not
asked of `unicodedata`, because each Python knows another version of Unicode: a new emoji must load everywhere."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LAYOUT = "\n\t"
"""Controls that are part of a paragraph."""
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_FIRST_TAG, _LAST_TAG = "\U000e0020", "\U000e007f"
_BLACK_FLAG = "\U0001f3f4"
_FIRST_EMOJI = "\u2190"
_SHOWN_BEFORE = 20
_ACTIVE = re.compile(
    r"(?P<address>https?://\S+)|(?<!\w)@(?=\w)|#(?=\d)|\bGH-(?=\d)|\b(?:clos|fix|resolv)(?=(?:e[sd]?)?\b)(?!\u2060)",
    re.IGNORECASE,
)
"""A mention, the number of an issue, and the words that close one."""


def hidden(text: str) -> list[int]:
    """Where a text has characters that are not seen and not needed, in order.

    Line breaks and tabs count, since most texts are one line. Needed are: joiners that shape the letters of Arabic and
    Indian scripts (RFC 5892, appendix A) or make one emoji of several, and the tags in the flags of regions.
    """
    if text.isascii() and text.isprintable():
        return []
    return [found.start() for found in _HIDDEN.finditer(text) if not _is_needed(text, found.start())]


def hidden_in_paragraph(text: str) -> list[int]:
    """The same for a text of several lines: line breaks and tabs are part of it."""
    return [at for at in hidden(text) if text[at] not in _LAYOUT]


def without_hidden(text: str) -> str:
    """A text without the characters that `hidden` finds; controls and line breaks become spaces."""
    if not (places := hidden(text)):
        return text
    characters = list(text)
    for at in places:
        characters[at] = " " if _CONTROLS.match(text[at]) else ""
    return "".join(characters)


def escaped(text: str) -> str:
    """A text for a terminal or a log, with what `hidden` finds written as Python writes it: `\\x1b`, `\\u202e`."""
    if not (places := hidden(text)):
        return text
    characters = list(text)
    for at in places:
        characters[at] = text[at].encode("unicode_escape", "surrogatepass").decode("ascii")
    return "".join(characters)


def inert(text: str) -> str:
    """A text that mentions nobody and closes nothing where GitHub or its like shows it: a word joiner, which has no
    width, parts what would act. Addresses stay as they are."""
    return _ACTIVE.sub(lambda found: found[0] if found["address"] else f"{found[0]}\u2060", text)


def named(text: str, at: int) -> str:
    """A hidden character for people: `U+202E (right-to-left override) after “Intro to”`."""
    name = unicodedata.name(text[at], "control character").lower()
    before = escaped(text[max(0, at - _SHOWN_BEFORE) : at].strip())
    return f"U+{ord(text[at]):04X} ({name}) {f'after “{before}”' if before else 'at its start'}"


def _is_needed(text: str, at: int) -> bool:
    character = text[at]
    before = text[at - 1] if at else ""
    if character in (_NON_JOINER, _JOINER):
        joins = character == _JOINER and _is_emoji(before) and _is_emoji(text[at + 1 : at + 2])
        return joins or _shapes_letters(before)
    # The flags of regions: a black flag, then tags.
    return _FIRST_TAG <= character <= _LAST_TAG and text[:at].rstrip(_TAGS).endswith(_BLACK_FLAG)


_TAGS = "".join(map(chr, range(ord(_FIRST_TAG), ord(_LAST_TAG) + 1)))


def _is_emoji(character: str) -> bool:
    return character >= _FIRST_EMOJI and not character.isalpha() and not _HIDDEN.match(character)


def _shapes_letters(before: str) -> bool:
    """Whether a joiner may follow: a letter or a mark of a script in which joiners shape letters."""
    return "\u0600" <= before <= "\u18af" and not _HIDDEN.match(before) and unicodedata.category(before)[0] in "LM"

"""Titles in the picture: in letters that can be drawn, and no longer than their lines."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

from PIL.ImageFont import FreeTypeFont

from bot.language import Language
from bot.picture.fonts import INTER, has_glyph

READ = 120
"""Characters of a title that are looked at: more than two lines hold."""


def part(place: int, language: Language) -> str:
    """What stands for a title that cannot be drawn."""
    return language.t("Part {number}", number=place)


def legible(title: str, place: int, language: Language, file: str = INTER) -> str:
    """A title in letters that a font can draw, or "Part 2" (its `place`) when it would lose some; emoji are no loss."""
    text = unicodedata.normalize("NFC", " ".join(title.split())[:READ])
    lost = any(unicodedata.category(char)[0] in "LN" and not _spell(char, file) for char in text)
    drawn = " ".join("".join(_spell(char, file) for char in text).split())
    return drawn if drawn and not lost else part(place, language)


def cut(text: str, font: FreeTypeFont, width: float) -> str:
    """As much of a text as a line of `width` pixels holds, with "…" where it ends early."""
    if font.getlength(text) <= width:
        return text
    fits = bisect_right(range(len(text)), width, key=lambda length: font.getlength(text[:length] + "…"))
    return text[: fits - 1].rstrip() + "…"


def wrap(text: str, font: FreeTypeFont, width: float) -> tuple[str, ...]:
    """A text in one line or two, the second cut; one that has no space early enough is cut in the first."""
    words = text.split()
    lengths = range(1, len(words) + 1)
    fits = bisect_right(lengths, width, key=lambda length: font.getlength(" ".join(words[:length])))
    if fits in (0, len(words)):
        return (cut(text, font, width),)
    return " ".join(words[:fits]), cut(" ".join(words[fits:]), font, width)


def _spell(char: str, file: str) -> str:
    """A character as a font can draw it: itself, its plain form (ﬁ → fi, 𝐋 → L), or nothing."""
    plain = unicodedata.normalize("NFKC", char)
    return next((form for form in (char, plain) if all(has_glyph(one, file) for one in form)), "")

"""A member's path as a picture: a winding line of numbered stops, stage by stage, and the same in words.

    8 of 23 done

      Learn the basics                 8 of 13     the line turns at the edges, and is thick between done stops
        (✓)═(✓)═(✓)═(✓)═(✓)═(✓)═(✓)═(✓)─╮          a done stop is a filled disc with a check mark,
         1   2   3   4   5   6   7   8  │          an open one a ring around its number,
    ╭───────────────(13)(12)(11)(10)((9))          the next one two rings and the word "next":
    │                                next          shapes and words tell them apart, colour only helps

A path that is too long for stops is drawn as one bar per group; too many groups end in "and 12 more".

The letters are Inter's (package fontpkg-inter, 1 MB, SIL Open Font License): Latin with all its accents, Greek and
Cyrillic, in real weights. Pillow's own font has little more than ASCII, not even "é" or a dash; fonts that draw Chinese
too weigh 12 to 46 MB, and Arabic would need a shaping library that not every system has. So a title with letters beyond
Inter's reads "Part 2" in the picture, never a row of boxes, and emoji are left out of it; the words of `describe_path`
keep every title as it is.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

PANEL = "#20252e"
"""The ground that everything stands on: it brings its own contrast to Discord's light and dark themes."""
BORDER = "#3d4654"
"""The panel's edge, an ornament: it sets the panel off from a ground as dark as itself."""
INK = "#f1f3f6"
"""Titles, numbers and the rings of open stops."""
QUIET = "#b6bfcc"
"""Counts beside the titles."""
LINE = "#7f8b9c"
"""The line between stops, and the outline of bars."""
DONE = "#6cc9a1"
"""Done stops, the line that joins them, and the filled part of bars."""
NEXT = "#f4c95d"
"""The rings of the next stop and the word below it."""

WIDTH = 800
"""Pixels. Discord shows it about 350 points wide, where 28 px of text are 12 points."""
MAX_HEIGHT = 2400
"""Pixels: on a phone a screen and a half. Past it a path of stops becomes bars, and bars end in "and 12 more"."""
MAX_DIGITS = 3
"""Most digits that a ring has room for; a path with longer numbers is drawn as bars."""
ALT_LIMIT = 1024
"""Characters: Discord's limit for the description of a media item."""
ALT_TITLE_LIMIT = 80
"""Characters of one title in the description: eight groups of them still fit."""

_TEXT_LEFT, _TEXT_RIGHT = 64, WIDTH - 64  # between the line's two edges, so that it never crosses a title
_LINE_LEFT, _LINE_RIGHT = 36, WIDTH - 36  # where the line runs down from row to row
_BEND = 28  # the radius of its turns
_THICK, _THIN = 14, 6  # its widths between done stops and elsewhere: even, so that it has a middle
_STOP, _HALO, _STROKE = 34, 44, 4  # radii of a stop and of the next stop's outer ring; the width of rings
_PER_ROW = 8  # at 86 px from one to the next, the next stop's outer ring still clears its neighbours
_FIRST_X, _LAST_X = 98, WIDTH - 98  # the middles of a row's outermost stops
_LABEL = 64  # from a stop's middle down to the middle of the words below it
_LABELLED = 78  # from a row's middle down to the end of those words; a row without them ends with its stops
_AIR = 26  # between two rows
_ABOVE, _BELOW = 70, 56  # from a heading to the middle of its first row; from the end of its last to the next heading
_EMPTY = 64  # from the heading of a group without steps to the next one
_TITLE_LINE = 42  # from one line of a title to its next
_TITLE_READ = 120  # characters of a title that are looked at: more than two lines hold
_GAP = 24  # between a title and its count
_HEAD, _TOP = 60, 134  # the middles of the line that counts the whole path, and of the first heading
_BAR, _BAR_SECTION, _NEXT_LINE = 26, 112, 38  # a bar; a bar with its heading and air; the line "next: step 313"
_MORE = 56  # the line "and 12 more"
_CORNER = 28  # the radius of the panel's corners
_FINE = 4  # shapes are drawn this many times larger and reduced: Pillow's shapes have hard edges
_CAP = 0.364  # half the height of Inter's capitals and digits, in ems: it centres them on a line
_OPTICAL_SIZE = 14  # Inter's roomiest letters, for the 12 to 19 points at which these are seen
_NO_GLYPH = "\uffff"  # not a character, so every font answers with its box


@dataclass(frozen=True, slots=True)
class PathStep:
    """One stop: its `number` on the path, from 1; whether it is `done`; whether it is the `next` one (at most one is).

    A step that is both done and next counts as done.
    """

    number: int
    done: bool
    next: bool


@dataclass(frozen=True, slots=True)
class PathGroup:
    """A stage or a track: its title and its steps in order; a track may have none yet."""

    title: str
    steps: tuple[PathStep, ...]


def draw_path(groups: Sequence[PathGroup]) -> bytes:
    """The path as a PNG, `WIDTH` pixels wide and at most `MAX_HEIGHT` high, with transparent rounded corners.

    Takes the stages and tracks in path order: any number of them, of any length, with any titles. The same groups
    give the same bytes. Safe to call from several threads at once: nothing that changes is shared between calls.
    """
    fonts = _Fonts()
    sheet = _stops(groups, fonts) if _fit_as_stops(groups) else _bars(groups, fonts)
    return sheet.png()


def describe_path(groups: Sequence[PathGroup]) -> str:
    """What `draw_path` shows, in words, for those who cannot see it: at most `ALT_LIMIT` characters.

    For example "The path: 8 of 23 done. Basics: 8 of 13. Practice: 0 of 10. Next: step 9."; groups that do not fit
    are counted ("And 12 more.").
    """
    head, tail = f"The path: {_total(groups)}.", _what_next(groups)
    kept: list[str] = []
    room = ALT_LIMIT - len(head) - len(tail) - len(f" And {len(groups):,} more. ")
    for group in groups:
        sentence = f"{_shorten(group.title)}: {_count(group)}."
        room -= len(sentence) + 1
        if room < 0:
            kept.append(f"And {len(groups) - len(kept):,} more.")
            break
        kept.append(sentence)
    return " ".join(filter(None, (head, *kept, tail)))


# What is told, in picture and words alike


def _count(group: PathGroup) -> str:
    """For example "5 of 13"; a group without steps says so."""
    return f"{_done(group):,} of {len(group.steps):,}" if group.steps else "nothing yet"


def _total(groups: Sequence[PathGroup]) -> str:
    """For example "8 of 23 done"; a path without steps says so."""
    steps = sum(len(group.steps) for group in groups)
    return f"{sum(map(_done, groups)):,} of {steps:,} done" if steps else "nothing on it yet"


def _done(group: PathGroup) -> int:
    return sum(step.done for step in group.steps)


def _next_in(group: PathGroup) -> PathStep | None:
    return next((step for step in group.steps if _is_next(step)), None)


def _is_next(step: PathStep) -> bool:
    return step.next and not step.done


def _what_next(groups: Sequence[PathGroup]) -> str:
    step = next(filter(None, map(_next_in, groups)), None)
    return f"Next: step {step.number:,}." if step else ""


def _shorten(title: str) -> str:
    words = " ".join(title.split()) or "Without a title"
    return words if len(words) <= ALT_TITLE_LIMIT else words[: ALT_TITLE_LIMIT - 1].rstrip() + "…"


# Letters


class _Fonts:
    """Inter in the four ways that a picture uses. Each picture has its own: a FreeType face bears only one thread."""

    def __init__(self) -> None:
        self.head = _font(44, 700)
        self.title = _font(34, 600)
        self.text = _font(28, 500)
        self.strong = _font(28, 700)


def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    path = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    # The basic layout is the same everywhere; the other one depends on a library of the system.
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([_OPTICAL_SIZE, weight])
    return font


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    """Whether Inter can draw a character: Pillow does not say, but a missing one looks like the box."""
    if unicodedata.category(char)[0] == "C":
        return False
    font = _font(28, 500)
    glyph, box = font.getmask(char), font.getmask(_NO_GLYPH)
    return glyph.size != box.size or bytes(glyph) != bytes(box)


def _spell(char: str) -> str:
    """A character as Inter can draw it: itself, its plain form (ﬁ → fi, 𝐋 → L), or nothing."""
    plain = unicodedata.normalize("NFKC", char)
    return next((form for form in (char, plain) if all(map(_has_glyph, form))), "")


def _heading(title: str, place: int) -> str:
    """A title in letters that can be drawn, or "Part 2" when it would lose some; emoji are no loss."""
    text = unicodedata.normalize("NFC", " ".join(title.split())[:_TITLE_READ])
    lost = any(unicodedata.category(char)[0] in "LN" and not _spell(char) for char in text)
    drawn = " ".join("".join(map(_spell, text)).split())
    return drawn if drawn and not lost else f"Part {place}"


def _cut(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """As much of a text as a line of `width` pixels holds, with "…" where it ends early."""
    if font.getlength(text) <= width:
        return text
    fits = bisect_right(range(len(text)), width, key=lambda length: font.getlength(text[:length] + "…"))
    return text[: fits - 1].rstrip() + "…"


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> tuple[str, ...]:
    """A text in one line or two, the second cut; one that has no space early enough is cut in the first."""
    words = text.split()
    lengths = range(1, len(words) + 1)
    fits = bisect_right(lengths, width, key=lambda length: font.getlength(" ".join(words[:length])))
    if fits in (0, len(words)):
        return (_cut(text, font, width),)
    return " ".join(words[:fits]), _cut(" ".join(words[fits:]), font, width)


# Shapes: grey masks with soft edges, through which a colour is laid


class _Point(NamedTuple):
    x: int
    y: int


@lru_cache(maxsize=32)
def _ring(radius: int, stroke: int) -> Image.Image:
    """A ring of an outer radius; with a stroke as wide as the radius, a disc."""
    size = 2 * radius * _FINE
    mask = Image.new("L", (size, size))
    inner = stroke * _FINE
    draw = ImageDraw.Draw(mask)
    draw.ellipse((0, 0, size - 1, size - 1), fill=255)
    if stroke < radius:
        draw.ellipse((inner, inner, size - 1 - inner, size - 1 - inner), fill=0)
    return mask.reduce(_FINE)


@lru_cache(maxsize=1)
def _check() -> Image.Image:
    """A check mark, for a stop."""
    size = 2 * _STOP * _FINE
    mask = Image.new("L", (size, size))
    points = [(0.28 * size, 0.52 * size), (0.44 * size, 0.67 * size), (0.73 * size, 0.36 * size)]
    draw, width = ImageDraw.Draw(mask), 8 * _FINE
    draw.line(points, fill=255, width=width, joint="curve")
    for x, y in points:  # Pillow ends its lines square
        draw.circle((x, y), width // 2, fill=255)
    return mask.reduce(_FINE)


def _pill(width: int, height: int, inset: int, part: float = 1) -> Image.Image:
    """A bar with round ends of the given size, its shape drawn `inset` pixels inside, to a `part` of its length."""
    mask = Image.new("L", (width * _FINE, height * _FINE))
    thick = height - 2 * inset
    length = thick + round((width - 2 * inset - thick) * part)
    box = (inset * _FINE, inset * _FINE, (inset + length) * _FINE - 1, (height - inset) * _FINE - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, thick * _FINE // 2, fill=255)
    return mask.reduce(_FINE)


class _Sheet:
    """One picture while it is drawn."""

    def __init__(self, height: int, fonts: _Fonts) -> None:
        self.fonts = fonts
        self.height = height
        self.image = Image.new("RGB", (WIDTH, height), PANEL)
        self.draw = ImageDraw.Draw(self.image)

    def png(self) -> bytes:
        """The finished picture, with its border and its round corners."""
        self.draw.rectangle((0, 0, WIDTH - 1, self.height - 1), outline=BORDER, width=2)
        alpha = Image.new("L", self.image.size, 255)
        for left in (True, False):
            for top in (True, False):
                x, y = 0 if left else WIDTH - _CORNER, 0 if top else self.height - _CORNER
                self.image.paste(PANEL, (x, y, x + _CORNER, y + _CORNER))
                self.image.paste(BORDER, (x, y), _quarter(_CORNER, 2, left=left, top=top))
                alpha.paste(_quarter(_CORNER, _CORNER, left=left, top=top), (x, y))
        self.image.putalpha(alpha)
        file = BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()

    def write(
        self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, colour: str = INK, align: str = "m"
    ) -> None:
        """Words whose capitals are centred on `y`; `align` says whether `x` is their left, middle or right."""
        self.draw.text((x, y + font.size * _CAP), text, fill=colour, font=font, anchor=f"{align}s")

    def stamp(self, at: _Point, colour: str, mask: Image.Image) -> None:
        """A colour through a mask that is centred on a point."""
        self.image.paste(colour, (at.x - mask.width // 2, at.y - mask.height // 2), mask)

    def line(self, a: _Point, b: _Point, width: int, colour: str) -> None:
        """A level or upright line; no length is no line."""
        (left, right), (top, bottom), half = sorted((a.x, b.x)), sorted((a.y, b.y)), width // 2
        if a.y == b.y and left < right:
            self.draw.rectangle((left, top - half, right - 1, top + half - 1), fill=colour)
        elif top < bottom:
            self.draw.rectangle((left - half, top, left + half - 1, bottom - 1), fill=colour)

    def heading(self, y: int, lines: Sequence[str], count: str) -> None:
        """A group's title and, at the right, its count."""
        for row, line in enumerate(lines):
            self.write(_TEXT_LEFT, y + row * _TITLE_LINE, line, self.fonts.title, align="l")
        self.write(_TEXT_RIGHT, y, count, self.fonts.text, QUIET, align="r")

    def head(self, groups: Sequence[PathGroup]) -> None:
        """The line at the top."""
        text = _total(groups)
        self.write(_TEXT_LEFT, _HEAD, text[0].upper() + text[1:], self.fonts.head, align="l")


def _quarter(radius: int, stroke: int, *, left: bool, top: bool) -> Image.Image:
    """A quarter of a ring or disc."""
    x, y = 0 if left else radius, 0 if top else radius
    return _ring(radius, stroke).crop((x, y, x + radius, y + radius))


def _room(group: PathGroup, fonts: _Fonts) -> float:
    """The pixels that a group's count leaves to its title."""
    return _TEXT_RIGHT - _TEXT_LEFT - _GAP - fonts.text.getlength(_count(group))


# Stops


@dataclass(frozen=True, slots=True)
class _Row:
    """Stops side by side; the line passes them from left to right, or `back` from right to left."""

    steps: Sequence[PathStep]
    y: int
    back: bool

    @property
    def end(self) -> int:
        """Where its stops end, or the words below them."""
        return self.y + (_LABELLED if any(step.done or step.next for step in self.steps) else _STOP)

    def at(self, place: int) -> _Point:
        offset = place * (_LAST_X - _FIRST_X) // (_PER_ROW - 1)
        return _Point(_LAST_X - offset if self.back else _FIRST_X + offset, self.y)


@dataclass(frozen=True, slots=True)
class _Section:
    """A group as stops: where its heading is, and its rows."""

    y: int
    lines: tuple[str, ...]
    count: str
    rows: tuple[_Row, ...]
    end: int


def _fit_as_stops(groups: Sequence[PathGroup]) -> bool:
    """Whether a path fits as stops at its highest, so that it does not turn into bars while it is being done."""
    row = _STOP + _LABELLED + _AIR
    group = _TITLE_LINE + _ABOVE + _LABELLED + _BELOW - row
    most = _TOP + sum(group + row * ceil(len(one.steps) / _PER_ROW) for one in groups)
    return most <= MAX_HEIGHT and all(len(str(step.number)) <= MAX_DIGITS for one in groups for step in one.steps)


def _stops(groups: Sequence[PathGroup], fonts: _Fonts) -> _Sheet:
    """The path as a line of stops."""
    sections = list(_sections(groups, fonts))
    height = sections[-1].end if sections else _TOP
    sheet = _Sheet(height, fonts)
    sheet.head(groups)
    for section in sections:
        sheet.heading(section.y, section.lines, section.count)
    _draw_rows(sheet, [row for section in sections for row in section.rows])
    return sheet


def _sections(groups: Sequence[PathGroup], fonts: _Fonts) -> Iterator[_Section]:
    y, back = _TOP, False
    for place, group in enumerate(groups, start=1):
        lines = _wrap(_heading(group.title, place), fonts.title, _room(group, fonts))
        last_line = y + (len(lines) - 1) * _TITLE_LINE
        rows = tuple(_rows(group.steps, last_line + _ABOVE, back))
        back ^= len(rows) % 2 == 1
        end = rows[-1].end + _BELOW if rows else last_line + _EMPTY
        yield _Section(y, lines, _count(group), rows, end)
        y = end


def _rows(steps: Sequence[PathStep], y: int, back: bool) -> Iterator[_Row]:
    """Steps in full rows from `y` down, the line passing them to and fro."""
    for start in range(0, len(steps), _PER_ROW):
        row = _Row(steps[start : start + _PER_ROW], y, back)
        yield row
        y, back = row.end + _AIR + _STOP, not back


def _draw_rows(sheet: _Sheet, rows: Sequence[_Row]) -> None:
    """The line first, the stops upon it."""
    for row in rows:
        for place in range(1, len(row.steps)):
            sheet.line(row.at(place - 1), row.at(place), *_manner(row.steps[place - 1], row.steps[place]))
    for row, following in pairwise(rows):
        _turn(sheet, row, following)
    for row in rows:
        for place, step in enumerate(row.steps):
            _draw_stop(sheet, row.at(place), step)


def _manner(a: PathStep, b: PathStep) -> tuple[int, str]:
    """The width and colour of the line from one step to another."""
    return (_THICK, DONE) if a.done and b.done else (_THIN, LINE)


def _turn(sheet: _Sheet, row: _Row, following: _Row) -> None:
    """The line from a row's last stop to the edge, down, and to the first stop of the next row."""
    width, colour = manner = _manner(row.steps[-1], following.steps[0])
    left = row.back
    edge = _LINE_LEFT if left else _LINE_RIGHT
    inner = edge + (_BEND if left else -_BEND)
    sheet.line(row.at(len(row.steps) - 1), _Point(inner, row.y), *manner)
    sheet.line(_Point(edge, row.y + _BEND), _Point(edge, following.y - _BEND), *manner)
    sheet.line(_Point(inner, following.y), following.at(0), *manner)
    radius = _BEND + width // 2
    x = edge - width // 2 if left else inner
    sheet.image.paste(colour, (x, row.y - width // 2), _quarter(radius, width, left=left, top=True))
    sheet.image.paste(colour, (x, following.y - _BEND), _quarter(radius, width, left=left, top=False))


def _draw_stop(sheet: _Sheet, at: _Point, step: PathStep) -> None:
    number, below = str(step.number), at.y + _LABEL
    if step.done:
        sheet.stamp(at, DONE, _ring(_STOP, _STOP))
        sheet.stamp(at, PANEL, _check())
        sheet.write(at.x, below, number, sheet.fonts.text, QUIET)
        return
    sheet.stamp(at, PANEL, _ring(_HALO, _HALO) if _is_next(step) else _ring(_STOP, _STOP))
    sheet.stamp(at, NEXT if _is_next(step) else INK, _ring(_STOP, _STROKE))
    sheet.write(at.x, at.y, number, sheet.fonts.text)
    if _is_next(step):
        sheet.stamp(at, NEXT, _ring(_HALO, _STROKE))
        sheet.write(at.x, below, "next", sheet.fonts.strong, NEXT)


# Bars


def _bars(groups: Sequence[PathGroup], fonts: _Fonts) -> _Sheet:
    """The path as one bar per group: all groups, or those about the next step."""
    room = (MAX_HEIGHT - _TOP - _NEXT_LINE - 2 * _MORE) // _BAR_SECTION
    current = next((place for place, group in enumerate(groups) if _next_in(group)), 0)
    first = max(0, min(current - 1, len(groups) - room))
    shown = groups[first : first + room]
    before, after = first, len(groups) - first - len(shown)
    extra = _NEXT_LINE * any(map(_next_in, shown)) + _MORE * (bool(before) + bool(after))
    sheet = _Sheet(_TOP + _BAR_SECTION * len(shown) + extra, fonts)
    sheet.head(groups)
    y = _TOP
    if before:
        y = _say(sheet, y, f"{before:,} before these")
    for place, group in enumerate(shown, start=first + 1):
        y = _draw_bar(sheet, y, group, place)
    if after:
        _say(sheet, y, f"and {after:,} more")
    return sheet


def _say(sheet: _Sheet, y: int, text: str) -> int:
    sheet.write(_TEXT_LEFT, y, text, sheet.fonts.text, QUIET, align="l")
    return y + _MORE


def _draw_bar(sheet: _Sheet, y: int, group: PathGroup, place: int) -> int:
    """A group's heading and bar; gives where the next one comes."""
    title = _cut(_heading(group.title, place), sheet.fonts.title, _room(group, sheet.fonts))
    sheet.heading(y, [title], _count(group))
    width, at = _TEXT_RIGHT - _TEXT_LEFT, _Point(WIDTH // 2, y + 46)
    sheet.stamp(at, LINE, _pill(width, _BAR, 0))
    sheet.stamp(at, PANEL, _pill(width, _BAR, 3))
    if done := _done(group):
        sheet.stamp(at, DONE, _pill(width, _BAR, 0, done / len(group.steps)))
    if step := _next_in(group):
        y += _NEXT_LINE
        sheet.write(_TEXT_LEFT, y + 46, f"next: step {step.number:,}", sheet.fonts.strong, NEXT, align="l")
    return y + _BAR_SECTION

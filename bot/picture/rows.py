"""Where the stops of a path stand: sections of rows, from the top down, each read from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from bot.language import Language
from bot.picture.fonts import Fonts
from bot.picture.groups import PathGroup, PathStep
from bot.picture.sheet import MAX_HEIGHT, TITLE_LINE, TOP, WIDTH, Point, title_room
from bot.picture.titles import legible, wrap
from bot.picture.words import count

MAX_DIGITS = 3
"""Most digits that a ring has room for; a path with longer numbers is drawn as bars."""
PER_ROW = 8
"""Stops side by side: at 86 px from one to the next, the next stop's outer ring still clears its neighbours."""
FIRST_X, LAST_X = 98, WIDTH - 98
"""The middles of a row's outermost stops."""
STOP = 34
"""The radius of a stop."""
LABELLED = 78
"""From a row's middle down to the end of the words below it; a row without them ends with its stops."""
AIR = 26
"""Between two rows."""
ABOVE, BELOW = 70, 56
"""From a heading to the middle of its first row; from the end of its last to the next heading."""
EMPTY = 64
"""From the heading of a group without steps to the next one."""


@dataclass(frozen=True, slots=True)
class Row:
    """Stops side by side, from left to right."""

    steps: Sequence[PathStep]
    y: int

    @property
    def end(self) -> int:
        """Where its stops end, or the words below them."""
        return self.y + (LABELLED if any(step.done or step.next for step in self.steps) else STOP)

    def at(self, place: int) -> Point:
        """The middle of one of its stops, in the order of the path."""
        return Point(FIRST_X + place * (LAST_X - FIRST_X) // (PER_ROW - 1), self.y)


@dataclass(frozen=True, slots=True)
class Section:
    """A group as stops: where its heading is and what it says, its rows, and where the next heading is."""

    y: int
    lines: tuple[str, ...]
    count: str
    rows: tuple[Row, ...]
    end: int


def fit_as_stops(groups: Sequence[PathGroup]) -> bool:
    """Whether a path fits as stops at its highest, so that it does not turn into bars while it is being done."""
    row = STOP + LABELLED + AIR
    group = TITLE_LINE + ABOVE + LABELLED + BELOW - row
    most = TOP + sum(group + row * ceil(len(one.steps) / PER_ROW) for one in groups)
    return most <= MAX_HEIGHT and all(len(str(step.number)) <= MAX_DIGITS for one in groups for step in one.steps)


def sections(groups: Sequence[PathGroup], fonts: Fonts, language: Language) -> Iterator[Section]:
    """The groups one below the other."""
    y = TOP
    for place, group in enumerate(groups, start=1):
        told = count(group, language)
        lines = wrap(legible(group.title, place, language, fonts.file), fonts.title, title_room(told, fonts))
        last_line = y + (len(lines) - 1) * TITLE_LINE
        rows = tuple(_rows(group.steps, last_line + ABOVE))
        end = rows[-1].end + BELOW if rows else last_line + EMPTY
        yield Section(y, lines, told, rows, end)
        y = end


def _rows(steps: Sequence[PathStep], y: int) -> Iterator[Row]:
    """Steps in full rows from `y` down."""
    for start in range(0, len(steps), PER_ROW):
        row = Row(steps[start : start + PER_ROW], y)
        yield row
        y = row.end + AIR + STOP

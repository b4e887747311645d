"""A path as lines of numbered stops, each read from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.language import Language
from bot.picture.colours import DONE, INK, LINE, NEXT, PANEL, QUIET
from bot.picture.fonts import Fonts
from bot.picture.groups import PathGroup, PathStep
from bot.picture.rows import LAST_X, STOP, Row, sections
from bot.picture.shapes import check, disc, ring
from bot.picture.sheet import TOP, WIDTH, Point, Sheet

HALO = 44
"""The radius of the next stop's outer ring."""
STROKE = 4
"""The width of rings."""
LABEL = 64
"""From a stop's middle down to the middle of the words below it."""
THICK, THIN = 14, 6
"""The line's widths between done stops and elsewhere: even, so that it has a middle."""
LINE_LEFT = 24
"""Where the line enters a row; it leaves one as far behind its last stop as it enters before the first."""


def draw_stops(groups: Sequence[PathGroup], fonts: Fonts, language: Language) -> Sheet:
    """The path as a line of stops; it should fit (`fit_as_stops`)."""
    placed = list(sections(groups, fonts, language))
    sheet = Sheet(placed[-1].end if placed else TOP, fonts, language)
    sheet.head(groups)
    for section in placed:
        sheet.heading(section.y, section.lines, section.count)
    rows = [row for section in placed for row in section.rows]
    _draw_line(sheet, rows)
    for row in rows:
        for place, step in enumerate(row.steps):
            _draw_stop(sheet, row.at(place), step)
    return sheet


def _draw_line(sheet: Sheet, rows: Sequence[Row]) -> None:
    for row in rows:
        for place, (step, following) in enumerate(pairwise(row.steps)):
            sheet.line(row.at(place), row.at(place + 1), *_manner(step, following))
    for row, below in pairwise(rows):
        manner = _manner(row.steps[-1], below.steps[0])
        last = row.at(len(row.steps) - 1)
        sheet.line(last, Point(last.x + WIDTH - LAST_X - LINE_LEFT, row.y), *manner)
        sheet.line(Point(LINE_LEFT, below.y), below.at(0), *manner)


def _manner(a: PathStep, b: PathStep) -> tuple[int, str]:
    """The width and colour of the line from one step to another."""
    return (THICK, DONE) if a.done and b.done else (THIN, LINE)


def _draw_stop(sheet: Sheet, at: Point, step: PathStep) -> None:
    if step.done:
        _draw_done(sheet, at, step.number)
    elif step.is_next:
        sheet.stamp(at, PANEL, disc(HALO))
        sheet.stamp(at, NEXT, ring(HALO, STROKE))
        _draw_ring(sheet, at, step.number, NEXT)
        sheet.write(at.x, at.y + LABEL, sheet.language.t("next"), sheet.fonts.strong, NEXT)
    else:
        sheet.stamp(at, PANEL, disc(STOP))
        _draw_ring(sheet, at, step.number, INK)


def _draw_done(sheet: Sheet, at: Point, number: int) -> None:
    sheet.stamp(at, DONE, disc(STOP))
    sheet.stamp(at, PANEL, check(STOP))
    sheet.write(at.x, at.y + LABEL, str(number), sheet.fonts.text, QUIET)


def _draw_ring(sheet: Sheet, at: Point, number: int, colour: str) -> None:
    sheet.stamp(at, colour, ring(STOP, STROKE))
    sheet.write(at.x, at.y, str(number), sheet.fonts.text)

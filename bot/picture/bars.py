"""A path too long for stops: one bar per group."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import Language
from bot.picture.colours import DONE, LINE, NEXT, PANEL, QUIET
from bot.picture.fonts import Fonts
from bot.picture.groups import PathGroup
from bot.picture.shapes import pill
from bot.picture.sheet import MAX_HEIGHT, TEXT_LEFT, TEXT_RIGHT, TOP, WIDTH, Point, Sheet, title_room
from bot.picture.titles import cut, legible
from bot.picture.words import count

BAR = 26
"""The height of a bar."""
OUTLINE = 3
"""The width of its outline."""
BELOW = 46
"""From a heading to the middle of its bar."""
SECTION = 112
"""A bar with its heading and air."""
NEXT_LINE = 38
"""The line "next: step 313"."""
MORE = 56
"""The line "and 12 more"."""


def draw_bars(groups: Sequence[PathGroup], fonts: Fonts, language: Language) -> Sheet:
    """The path as bars: of all groups, or of as many about the next step as there is room for."""
    places = _shown(groups)
    shown = groups[places.start : places.stop]
    before, after = places.start, len(groups) - places.stop
    extra = NEXT_LINE * any(group.next_step for group in shown) + MORE * (bool(before) + bool(after))
    sheet = Sheet(TOP + SECTION * len(shown) + extra, fonts, language)
    sheet.head(groups)
    y = TOP
    if before:
        y = _say(sheet, y, language.plural("{n} before these", "{n} before these", before))
    for place, group in zip(places, shown, strict=True):
        y = _draw_bar(sheet, y, group, place + 1)
    if after:
        _say(sheet, y, language.plural("and {n} more", "and {n} more", after))
    return sheet


def _shown(groups: Sequence[PathGroup]) -> range:
    """The places of the groups that there is room for: from the one before the next step's."""
    room = (MAX_HEIGHT - TOP - NEXT_LINE - 2 * MORE) // SECTION
    current = next((place for place, group in enumerate(groups) if group.next_step), 0)
    first = max(0, min(current - 1, len(groups) - room))
    return range(first, min(first + room, len(groups)))


def _say(sheet: Sheet, y: int, text: str) -> int:
    """A line about the groups that are left out; gives where the next thing comes."""
    sheet.write(TEXT_LEFT, y, text, sheet.fonts.text, QUIET, align="l")
    return y + MORE


def _draw_bar(sheet: Sheet, y: int, group: PathGroup, place: int) -> int:
    """A group's heading and bar; gives where the next one comes."""
    told = count(group, sheet.language)
    title = legible(group.title, place, sheet.language, sheet.fonts.file)
    sheet.heading(y, [cut(title, sheet.fonts.title, title_room(told, sheet.fonts))], told)
    width, at = TEXT_RIGHT - TEXT_LEFT, Point(WIDTH // 2, y + BELOW)
    sheet.stamp(at, LINE, pill(width, BAR))
    sheet.stamp(at, PANEL, pill(width, BAR, OUTLINE))
    if group.done:
        sheet.stamp(at, DONE, pill(width, BAR, part=group.done / len(group.steps)))
    if step := group.next_step:
        y += NEXT_LINE
        sheet.write(
            TEXT_LEFT,
            y + BELOW,
            sheet.language.t("next: step {number}", number=sheet.language.number(step.number)),
            sheet.fonts.strong,
            NEXT,
            align="l",
        )
    return y + SECTION

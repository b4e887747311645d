"""The picture of a path, as stops or as bars."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import Language
from bot.picture.bars import draw_bars
from bot.picture.fonts import fonts_for
from bot.picture.groups import PathGroup
from bot.picture.rows import fit_as_stops
from bot.picture.stops import draw_stops


def draw_path(groups: Sequence[PathGroup], language: Language) -> bytes:
    """The path as a PNG, 800 pixels wide and at most 2400 high (`sheet`), with transparent rounded corners.

    Takes the stages and tracks in path order: any number of them, of any length, with any titles. The same groups
    give the same bytes. Safe to call from several threads at once: nothing that changes is shared between calls.
    """
    draw = draw_stops if fit_as_stops(groups) else draw_bars
    return draw(groups, *fonts_for(language)).png()

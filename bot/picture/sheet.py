"""One picture while it is drawn: a panel with round corners, and what stops and bars have in common upon it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import product
from typing import NamedTuple

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from bot.language import Language
from bot.picture.colours import BORDER, INK, NEXT, PANEL, QUIET
from bot.picture.fonts import CAP, Fonts
from bot.picture.groups import PathGroup
from bot.picture.shapes import quarter
from bot.picture.titles import cut, legible, part
from bot.picture.words import next_of, total

WIDTH = 800
"""Pixels. Discord shows it about 350 points wide, where 28 px of text are 12 points."""
MAX_HEIGHT = 2400
"""Pixels: on a phone a screen and a half. Past it a path of stops becomes bars, and bars end in "and 12 more"."""
TEXT_LEFT, TEXT_RIGHT = 64, WIDTH - 64
"""Between the line's two edges, so that it never crosses a title."""
HEAD = 60
"""The middle of the line that counts the whole path."""
SUBHEAD = 108
"""The middle of the line below it, which names the next step."""
TOP = 182
"""The middle of the first heading."""
TITLE_LINE = 42
"""From one line of a title to its next."""
GAP = 24
"""Between a title and its count, at least."""
CORNER = 28
"""The radius of the panel's corners."""
EDGE = 2
"""The width of its border."""


class Point(NamedTuple):
    """Pixels from the left and from the top."""

    x: int
    y: int


class Sheet:
    """One picture while it is drawn; it belongs to one thread."""

    def __init__(self, height: int, fonts: Fonts, language: Language) -> None:
        self.fonts = fonts
        self.language = language
        self.height = height
        self.image = Image.new("RGB", (WIDTH, height), PANEL)
        self._draw = ImageDraw.Draw(self.image)

    def head(self, groups: Sequence[PathGroup]) -> None:
        """The lines at the top: how much is done, and what is next."""
        t, text, step = self.language.t, total(groups, self.language), next_of(groups)
        self.write(TEXT_LEFT, HEAD, text[0].upper() + text[1:], self.fonts.head, align="l")
        if step is not None and step.title:
            title, number = (
                legible(step.title, step.number, self.language, self.fonts.file),
                self.language.number(step.number),
            )
            if title == part(step.number, self.language):
                line = t("Next: step {number}", number=number)
            else:
                line = t("Next: {number}. {title}", number=number, title=title)
            fitting = cut(line, self.fonts.strong, TEXT_RIGHT - TEXT_LEFT)
            self.write(TEXT_LEFT, SUBHEAD, fitting, self.fonts.strong, NEXT, align="l")

    def heading(self, y: int, lines: Sequence[str], count: str) -> None:
        """A group's title and, at the right, its count."""
        for row, line in enumerate(lines):
            self.write(TEXT_LEFT, y + row * TITLE_LINE, line, self.fonts.title, align="l")
        self.write(TEXT_RIGHT, y, count, self.fonts.text, QUIET, align="r")

    def write(self, x: float, y: float, text: str, font: FreeTypeFont, colour: str = INK, align: str = "m") -> None:
        """Words whose capitals are centred on `y`; `align` says whether `x` is their left, middle or right."""
        self._draw.text((x, y + font.size * CAP), text, fill=colour, font=font, anchor=f"{align}s")

    def stamp(self, at: Point, colour: str, mask: Image.Image) -> None:
        """A colour through a mask that is centred on a point."""
        self.image.paste(colour, (at.x - mask.width // 2, at.y - mask.height // 2), mask)

    def line(self, a: Point, b: Point, width: int, colour: str) -> None:
        """A level or upright line of an even width; no length is no line."""
        (left, right), (top, bottom), half = sorted((a.x, b.x)), sorted((a.y, b.y)), width // 2
        if a.y == b.y and left < right:
            self._draw.rectangle((left, top - half, right - 1, top + half - 1), fill=colour)
        elif top < bottom:
            self._draw.rectangle((left - half, top, left + half - 1, bottom - 1), fill=colour)

    def png(self) -> bytes:
        """The finished picture, with its border and its round corners."""
        self._draw.rectangle((0, 0, WIDTH - 1, self.height - 1), outline=BORDER, width=EDGE)
        alpha = Image.new("L", self.image.size, 255)
        for left, top in product((True, False), repeat=2):
            x, y = 0 if left else WIDTH - CORNER, 0 if top else self.height - CORNER
            self.image.paste(PANEL, (x, y, x + CORNER, y + CORNER))
            self.image.paste(BORDER, (x, y), quarter(CORNER, EDGE, left=left, top=top))
            alpha.paste(quarter(CORNER, CORNER, left=left, top=top), (x, y))
        self.image.putalpha(alpha)
        file = BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()


def title_room(count: str, fonts: Fonts) -> float:
    """The pixels that a heading's count leaves to its title."""
    return TEXT_RIGHT - TEXT_LEFT - GAP - fonts.text.getlength(count)

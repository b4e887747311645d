"""The letters: Inter's (https://rsms.me/inter, version 4.1, SIL Open Font License: `inter/OFL.txt`).

They are Latin with all its accents, Greek and Cyrillic, in real weights. Pillow's own font has little more than ASCII,
not even "é" or a dash; fonts that draw Chinese too weigh 12 to 46 MB, and Arabic would need a shaping library that not
every system has.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files

from PIL.ImageFont import FreeTypeFont, Layout, truetype

OPTICAL_SIZE = 14
"""Inter's roomiest letters, for the 12 to 19 points at which these are seen."""
CAP = 0.364
"""Half the height of Inter's capitals and digits, in ems: it centres them on a line."""
NO_GLYPH = "\uffff"
"""Not a character, so every font answers with its box."""


class Fonts:
    """Inter in the four ways that a picture uses. Each picture has its own: a FreeType face bears only one thread."""

    def __init__(self) -> None:
        self.head = _font(44, 700)
        self.title = _font(34, 600)
        self.text = _font(28, 500)
        self.strong = _font(28, 700)


@lru_cache(maxsize=4096)
def has_glyph(char: str) -> bool:
    """Whether Inter can draw a character: Pillow does not say, but a missing one looks like the box."""
    if unicodedata.category(char)[0] == "C":
        return False
    font = _font(28, 500)
    glyph, box = font.getmask(char), font.getmask(NO_GLYPH)
    return glyph.size != box.size or bytes(glyph) != bytes(box)


def _font(size: int, weight: int) -> FreeTypeFont:
    path = files("bot.picture") / "inter" / "Inter.ttf"
    # The basic layout is the same everywhere; the other one depends on a library of the system.
    font = truetype(str(path), size, layout_engine=Layout.BASIC)
    font.set_variation_by_axes([OPTICAL_SIZE, weight])
    return font

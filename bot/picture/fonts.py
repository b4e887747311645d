"""The letters: Inter's (https://rsms.me/inter, version 4.1, SIL Open Font License: `inter/OFL.txt`).

They are Latin with all its accents, Greek and Cyrillic, in real weights. Pillow's own font has little more than ASCII,
not even "é" or a dash; fonts that draw Chinese too weigh 12 to 46 MB, and Arabic would need a shaping library that not
every system has. A language with other letters is written in a font of the system, if one has them, else in English.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files

from PIL.ImageFont import FreeTypeFont, Layout, truetype

from bot.language import ENGLISH, Language

OPTICAL_SIZE = 14
"""Inter's roomiest letters, for the 12 to 19 points at which these are seen."""
CAP = 0.364
"""Half the height of Inter's capitals and digits, in ems: it centres them on a line."""
NO_GLYPH = "\uffff"
"""Not a character, so every font answers with its box."""


INTER = str(files("bot.picture") / "inter" / "Inter.ttf")
"""The font's file."""
SYSTEM_FONTS = (
    "NotoSansCJK-Medium.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.otf",
    "NotoSansJP-Regular.ttf", "SourceHanSans-Regular.ttc", "ipaexg.ttf", "ipag.ttf", "TakaoPGothic.ttf",
    "VL-PGothic-Regular.ttf", "DroidSansFallbackFull.ttf", "YuGothM.ttc", "meiryo.ttc", "msgothic.ttc",
    "ヒラギノ角ゴシック W4.ttc", "Hiragino Sans GB.ttc",
)  # fmt: skip
"""Common system fonts with Japanese letters: Linux's first, then Windows', then macOS's."""


class Fonts:
    """A font in the four ways that a picture uses. Each picture has its own: a FreeType face bears only one thread."""

    def __init__(self, file: str = INTER) -> None:
        self.head = _font(file, 44, 700)
        self.title = _font(file, 34, 600)
        self.text = _font(file, 28, 500)
        self.strong = _font(file, 28, 700)

    @property
    def file(self) -> str:
        """The font's file."""
        return str(self.text.path)


def fonts_for(language: Language) -> tuple[Fonts, Language]:
    """The letters for a language, and what to write in: English where neither Inter nor the system has its letters."""
    file = _file_with(language.t("nothing on it yet") + language.t("next"))
    return (Fonts(file), language) if file else (Fonts(), ENGLISH)


@lru_cache(maxsize=32)
def _file_with(text: str) -> str | None:
    """The first font that has all letters of a text; None if there is none."""
    for name in (INTER, *SYSTEM_FONTS):
        try:
            file = str(truetype(name).path)  # a name is looked for in the system's folders
        except OSError:
            continue
        if all(char.isspace() or has_glyph(char, file) for char in text):
            return file
    return None


@lru_cache(maxsize=4096)
def has_glyph(char: str, file: str = INTER) -> bool:
    """Whether a font can draw a character: Pillow does not say, but a missing one looks like the box.

    Not from right to left: that takes a shaping library.
    """
    if unicodedata.category(char)[0] == "C" or unicodedata.bidirectional(char) in ("R", "AL"):
        return False
    font = _font(file, 28, 500)
    glyph, box = font.getmask(char), font.getmask(NO_GLYPH)
    return glyph.size != box.size or bytes(glyph) != bytes(box)


def _font(file: str, size: int, weight: int) -> FreeTypeFont:
    # The basic layout is the same everywhere; the other one depends on a library of the system.
    font = truetype(file, size, layout_engine=Layout.BASIC)
    if file == INTER:
        font.set_variation_by_axes([OPTICAL_SIZE, weight])
    return font

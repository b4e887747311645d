"""A member's path as a picture, lines of numbered stops, stage by stage, and the same in words.

    8 of 23 done
    Next: 9. State of GPT

      Learn the basics                 8 of 13     the line goes on in the next row, and is thick between done stops
        (✓)═(✓)═(✓)═(✓)═(✓)═(✓)═(✓)═(✓)──          a done stop is a filled disc with a check mark,
         1   2   3   4   5   6   7   8             an open one a ring around its number,
      ─((9))(10)(11)(12)(13)──                     the next one two rings and the word "next":
        next                                       shapes and words tell them apart, colour only helps

`/progress` shows it. A list in any script can be served: titles in letters other than Latin, Greek and Cyrillic read
"Part 2" in the picture, and are whole in its description.

groups, words        what is told: a path's stages and tracks, and their counts in words
fonts, titles        letters that can be drawn, and titles that fit their lines
colours, shapes      what a picture is made of
sheet                one picture while it is drawn
rows -> stops        where the stops of a path stand, and how they look
bars                 a path too long for stops: one bar per group; too many groups end in "and 12 more"
drawing              the door to it all
"""

from collections.abc import Sequence

from bot.language import Language
from bot.picture.groups import PathGroup, PathStep
from bot.picture.words import describe_path

__all__ = ["PathGroup", "PathStep", "describe_path", "draw_path"]


def draw_path(groups: Sequence[PathGroup], language: Language) -> bytes:
    """A path as a PNG; see `bot.picture.drawing.draw_path`. Pillow is loaded with the first picture."""
    from bot.picture.drawing import draw_path as draw

    return draw(groups, language)

"""The picture of a path: within its limits for any catalog, told apart by shapes, and the same in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from gettext import NullTranslations
from io import BytesIO
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot import picture
from bot.language import ENGLISH, Language, language
from bot.picture import PathGroup, PathStep, bars, colours, fonts, rows, sheet, stops
from bot.picture.fonts import CAP, Fonts, fonts_for, has_glyph
from bot.picture.titles import legible, wrap
from bot.picture.words import ALT_LIMIT

MAX_BYTES = 500_000
"""Far below what Discord takes, so that it comes at once on a phone as well."""
LIGHT, DARK, DARKEST = "#ffffff", "#313338", "#1a1a1e"
"""Discord's grounds, from its light theme to its darkest."""

INDEX = (
    ("Understand the lay of the land", 13),
    ("Learn how to use LLMs", 6),
    ("Inference and training optimization", 1),
    ("Pre-training and post-training", 3),
    ("RL", 0),
)


def draw_path(groups: Sequence[PathGroup]) -> bytes:
    return picture.draw_path(groups, ENGLISH)


def describe_path(groups: Sequence[PathGroup]) -> str:
    return picture.describe_path(groups, ENGLISH)


def path(
    groups: Sequence[tuple[str, int]], done: Collection[int] = (), following: int | None = None
) -> list[PathGroup]:
    """Groups of so many steps, numbered through."""
    made: list[PathGroup] = []
    before = 0
    for title, count in groups:
        numbers = range(before + 1, before + count + 1)
        made.append(
            PathGroup(title, tuple(PathStep(number, number in done, number == following) for number in numbers))
        )
        before += count
    return made


def opened(groups: Sequence[PathGroup]) -> Image.Image:
    """The picture as whoever gets it opens it, after a look at what holds for every picture."""
    data = draw_path(groups)
    assert len(data) < MAX_BYTES
    image = Image.open(BytesIO(data))
    image.load()
    assert (image.format, image.mode, image.width) == ("PNG", "RGBA", sheet.WIDTH)
    assert image.height <= sheet.MAX_HEIGHT
    return image


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that a picture shows, in the order in which they are drawn."""
    words: list[str] = []
    write = sheet.Sheet.write

    def note(self: sheet.Sheet, x: float, y: float, text: str, *rest: object, **named: object) -> None:
        words.append(text)
        write(self, x, y, text, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sheet.Sheet, "write", note)
    return words


# Limits

CATALOGS = {
    "nothing": [],
    "an empty track": path([("RL", 0)]),
    "one step": path([("Alone", 1)], following=1),
    "the index": path(INDEX, range(1, 9), 9),
    "all done": path(INDEX, range(1, 24)),
    "500 steps in 40 groups": path([(f"Group {number}", 13) for number in range(40)], range(1, 200), 200),
    "100,000 steps": path([("Everything", 100_000)], range(1, 31_200), 31_200),
    "100,000 groups": path([("Group", 1)] * 100_000, (), 60_000),
    "many empty groups": path([("Later", 0)] * 200),
    "long titles": path([("W" * 256, 9), ("word " * 51, 9), ("i" * 256, 9)]),
    "a long title for each row": path([("word " * 51, 8)] * 10),
    "numbers too long for stops": [PathGroup("Late", (PathStep(12_345_678, False, True),))],
    "every script": path(
        [("Практика", 1), ("نموذج", 1), ("大規模言語モデル", 1), ("🚀🚀", 1), ("\x00\u202e", 1), ("", 1)]
    ),
}


@pytest.mark.parametrize("name", CATALOGS)
def test_any_catalog_stays_within_the_limits(name: str) -> None:
    groups = CATALOGS[name]
    opened(groups)
    assert 0 < len(describe_path(groups)) <= ALT_LIMIT


@st.composite
def any_groups(draw: st.DrawFn) -> list[PathGroup]:
    """Some groups with any titles; at most one step is the next one."""
    titles = draw(st.lists(st.text(max_size=256), max_size=25))
    counts = [draw(st.integers(0, 30)) for _ in titles]
    total = sum(counts)
    done = draw(st.sets(st.integers(1, max(total, 1))))
    following = draw(st.none() | st.integers(1, max(total, 1)))
    return path(list(zip(titles, counts, strict=True)), done, following)


@given(any_groups())
def test_any_groups_stay_within_the_limits_and_add_up(groups: list[PathGroup]) -> None:
    opened(groups)
    words = describe_path(groups)
    assert 0 < len(words) <= ALT_LIMIT
    steps = [step for group in groups for step in group.steps]
    if steps:
        assert words.startswith(f"The path: {sum(step.done for step in steps)} of {len(steps)} done.")
    waiting = next((step.number for step in steps if step.next and not step.done), None)
    assert words.endswith(f"Next: step {waiting}.") == (waiting is not None)


def test_the_same_path_gives_the_same_bytes_from_any_thread() -> None:
    paths = [path(INDEX, range(1, done), done) for done in range(1, 9)]
    alone = [draw_path(groups) for groups in paths]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(draw_path, paths * 2))
    assert together == alone * 2


# What is seen


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", [colours.INK, colours.QUIET, colours.NEXT])
def test_words_stand_out_from_the_panel(colour: str) -> None:
    assert contrast(colour, colours.PANEL) >= 4.5


@pytest.mark.parametrize("colour", [colours.INK, colours.LINE, colours.DONE, colours.NEXT])
def test_shapes_stand_out_from_the_panel(colour: str) -> None:
    assert contrast(colour, colours.PANEL) >= 3  # the check mark is the panel's colour upon DONE


@pytest.mark.parametrize("ground", [LIGHT, DARK, DARKEST])
def test_the_panel_brings_its_own_ground_to_every_theme(ground: str) -> None:
    image = opened(CATALOGS["the index"])
    page = Image.new("RGBA", image.size, ground)
    page.alpha_composite(image)
    corners = [(x, y) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    assert {page.getpixel(corner)[:3] for corner in corners} == {ImageColor.getrgb(ground)}  # type: ignore[index]
    assert page.getpixel((30, 30)) == (*ImageColor.getrgb(colours.PANEL), 255)
    assert image.getchannel("A").getextrema() == (0, 255)


def test_words_are_large_enough_for_a_phone() -> None:
    letters = Fonts()
    assert min(font.size for font in vars(letters).values()) >= 28
    inside, half = rows.STOP - stops.STROKE, letters.text.size * CAP
    room = 2 * (inside**2 - half**2) ** 0.5  # across a ring, where a digit's upper corners are
    assert letters.text.getlength("8" * rows.MAX_DIGITS) < room


def shape(done: bool = False, following: bool = False) -> Image.Image:
    """The first stop, with room around it, in black and white."""
    image = opened([PathGroup("Group", (PathStep(8, done, following),))]).convert("L")
    x, y, room = rows.FIRST_X, sheet.TOP + rows.ABOVE, stops.HALO + 4
    return image.crop((x - room, y - room, x + room, y + room)).point(lambda grey: 255 if grey > 110 else 0)


def strokes(stop: Image.Image) -> int:
    """How many strokes are met on the way from the left to a stop's middle, short of its number."""
    middle = stop.height // 2
    greys = [stop.getpixel((x, middle)) for x in range(stop.width // 2 - 12)]
    return sum(grey == 255 for grey, _ in groupby(greys))


def filled(stop: Image.Image) -> float:
    return stop.histogram()[255] / (stop.width * stop.height)


def test_stops_differ_without_colour() -> None:
    done, open_, following = shape(done=True), shape(), shape(following=True)
    assert filled(done) > 2 * filled(open_)
    assert (strokes(open_), strokes(following)) == (1, 2)
    middle = done.width // 2
    check = [(x, middle + 8) for x in range(middle - 14, middle + 8)]
    assert any(done.getpixel(point) == 0 for point in check), "a disc without a check mark"


def test_a_line_between_done_stops_is_thicker() -> None:
    def width(*done: int) -> int:
        image = opened(path([("Group", 2)], done)).convert("L")
        x = rows.FIRST_X + 42
        y = sheet.TOP + rows.ABOVE
        return sum(image.getpixel((x, row)) > 80 for row in range(y - 30, y + 30))  # type: ignore[operator]

    assert width(1, 2) > 2 * width(1) == 2 * width() > 0


def test_a_stop_that_is_done_is_not_next() -> None:
    both = [PathGroup("Group", (PathStep(1, True, True),))]
    assert draw_path(both) == draw_path(path([("Group", 1)], {1}))
    assert "Next" not in describe_path(both)


# Words


def test_the_picture_and_its_description_say_the_same(written: list[str]) -> None:
    groups = path(INDEX, {1, 2, 3, 14, 20}, 4)
    draw_path(groups)
    assert written[:7] == [
        "5 of 23 done",
        *("Understand the lay of the land", "3 of 13"),
        *("Learn how to use LLMs", "1 of 6"),
        *("Inference and training optimization", "1 of 1"),
    ]
    assert sorted(word for word in written if word.isdecimal()) == sorted(map(str, range(1, 24)))
    assert written[written.index("4") + 1] == "next"
    assert describe_path(groups) == (
        "The path: 5 of 23 done. Understand the lay of the land: 3 of 13. Learn how to use LLMs: 1 of 6. "
        "Inference and training optimization: 1 of 1. Pre-training and post-training: 0 of 3. RL: no resources yet. "
        "Next: step 4."
    )


def test_a_path_too_long_for_stops_is_bars(written: list[str]) -> None:
    groups = path([("First", 900), ("Second", 100)], range(1, 313), 313)
    opened(groups)
    assert written == ["312 of 1,000 done", "First", "312 of 900", "next: step 313", "Second", "0 of 100"]
    assert describe_path(groups) == "The path: 312 of 1,000 done. First: 312 of 900. Second: 0 of 100. Next: step 313."


@pytest.mark.parametrize("count", [1, 100, 120, 128, 129, 136, 140, 200])
def test_a_path_does_not_turn_into_bars_while_it_is_being_done(written: list[str], count: int) -> None:
    forms: set[bool] = set()
    for done in ((), range(1, count + 1)):
        opened(path([("word " * 50, count)], done))
        forms.add("1" in written)
        written.clear()
    assert len(forms) == 1


@pytest.mark.parametrize("part", [0, 1, 500, 999, 1000])
def test_a_bar_is_as_long_as_what_is_done(part: int) -> None:
    image = opened(path([("Group", 1000)], range(1, part + 1))).convert("RGB")
    y, done = sheet.TOP + bars.BELOW, ImageColor.getrgb(colours.DONE)
    length = sum(image.getpixel((x, y)) == done for x in range(image.width))
    most = sheet.TEXT_RIGHT - sheet.TEXT_LEFT
    assert (length == 0) == (part == 0)
    assert abs(length - most * part / 1000) <= bars.BAR + 1
    assert (length >= most - 1) <= (part >= 999)


@pytest.mark.parametrize(
    ("following", "first", "last"),
    [
        (None, "Group 1", "and 22 more"),
        (1, "Group 1", "and 22 more"),
        (130, "8 before these", "and 14 more"),
        (400, "22 before these", "0 of 13"),
    ],
)
def test_of_too_many_groups_those_about_the_next_step_are_shown(
    written: list[str], following: int | None, first: str, last: str
) -> None:
    groups = path([(f"Group {number}", 13) for number in range(1, 41)], (), following)
    opened(groups)
    assert (written[1], written[-1]) == (first, last)
    assert (f"next: step {following}" in written) == (following is not None)


def test_a_description_too_long_counts_the_groups_left_out() -> None:
    groups = path([(f"Group {number} " + "x" * 100, 13) for number in range(40)], {1}, 500)
    words = describe_path(groups)
    named = words.count("Group ")
    assert 8 <= named < 40
    assert words.endswith(f" And {40 - named} more. Next: step 500.")
    assert "x…: 1 of 13." in words


def test_a_path_without_steps_says_so(written: list[str]) -> None:
    draw_path([])
    assert written == ["Nothing on it yet"]
    assert describe_path([]) == "The path: nothing on it yet."
    assert describe_path(path([("  ", 0)])) == "The path: nothing on it yet. Without a title: no resources yet."


# Letters


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("大規模言語モデル", "Part 1"),
        ("نموذج", "Part 1"),
        ("LLM 入門", "Part 1"),
        ("🚀🚀", "Part 1"),
        ("", "Part 1"),
        ("\u202e\x00\ufeff", "Part 1"),
        ("🚀 Basics 👩‍🚀️", "Basics"),
        ("ﬁne 𝐋𝐋𝐌", "fine LLM"),
        ("Cafe\u0301", "Café"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_title_never_becomes_boxes(title: str, drawn: str) -> None:
    assert draw_path(path([(title, 3)])) == draw_path(path([(drawn, 3)]))


@pytest.mark.parametrize(
    "title", ["Café — naïve “models”", "Практика и применение", "Μάθηση", "Giới thiệu", "Żółć, œuvre"]
)
def test_alphabets_that_the_font_has_are_drawn(written: list[str], title: str) -> None:
    draw_path(path([(title, 3)]))
    assert title in written


@given(st.text(max_size=60))
def test_all_that_is_drawn_of_a_title_has_a_glyph(title: str) -> None:
    heading = legible(title, 2, ENGLISH)
    assert heading.strip()
    assert all(map(has_glyph, heading))


class Georgian(NullTranslations):
    """Letters that Inter doesn't have, and a common font of Linux does."""

    def gettext(self, message: str) -> str:
        return {"next": "შემდეგი", "nothing on it yet": "ცარიელია"}.get(message, message)


def test_a_language_without_letters_is_english_in_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FONTS", ())
    fonts._file_with.cache_clear()
    groups = path([("Basics", 3)], following=1)
    assert picture.draw_path(groups, Language("ka", Georgian())) == draw_path(groups)
    fonts._file_with.cache_clear()


def test_a_font_of_the_system_draws_what_inter_has_no_letters_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FONTS", ("no-such-font.ttf", "DejaVuSans.ttf"))
    fonts._file_with.cache_clear()
    drawn_with, written_in = fonts_for(georgian := Language("ka", Georgian()))
    if written_in is ENGLISH:
        pytest.skip("DejaVu Sans is not on this machine")
    assert drawn_with.file.endswith("DejaVuSans.ttf")
    groups = path([("Basics", 3)], following=1)
    assert picture.draw_path(groups, georgian) != draw_path(groups)
    # A font of the system may have Arabic letters, but they would stand apart and from left to right.
    assert legible("تعلم الآلة", 2, georgian, drawn_with.file) == "Part 2"
    fonts._file_with.cache_clear()


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_every_word_of_the_picture_has_its_letters(code: str) -> None:
    reader = language(code)
    assert fonts_for(reader)[1] is reader
    told = [reader.t(one) for one in ("{done} of {total} done", "Next: {number}. {title}", "Part {number}", "next")]
    assert all(char.isspace() or has_glyph(char) for char in "".join(told))


@given(st.text("aWi é.", min_size=1, max_size=120).filter(str.strip), st.integers(120, 600))
def test_a_title_takes_no_more_room_than_it_has(title: str, width: int) -> None:
    font = Fonts().title
    lines = wrap(title, font, width)
    assert 1 <= len(lines) <= 2
    assert all(font.getlength(line) <= width for line in lines)
    whole = " ".join(lines).removesuffix("…").split()
    assert " ".join(title.split()).startswith(" ".join(whole))

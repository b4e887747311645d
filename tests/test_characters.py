"""Characters that nobody sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.characters import escaped, hidden, hidden_in_paragraph, inert, named, without_hidden

NEEDED = [
    "می‌خواهم",  # Persian: a non-joiner between two letters
    "क्‍ष",  # Hindi: a joiner behind a virama
    "👩‍💻 and 🏳️‍🌈, ❤️‍🔥",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "葛\U000e0100城市",  # a variant of a character in a Japanese name
    "Straße, naïve, 漢字, עברית, ไทย, 🎉",
    "\U0001fae8 and \U0001fadc: emoji newer than some Pythons",
]
NEEDLESS = [
    ("a\u202eb", 1), ("\u200babc", 0), ("a\u200d\U0001f389", 1), ("a\xadb", 1), ("\x1b[2J", 0), ("a\x9bb", 1),
    ("a\nb", 1), ("漢\u200d字", 1), ("\u3164", 0), ("🎉\u200d\u200d🎉", 1), ("\ufeffa", 0),
    ("a\u2028b", 1), ("a\U000e0041", 1),
]  # fmt: skip


@pytest.mark.parametrize("text", NEEDED)
def test_what_a_language_or_an_emoji_needs_stays(text: str) -> None:
    assert hidden(text) == []
    assert without_hidden(text) == escaped(text) == text


@pytest.mark.parametrize(("text", "at"), NEEDLESS)
def test_what_is_not_seen_is_found(text: str, at: int) -> None:
    assert hidden(text)[0] == at
    assert hidden(without_hidden(text)) == hidden(escaped(text)) == []


def test_a_paragraph_has_lines() -> None:
    assert hidden_in_paragraph("One\n\ttwo") == []
    assert hidden_in_paragraph("One\r\ntwo\x00") == [3, 8]


def test_it_is_named() -> None:
    assert named("Intro to\u202e AI", 8) == "U+202E (right-to-left override) after “Intro to”"
    assert named("\x00", 0) == "U+0000 (control character) at its start"


def test_it_is_written_out() -> None:
    assert escaped("\x1b[31m\u202e\n") == "\\x1b[31m\\u202e\\n"


@given(st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "L", "So"]), max_size=30))
def test_what_is_left_is_seen(text: str) -> None:
    kept = without_hidden(text)
    assert hidden(kept) == []
    assert [c for c in kept if unicodedata.category(c)[0] in "LS"] == [
        c for c in text if unicodedata.category(c)[0] in "LS" and not hidden(c)
    ]


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("@everyone", "@|everyone"), ("by @ada, a@b.example", "by @|ada, a@b.example"), ("fixes #12", "fix|es #|12"),
        ("Closes o/r#3, GH-4", "Clos|es o/r#|3, GH-|4"), ("C# and F#", "C# and F#"), ("fixture", "fixture"),
        ("https://medium.com/@ada/x#1 @ada", "https://medium.com/@ada/x#1 @|ada"),
    ],
)  # fmt: skip
def test_nothing_acts_where_it_is_pasted(text: str, parted: str) -> None:
    assert inert(text) == parted.replace("|", "\u2060")
    assert inert(inert(text)) == inert(text)

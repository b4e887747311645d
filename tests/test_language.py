"""Sentences, dates, numbers and lists in a language."""

from __future__ import annotations

from datetime import date, time
from gettext import NullTranslations

from bot.errors import StudybotError
from bot.language import ENGLISH, Language, language


class Shouting(NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("{TITLE}", "{title}")


def test_english() -> None:
    assert ENGLISH.t("Next: {title}", title="BERT") == "Next: BERT"
    assert ENGLISH.t("{ as typed }") == "{ as typed }"
    assert [ENGLISH.plural("1 step", "{n} steps", n) for n in (0, 1, 2, 12000)] == [
        "0 steps", "1 step", "2 steps", "12,000 steps",
    ]  # fmt: skip
    assert ENGLISH.date(date(2027, 1, 11)) == "Monday, 11 January 2027"
    assert ENGLISH.near_date(date(2027, 1, 11)) == "Monday 11 January"
    assert (ENGLISH.weekday(0), ENGLISH.weekday(6), ENGLISH.time(time(9))) == ("Monday", "Sunday", "09:00")
    assert (ENGLISH.both(["a", "b", "c"]), ENGLISH.either(["a", "b"])) == ("a, b and c", "a or b")


def test_another_language_writes_in_its_own_way() -> None:
    german = Language("de")
    assert german.date(date(2027, 1, 11)) == "Montag, 11. Januar 2027"
    assert german.number(12000) == "12.000"


def test_an_error_speaks_the_readers_language() -> None:
    error = StudybotError("No room for {title}.", title="BERT {1}")
    assert str(error) == "No room for BERT {1}."
    assert error.in_language(Language("en", Shouting())) == "NO ROOM FOR BERT {1}."


def test_a_locale_without_a_translation_is_english() -> None:
    assert language("tlh") is not None
    assert language("de").t("Next") == "Next"

"""Sentences, dates, numbers and lists in a language."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, time
from gettext import NullTranslations
from pathlib import Path

import pytest

from bot.errors import SettingsError, StudybotError
from bot.language import ENGLISH, Language, language, nearest
from bot.settings import read_settings


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
    days = [language(code).near_date(date(2027, 1, 11)) for code in ("de", "es", "fr", "ja")]
    assert days == ["Montag, 11. Januar", "lunes, 11 de enero", "lundi 11 janvier", "1月11日月曜日"]
    quotes = [language(code).quoted("a") for code in ("en", "de", "es", "fr", "ja")]
    assert quotes == ["“a”", "„a“", "«a»", "«\u202fa\u202f»", "「a」"]


def test_an_error_speaks_the_readers_language() -> None:
    error = StudybotError("No room for {title}.", title="BERT {1}")
    assert str(error) == "No room for BERT {1}."
    assert error.in_language(Language("en", Shouting())) == "NO ROOM FOR BERT {1}."
    error = StudybotError("{days}", days=lambda language: language.either([language.weekday(0), language.weekday(1)]))
    assert (str(error), error.in_language(Language("de"))) == ("Monday or Tuesday", "Montag oder Dienstag")


def test_a_locale_without_a_translation_is_english() -> None:
    assert language("tlh") is language("en-US") is language("") is ENGLISH
    assert (nearest("zh-TW"), nearest("pt-BR")) == ("en", "en")


def test_a_variant_has_the_sentences_of_its_language_and_its_own_numbers() -> None:
    spain, latin_america = language("es-ES"), language("es-419")
    assert spain.t("Open") == latin_america.t("Open") == "Abrir"
    assert (spain.number(12000), latin_america.number(12000)) == ("12.000", "12,000")


def test_a_language_is_read_once_and_never_before_it_is_used() -> None:
    program = "import sys, bot.language; sys.exit('babel.messages.pofile' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603
    assert language("de") is language("de")


@pytest.mark.parametrize(
    ("set_to", "read"),
    [("de", "de"), ("es-419", "es-419"), ("en-US", "en-US"), ("", None), ("de_AT:de", None), ("en_US.UTF-8", None)],
)
def test_the_host_may_set_one_language_for_everyone(
    set_to: str, read: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", set_to)
    assert read_settings().language == read


def test_a_language_there_is_no_translation_for_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "tlh")
    with pytest.raises(SettingsError, match="LANGUAGE"):
        read_settings()

"""The language that a person reads: sentences by gettext; dates, numbers and lists by Babel.

English sentences stand where they are used and are their own keys: `language.t("Next: {title}", title=…)`. Everything
that makes text for people takes the language as an argument, like the time: buttons and jobs run in tasks of their own.
A translation is a file of `locales/`, read when its language is first used: docs/translating.md.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, localedata
from babel.dates import format_date, get_day_names, match_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal


def N_(message: str) -> str:
    """The sentence itself, marked to be translated where it is shown."""
    return message


class Language:
    """A language to write in: `code` is a locale identifier such as "en_GB", `translations` gives its sentences;
    `locale` is what Babel knows of it."""

    def __init__(self, code: str, translations: NullTranslations | None = None) -> None:
        self.code = code
        self.locale = Locale.parse(code)
        self._translations = translations or NullTranslations()

    def t(self, message: str, /, **values: object) -> str:
        """A sentence with its {placeholders} filled in; one without values stays as it is, braces included."""
        sentence = self._translations.gettext(message)
        return sentence.format_map(values) if values else sentence

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """`plural("1 step", "{n} steps", 3)`: the form for a number, which is {n} in it."""
        return self._translations.ngettext(one, many, n).format_map({"n": self.number(n), **values})

    def number(self, number: int) -> str:
        """`12,000`."""
        return format_decimal(number, locale=self.locale)

    def date(self, day: datetime.date) -> str:
        """`Monday, 11 January 2027`."""
        return format_date(day, "full", locale=self.locale)

    def near_date(self, day: datetime.date) -> str:
        """`Monday 11 January`, for a day less than a year away."""
        skeletons = self.locale.datetime_skeletons
        pattern = skeletons[match_skeleton("MMMMEEEEd", skeletons)]
        # Most languages have it only with a short day.
        return format_date(day, re.sub("E+", "EEEE", str(pattern)), locale=self.locale)

    def weekday(self, number: int) -> str:
        """`Monday` for 0, to `Sunday` for 6."""
        return str(get_day_names("wide", context="stand-alone", locale=self.locale)[number])

    def time(self, clock: datetime.time) -> str:
        """`18:00`: the way it's typed in every command."""
        return f"{clock:%H:%M}"

    def quoted(self, text: str) -> str:
        """`“text”`."""
        return self.t("“{text}”", text=text)

    def both(self, parts: Sequence[str]) -> str:
        """`a, b and c`."""
        return format_list(parts, locale=self.locale)

    def either(self, parts: Sequence[str]) -> str:
        """`a, b or c`."""
        return format_list(parts, style="or", locale=self.locale)


# British, for its order of day and month, which no reader takes for another day.
ENGLISH = Language("en_GB")
LOCALES = Path(__file__).with_name("locales")
"""The translations: a file such as `de.po` or `pt_BR.po` for each."""


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, as `en` and the names of the translations: `de`, `pt_BR`."""
    return ("en", *sorted(file.stem for file in LOCALES.glob("*.po")))


def nearest(code: str) -> str:
    """The one of `languages` for a locale such as "de" or "es-419": its own, else its language's, else English."""
    locale = code.replace("-", "_")
    return next((one for one in (locale, locale.partition("_")[0]) if one in languages()), "en")


@cache
def language(code: str) -> Language:
    """The language for a locale that Discord names, such as "de" or "en-US"; English where there's no translation."""
    translation, locale = nearest(code), code.replace("-", "_")
    if translation == "en":
        return ENGLISH
    return Language(locale if localedata.exists(locale) else translation, _translations(translation))


def name_of(code: str) -> str:
    """A language by its own name: `Deutsch`."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[0].upper() + name[1:]


@cache
def _translations(name: str) -> NullTranslations:
    """A file of translations. Babel's reader takes 3 MiB, and English needs none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALES / f"{name}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)

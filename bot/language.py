"""The language that a person reads: sentences by gettext; dates, numbers and lists by Babel.

English sentences stand where they are used and are their own keys: `language.t("Next: {title}", title=…)`. Everything
that makes text for people takes the language as an argument, like the time: buttons and jobs run in tasks of their own.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cache
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal


def N_(message: str) -> str:
    """The sentence itself, marked to be translated where it is shown."""
    return message


class Language:
    """A language to write in: `code` is a locale identifier such as "en_GB", `translations` gives its sentences."""

    def __init__(self, code: str, translations: NullTranslations | None = None) -> None:
        self.code = code
        self._locale = Locale.parse(code)
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
        return format_decimal(number, locale=self._locale)

    def date(self, day: datetime.date) -> str:
        """`Monday, 11 January 2027`."""
        return format_date(day, "full", locale=self._locale)

    def near_date(self, day: datetime.date) -> str:
        """`Monday 11 January`, for a day less than a year away."""
        return format_skeleton("MMMMEEEEd", day, locale=self._locale)

    def weekday(self, number: int) -> str:
        """`Monday` for 0, to `Sunday` for 6."""
        return str(get_day_names("wide", context="stand-alone", locale=self._locale)[number])

    def time(self, clock: datetime.time) -> str:
        """`18:00`: the way it's typed in every command."""
        return f"{clock:%H:%M}"

    def both(self, parts: Sequence[str]) -> str:
        """`a, b and c`."""
        return format_list(parts, locale=self._locale)

    def either(self, parts: Sequence[str]) -> str:
        """`a, b or c`."""
        return format_list(parts, style="or", locale=self._locale)


@cache
def language(code: str) -> Language:
    """The language for a locale that Discord names, such as "de" or "en-US"; English where there's no translation."""
    # British, for its order of day and month, which no reader takes for another day.
    return Language("en_GB")


ENGLISH = language("en-GB")

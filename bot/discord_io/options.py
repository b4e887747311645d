"""Options that several commands have, and what Discord offers while they are typed."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands
from discord.app_commands import locale_str

from bot.catalog import Stage, Track
from bot.catalogs import Library
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.language import Language
from bot.schedule import DAYS
from bot.zones import city_of, search_zones, zone_label

Choices = list[app_commands.Choice[str]]


_DAY_NAMES = (
    locale_str("Monday"), locale_str("Tuesday"), locale_str("Wednesday"), locale_str("Thursday"),
    locale_str("Friday"), locale_str("Saturday"), locale_str("Sunday"),
)  # fmt: skip
DAY_CHOICES = [app_commands.Choice(name=name, value=day) for name, day in zip(_DAY_NAMES, DAYS, strict=True)]
"""The days of the week as the choices of an option."""


def choices(texts: Iterable[str]) -> Choices:
    """Texts as autocomplete choices, cut to what Discord takes."""
    cut = dict.fromkeys(fit(text, CHOICE_LIMIT) for text in texts)
    return [app_commands.Choice(name=text, value=text) for text in list(cut)[:CHOICES_LIMIT]]


def named_choices(pairs: Iterable[tuple[str, str]], current: str = "") -> Choices:
    """Pairs of a value and its name as choices: those whose name holds what is typed so far."""
    fitting = [pair for pair in pairs if current.strip().casefold() in pair[1].casefold()]
    return [app_commands.Choice(name=fit(name, CHOICE_LIMIT), value=value) for value, name in fitting[:CHOICES_LIMIT]]


def group_choices(groups: Iterable[Stage | Track], current: str) -> Choices:
    """Stages and tracks whose titles hold what is typed so far."""
    return named_choices(((group.id, group.title) for group in groups), current)


def filter_choices(library: Library, option: str, current: str) -> Choices:
    """The list's kinds or levels (`option`) that hold what is typed so far."""
    return choices(word for word in library.words_of(option) if current.strip().casefold() in word)


def zone_choices(current: str, language: Language) -> Choices:
    """Time zones that fit the typed text, with their cities in a language."""
    found = search_zones(current, limit=CHOICES_LIMIT, language=language)
    return named_choices(
        (zone, " · ".join(filter(None, (zone_label(zone), city_of(zone, language))))) for zone in found
    )

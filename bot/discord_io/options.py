"""Options that several commands have: a kind, a level, and what Discord offers while they are typed."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.catalogs import Library
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, echo, fit

Choices = list[app_commands.Choice[str]]


def choices(texts: Iterable[str]) -> Choices:
    """Texts as autocomplete choices, cut to what Discord takes."""
    cut = dict.fromkeys(fit(text, CHOICE_LIMIT) for text in texts)
    return [app_commands.Choice(name=text, value=text) for text in list(cut)[:CHOICES_LIMIT]]


def word(given: str | None) -> str | None:
    """A kind or level as the catalog writes it; None if none was given."""
    return given.strip().casefold() if given else None


def words_offered(library: Library, option: str, current: str) -> Choices:
    """The catalog's kinds or levels (`option`) that hold what is typed so far."""
    return choices(one for one in _words(library, option) if current.strip().casefold() in one)


def refusal(library: Library, kind: str | None, level: str | None) -> str | None:
    """What to tell a member who asks for a kind or level that the catalog has not; None if it has both."""
    for option, given in (("kind", kind), ("level", level)):
        words = _words(library, option)
        if given is not None and word(given) not in words:
            return f"This index has no {option} “{echo(given)}”. It has: {', '.join(words) or 'none'}."
    return None


def _words(library: Library, option: str) -> list[str]:
    """The kinds or levels that the catalog has, in path order."""
    return list(dict.fromkeys(found for one in library.catalog if (found := getattr(one, option))))

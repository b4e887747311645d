"""Texts that ask the bot, not the list: greetings, "what can you do", "show me everything", and where to begin."""

from __future__ import annotations

import re

from bot.catalogs import Library
from bot.search.text import words

_SMALL_TALK = frozenset(
    """
    a about again all also am an and any anybody anyone anything are as ask asking at awesome bad be begin beginner
    beginning best better bit bot but bye can cheers commands contents cool could course courses day days do does done
    everyone everything fast few find finish first five folks for four free friend from fun function functions get give
    go going good great guide hello help helpful hey hi hour hours how i idk idea ill im in info into is it its ive join
    joined just know learn learning learned less lesson lessons let lets like link links list lists lol look looking lot
    lost material me member menu menus minutes month months more morning much my need new newbie newcomer next nice no
    nothing now of off ok okay on one or order other our path people ping please pls quick quickly random ready read
    reading recommend recommendation recommendations resource resources right room say see self server should show
    so some something sorry soon start started starting step steps stuff studies study studying studybot suggest
    suggestion suggestions sup surprise take talk teach tell test testing thank thanks that the them then there these
    they thing things think this three time tips to today together tomorrow topic topics try two understand up us use
    using very want wanna was way we week weeks welcome well what whats when where which who why will wish with work
    works would yeah year years yes yo you your yours
    """.split()
)
"""Words that say nothing about a topic. A text of these alone, and of words in the list's own title, asks the bot."""
_ASKS_WHERE_TO_START = re.compile(
    r"\b(?:where|how|what)\b[^.?!]{0,60}\b(?:start|begin|first)\b|\b(?:start|begin)\b[^.?!]{0,20}\bwhere\b"
    r"|\bget(?:ting)? started\b|\bfrom (?:scratch|zero|the beginning)\b|\bfirst steps?\b|\b(?:i'?m|am) (?:\w+ )?new\b",
    re.IGNORECASE,
)
_LONG = 12
"""Words from which a text that asks where to start is a newcomer's story, whatever else it mentions."""


def is_small_talk(text: str, library: Library) -> bool:
    """Whether a text names no topic at all: it greets, asks what the bot can do, or wants everything."""
    own = _singular(words(library.catalog.title))
    return all(word in _SMALL_TALK or word.isdigit() or _singular([word]) <= own for word in words(text))


def asks_where_to_start(text: str, library: Library) -> bool:
    """Whether a text asks where to begin: nothing else, or at length."""
    if not _ASKS_WHERE_TO_START.search(text):
        return False
    return len(text.split()) >= _LONG or is_small_talk(text, library)


def _singular(found: list[str]) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in found)

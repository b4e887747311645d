"""What a member asks: a query with its filters. Some texts ask the bot, not the list: greetings, "what can you do",
"show me everything", and where to begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, Self

from bot.catalogs import NO_FILTERS, Filters, Library, address_answer
from bot.discord_io.text import CUSTOM_ID_LIMIT
from bot.search import Answer, Hit
from bot.search.text import words

START_QUERY = "where do I start"
"""What a newcomer's message is taken for."""
STARTING = 3
"""Resources of the path's beginning."""
STATE = r"(?P<kind>[^:]{0,32}):(?P<level>[^:]{0,32}):(?P<query>[\s\S]{0,90})"
"""The part of a button's template that an Asked matches."""

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
    bored bonjour bro buddy ciao cool danke dont dude evening favorite favourite fine gimme gonna gracias guys hallo
    happy haha hmm hola joke kidding kind made merci morning night nah nope old plz program salut someone stuck stupid
    smart thx true tired ty weekend whats whos yep yup
    """.split()
)
"""Words that say nothing about a topic. A text of these alone, and of words in the list's own title, asks the bot."""
_PRONOUNS = frozenset("i im ive me my this us we you your".split())
_ASKS_WHERE_TO_START = re.compile(
    r"\b(?:where|how|what)\b[^.?!]{0,60}\b(?:start|begin|first)\b|\b(?:start|begin)\b[^.?!]{0,20}\bwhere\b"
    r"|\bget(?:ting)? started\b|\bfrom (?:scratch|zero|the beginning)\b|\bfirst steps?\b|\b(?:i'?m|am) (?:\w+ )?new\b",
    re.IGNORECASE,
)
_LONG = 12
"""Words from which a text that asks where to start is a newcomer's story, whatever else it mentions."""


class Asked(NamedTuple):
    """What a member asks: all that a card is drawn from, again and again."""

    query: str
    filters: Filters = NO_FILTERS

    @classmethod
    def of_state(cls, state: Mapping[str, str]) -> Self:
        """What the custom_id of a button says."""
        return cls(state["query"], Filters.typed(state["kind"], state["level"]))

    @classmethod
    def of_message(cls, text: str, library: Library) -> tuple[Asked, Answer]:
        """What a message asks, and the answer; the message itself is not kept."""
        if found := library.at_addresses(text):
            return cls(""), address_answer(found, "")
        answer = library.index.search_message(text)
        if not answer.hits and asks_where_to_start(text, library):
            return cls(START_QUERY), _beginning(library, answer)
        return cls(answer.query), answer

    def answer(self, library: Library) -> Answer:
        """What the list answers; raises FilterError for a kind or a level that it doesn't have."""
        answer = library.search(self.query, self.filters)
        if not answer.hits and not answer.excluded and asks_where_to_start(self.query, library):
            return _beginning(library, answer)
        if answer.hits and not answer.start and _speaks_to_the_bot(self.query, library):
            return replace(answer, hits=(), related=(), nearest=(), suggestion=None)
        return answer

    def custom_id(self, word: str, library: Library) -> str | None:
        """The custom_id of a button that begins with a word and draws this again; None for a query too long for it."""
        state = ":".join((word, library.catalog.id, self.filters.kind or "", self.filters.level or "", self.query))
        return state if len(state) <= CUSTOM_ID_LIMIT else None


def _beginning(library: Library, answer: Answer) -> Answer:
    hits = tuple(Hit(one, 1.0, ()) for one in library.catalog.resources[:STARTING])
    return replace(answer, hits=hits, related=(), nearest=(), suggestion=None, ignored=(), start=True)


def is_small_talk(text: str, library: Library) -> bool:
    """Whether a text names no topic at all: it greets, asks what the bot can do, or wants everything."""
    own = _singular(words(library.catalog.title))
    return all(word in _SMALL_TALK or word.isdigit() or _singular([word]) <= own for word in words(text))


def _speaks_to_the_bot(text: str, library: Library) -> bool:
    """Whether small talk is a sentence of its own ("teach me"), which words of some title may match by chance."""
    return not _PRONOUNS.isdisjoint(words(text)) and is_small_talk(text, library) and library.named(text) is None


def asks_where_to_start(text: str, library: Library) -> bool:
    """Whether a text asks where to begin: nothing else, or at length."""
    if not _ASKS_WHERE_TO_START.search(text):
        return False
    return len(text.split()) >= _LONG or is_small_talk(text, library)


def _singular(found: list[str]) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in found)

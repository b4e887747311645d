"""Names of several words: a topic's, an alias, a whole title.

A phrase is met when the query holds its words, in any order, or its letters in one run ("kvcache" is "kv cache").
When a part of its words is missing it counts for less, and soon for nothing: "attention" alone is not "paged
attention".

Knows phrases and the numbers of those who own them, nothing of what an owner is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bot.search.spelling import Spelling
from bot.search.stemming import stem
from bot.search.vocabulary import Reading

ENOUGH = 0.5
"""The share of a phrase's weight that must be met. At 0 "attention" is every topic with that word; at 1 "grouped
attention" is not "grouped query attention"."""
PARTIAL = 0.8
"""What a phrase with missing words is worth at most. At 1 it could tie with one that is met whole."""
LONGEST = 12
"""Words of the longest run that is looked up as a whole: a title has 2 to 12, and a title run together is one."""


class Phrase(NamedTuple):
    """The terms of a name, their weight together, and who owns it."""

    terms: tuple[str, ...]
    weight: float
    owner: int
    text: str


class Match(NamedTuple):
    """A phrase that the query meets: by which of its words (their places), how well (0 to 1) and how."""

    phrase: Phrase
    places: frozenset[int]
    quality: float
    how: str


class Phrases:
    """All phrases, to be found by their terms or by their letters."""

    def __init__(self, weight: Callable[[str], float]) -> None:
        self._weight = weight
        self._by_term: dict[str, list[Phrase]] = {}
        self._by_letters: dict[str, list[Phrase]] = {}
        self._run_together: dict[str, list[Phrase]] = {}
        self._spelling: Spelling | None = None

    def add(self, words: Sequence[str], owner: int, text: str) -> None:
        """Add a name made of these words."""
        terms = tuple(dict.fromkeys(map(stem, words)))
        phrase = Phrase(terms, sum(map(self._weight, terms)), owner, text)
        for key in {letters(words), stem("".join(words))}:
            self._by_letters.setdefault(key, []).append(phrase)
        for term in terms:
            self._by_term.setdefault(term, []).append(phrase)
        self._run_together.setdefault("".join(words), []).append(phrase)
        self._spelling = None

    def run(self, letters: str) -> Sequence[Phrase]:
        """The phrases that have exactly these letters; see `letters`."""
        return self._by_letters.get(letters, ())

    def near(self, word: str) -> list[Phrase]:
        """The phrases that are one edit from this word when their spaces are left out: "kvcahe" is nearly "kvcache"."""
        if self._spelling is None:
            self._spelling = Spelling(self._run_together)
        return [phrase for run in self._spelling.one_edit(word) for phrase in self._run_together[run]]

    def holding(self, term: str) -> Sequence[Phrase]:
        """The phrases that have this term."""
        return self._by_term.get(term, ())

    def met(self, readings: Sequence[Sequence[Reading]]) -> list[Match]:
        """The phrases met by the words of a query, given what each of them may stand for."""
        found: dict[int, dict[str, tuple[float, int, str]]] = {}
        phrases: dict[int, Phrase] = {}
        for place, alternatives in enumerate(readings):
            for reading in alternatives:
                for phrase in self._by_term.get(reading.term, ()):
                    met = found.setdefault(id(phrase), {})
                    phrases[id(phrase)] = phrase
                    if reading.quality > met.get(reading.term, (0.0,))[0]:
                        met[reading.term] = (reading.quality, place, reading.how)
        matches = (self._match(phrases[key], met) for key, met in found.items())
        return [match for match in matches if match is not None]

    def _match(self, phrase: Phrase, met: dict[str, tuple[float, int, str]]) -> Match | None:
        weight = sum(self._weight(term) for term in met)
        share = weight / phrase.weight
        if share < ENOUGH:
            return None
        quality = sum(self._weight(term) * part[0] for term, part in met.items()) / weight
        if len(met) < len(phrase.terms):
            quality *= PARTIAL * share * share
        return Match(
            phrase, frozenset(part[1] for part in met.values()), quality, _how(part[2] for part in met.values())
        )


def letters(words: Iterable[str]) -> str:
    """The letters of a name in one run, the same for all forms of its words."""
    return "".join(map(stem, words))


def _how(hows: Iterable[str]) -> str:
    """The least exact of several ways to be met."""
    order = ("typo", "prefix", "joined", "stem", "exact")
    return min(hows, key=order.index)

"""Names of several words: a topic's, an alias, a whole title.

A phrase is met when the query holds its words, in any order, or its letters in one run ("kvcache" is "kv cache").
When a part of its words is missing it counts for less, and soon for nothing: "attention" alone is not "paged
attention".

Knows phrases and the numbers of those who own them, nothing of what an owner is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """The terms of a name with their weights, their weight together, and who owns it."""

    terms: Mapping[str, float]
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
        self._by_weighty_term: dict[str, list[Phrase]] = {}
        self._by_letters: dict[str, list[Phrase]] = {}
        self._run_together: dict[str, list[Phrase]] = {}
        self._spelling: Spelling | None = None

    def add(self, words: Sequence[str], owner: int, text: str) -> None:
        """Add a name made of these words."""
        terms = {term: self._weight(term) for term in map(stem, words)}
        phrase = Phrase(terms, sum(terms.values()), owner, text)
        for key in _spellings(words):
            self._by_letters.setdefault(key, []).append(phrase)
        for term, weight in terms.items():
            self._by_term.setdefault(term, []).append(phrase)
            if weight >= ENOUGH * phrase.weight:
                self._by_weighty_term.setdefault(term, []).append(phrase)
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
        said: dict[str, tuple[Reading, int]] = {}
        for place, alternatives in enumerate(readings):
            for reading in alternatives:
                known = said.get(reading.term)
                if known is None or reading.quality > known[0].quality:
                    said[reading.term] = (reading, place)
        return _matches(self._by_weighty_term if len(said) == 1 else self._by_term, said)


def _matches(by_term: Mapping[str, Sequence[Phrase]], said: Mapping[str, tuple[Reading, int]]) -> list[Match]:
    """A match for each phrase of which enough is said."""
    found: list[Match] = []
    seen: set[int] = set()
    for first in said:
        for phrase in by_term.get(first, ()):
            if id(phrase) in seen:
                continue
            seen.add(id(phrase))
            weight = 0.0
            for term, own in phrase.terms.items():
                if term in said:
                    weight += own
            if weight >= ENOUGH * phrase.weight:
                found.append(_match(phrase, weight, [said[term] for term in phrase.terms if term in said]))
    return found


def _match(phrase: Phrase, weight: float, met: Sequence[tuple[Reading, int]]) -> Match:
    if len(met) == 1:
        ((reading, place),) = met
        quality, how, places = reading.quality, reading.how, frozenset((place,))
    else:
        quality = sum([phrase.terms[reading.term] * reading.quality for reading, _ in met]) / weight
        how = _least_exact([reading.how for reading, _ in met])
        places = frozenset([place for _, place in met])
    if len(met) < len(phrase.terms):
        quality *= PARTIAL * (weight / phrase.weight) ** 2
    return Match(phrase, places, quality, how)


def _spellings(words: Sequence[str]) -> set[str]:
    """The letters of a name as it stands, run together, and with two of its words run together ("fine-tuning")."""
    joined = ([*words[:at], words[at] + words[at + 1], *words[at + 2 :]] for at in range(len(words) - 1))
    return {letters(words), stem("".join(words)), *map(letters, joined)}


def letters(words: Iterable[str]) -> str:
    """The letters of a name in one run, the same for all forms of its words."""
    return "".join(map(stem, words))


def _least_exact(hows: Iterable[str]) -> str:
    """The least exact of several ways to be met."""
    order = ("typo", "prefix", "joined", "stem", "exact")
    return min(hows, key=order.index)

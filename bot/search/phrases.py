"""Names of several words: a topic's, an alias, a whole title.

A phrase is met when the query holds its words, in any order, or its letters in one run ("kvcache" is "kv cache").
When a part of its words is missing it counts for less, and soon for nothing: "attention" alone is not "paged
attention".

Knows phrases and the numbers of those who own them, nothing of what an owner is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    """The terms of a name with their weights, their weight together, how much must be met, and who owns it."""

    terms: Mapping[str, float]
    weight: float
    enough: float
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
        self._by_light_term: dict[str, list[tuple[Phrase, set[str]]]] = {}
        self._by_letters: dict[str, list[Phrase]] = {}
        self._run_together: dict[str, list[Phrase]] = {}
        self._spelling: Spelling | None = None

    def add(self, words: Sequence[str], owner: int, text: str) -> None:
        """Add a name made of these words."""
        terms = {term: self._weight(term) for term in map(stem, words)}
        whole = sum(terms.values())
        phrase = Phrase(terms, whole, ENOUGH * whole, owner, text)
        for key in _spellings(words):
            self._by_letters.setdefault(key, []).append(phrase)
        for term, weight in terms.items():
            self._by_term.setdefault(term, []).append(phrase)
            if weight >= phrase.enough:
                self._by_weighty_term.setdefault(term, []).append(phrase)
            else:
                self._by_light_term.setdefault(term, []).append((phrase, terms.keys() - {term}))
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
        return [_match(phrase, said) for phrase in self._reachable(said) if _weight_of(phrase, said) >= phrase.enough]

    def _reachable(self, said: Collection[str]) -> Iterable[Phrase]:
        """The phrases of which enough may be said: by one weighty term, or by several."""
        found: dict[int, Phrase] = {}
        for term in said:
            for phrase in self._by_weighty_term.get(term, ()):
                found[id(phrase)] = phrase
            for phrase, others in self._by_light_term.get(term, ()) if len(said) > 1 else ():
                if not others.isdisjoint(said):
                    found[id(phrase)] = phrase
        return found.values()


def _weight_of(phrase: Phrase, said: Collection[str]) -> float:
    return sum([weight for term, weight in phrase.terms.items() if term in said])


def _match(phrase: Phrase, said: Mapping[str, tuple[Reading, int]]) -> Match:
    met = [said[term] for term in phrase.terms if term in said]
    if len(met) == 1:
        ((reading, place),) = met
        weight, quality, how, places = phrase.terms[reading.term], reading.quality, reading.how, frozenset((place,))
    else:
        weight = _weight_of(phrase, said)
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

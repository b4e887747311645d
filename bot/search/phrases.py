"""Names of several words, and what they stand for: a topic's name, an alias, a heading.

A phrase is matched when the query holds its words, in any order, or its letters in one run ("kvcache" is "kv cache").
When a part of its words is missing it counts for less, and soon for nothing: "attention" alone is not "paged
attention".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.catalog.model import Topic
from bot.search.spelling import Spelling
from bot.search.text import Stem, letters
from bot.search.vocabulary import Candidate

MATCHED = 0.5
"""The share of a phrase's weight that must be matched. At 0 "attention" is every topic with that word; at 1 "grouped
attention" is not "grouped query attention"."""
PARTIAL = 0.8
"""Score of a phrase with missing words, at most. At 1 it could tie with one that is matched whole."""
LONGEST_RUN = 12
"""Words of the longest run that is looked up as a whole: a title has 2 to 12, and a title run together is one."""
_FROM_LEAST_EXACT = ("typo", "prefix", "initials", "joined", "stem", "exact")


class Label(NamedTuple):
    """What a phrase stands for: documents, each with its credit (0 to 1), and the field that says so."""

    documents: Mapping[int, float]
    field: str
    topic: Topic | None = None


class Phrase(NamedTuple):
    """The terms of a name with their weights, their weight together, how much must match, and what it stands for."""

    terms: Mapping[str, float]
    weight: float
    threshold: float
    label: Label
    text: str


class PhraseMatch(NamedTuple):
    """A phrase that some tokens of a query match: the places of those tokens, a score (0 to 1) and how."""

    phrase: Phrase
    places: frozenset[int]
    score: float
    how: str

    @property
    def documents(self) -> Mapping[int, float]:
        """The documents that the phrase stands for, with their credit."""
        return self.phrase.label.documents


class Phrases:
    """All phrases, to be found by their terms or by their letters; `weight` gives the weight of a term."""

    def __init__(self, stem: Stem, weight: Callable[[str], float]) -> None:
        self._stem = stem
        self._weight = weight
        self._by_term: dict[str, list[Phrase]] = {}
        self._by_heavy_term: dict[str, list[Phrase]] = {}
        self._by_light_term: dict[str, list[tuple[Phrase, set[str]]]] = {}
        self._by_letters: dict[str, list[Phrase]] = {}
        self._run_together: dict[str, list[Phrase]] = {}
        self._spelling: Spelling | None = None

    def add(self, words: Sequence[str], label: Label, text: str) -> None:
        """Add a name made of these words; `text` is the name for people."""
        terms = {term: self._weight(term) for term in map(self._stem, words)}
        whole = sum(terms.values())
        phrase = Phrase(terms, whole, MATCHED * whole, label, text)
        for key in self._spellings(words):
            self._by_letters.setdefault(key, []).append(phrase)
        for term, weight in terms.items():
            self._by_term.setdefault(term, []).append(phrase)
            if weight >= phrase.threshold:
                self._by_heavy_term.setdefault(term, []).append(phrase)
            else:
                self._by_light_term.setdefault(term, []).append((phrase, terms.keys() - {term}))
        self._run_together.setdefault("".join(words), []).append(phrase)
        self._spelling = None

    def of_letters(self, run: str) -> Sequence[Phrase]:
        """The phrases that have exactly these letters; see `bot.search.text.letters`."""
        return self._by_letters.get(run, ())

    def near(self, word: str) -> list[Phrase]:
        """The phrases that are one edit from this word when their spaces are left out: "kvcahe" is nearly "kvcache"."""
        if self._spelling is None:
            self._spelling = Spelling(self._run_together)
        return [phrase for run in self._spelling.one_edit(word) for phrase in self._run_together[run]]

    def holding(self, term: str) -> Sequence[Phrase]:
        """The phrases that have this term."""
        return self._by_term.get(term, ())

    def match(self, candidates: Sequence[Sequence[Candidate]]) -> list[PhraseMatch]:
        """The phrases matched by the tokens of a query, given the candidates of each."""
        best: dict[str, tuple[Candidate, int]] = {}
        for place, alternatives in enumerate(candidates):
            for candidate in alternatives:
                known = best.get(candidate.term)
                if known is None or candidate.score > known[0].score:
                    best[candidate.term] = (candidate, place)
        return [_match(one, best) for one in self._reachable(best) if _matched_weight(one, best) >= one.threshold]

    def _reachable(self, terms: Collection[str]) -> Iterable[Phrase]:
        """The phrases of which enough may be among some terms: one heavy term, or several."""
        found: dict[int, Phrase] = {}
        for term in terms:
            for phrase in self._by_heavy_term.get(term, ()):
                found[id(phrase)] = phrase
            for phrase, others in self._by_light_term.get(term, ()) if len(terms) > 1 else ():
                if not others.isdisjoint(terms):
                    found[id(phrase)] = phrase
        return found.values()

    def _spellings(self, words: Sequence[str]) -> set[str]:
        """The letters of a name as it is, run together, and with two of its words run together ("fine-tuning")."""
        joined = ([*words[:at], words[at] + words[at + 1], *words[at + 2 :]] for at in range(len(words) - 1))
        runs = (letters(one, self._stem) for one in (words, *joined))
        return {*runs, self._stem("".join(words))}


def _matched_weight(phrase: Phrase, terms: Collection[str]) -> float:
    return sum([weight for term, weight in phrase.terms.items() if term in terms])


def _match(phrase: Phrase, best: Mapping[str, tuple[Candidate, int]]) -> PhraseMatch:
    matched = [best[term] for term in phrase.terms if term in best]
    if len(matched) == 1:
        ((candidate, place),) = matched
        weight, score, how = phrase.terms[candidate.term], candidate.score, candidate.how
        places = frozenset((place,))
    else:
        weight = _matched_weight(phrase, best)
        score = sum([phrase.terms[one.term] * one.score for one, _ in matched]) / weight
        how = min([one.how for one, _ in matched], key=_FROM_LEAST_EXACT.index)
        places = frozenset([place for _, place in matched])
    if len(matched) < len(phrase.terms):
        score *= PARTIAL * (weight / phrase.weight) ** 2
    return PhraseMatch(phrase, places, score, how)

"""Names of several words, and what they stand for: a topic's name, an alias, a heading.

A phrase is matched when the query holds its words, in any order, or its letters in one run ("kvcache" is "kv cache").
When a part of its words is missing it counts for less, and soon for nothing: "attention" alone is not "paged
attention".

Initials stand for names too: "OSTEP" for "Operating Systems: Three Easy Pieces", "ODE" for a run inside a title. The
initials of all names are in one string, one name after another, so that finding a run of them is one search for a
substring, however many names there are. Each name is there with and without its stop words ("IoT" has them).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.catalog.model import Topic
from bot.search.text import Stem, fold, letters
from bot.search.vocabulary import Candidate, Spelling

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
                if candidate.how == "derived":  # "learners" are no "few-shot learning"
                    continue
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


WHOLE_INITIALS = 0.9
"""Score of initials that are those of a whole name. Under 1: other names may have the same."""
RUN_INITIALS = 0.75
"""Score of initials of a run of words inside a name."""
SHORTEST_INITIALS, LONG_INITIALS, LONGEST_INITIALS = 2, 3, 6
"""Letters of initials, of those that are rarely met by chance, and at most."""
SUMMARY_INITIALS = 0.7
"""What initials of words in a summary are worth beside those in a title."""
MOST_MATCHES = 30
"""Runs that are looked at for one word. At 1 a name that most titles have is lost to one that is met by chance."""
REMEMBERED = 256
"""Words whose initials are remembered: a query is looked at up to three times."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_BETWEEN = "\n"
_NOWHERE = array("I")


class Initials:
    """The initials of a list's titles, and of other names with what they stand for."""

    def __init__(
        self,
        titles: Sequence[str],
        summaries: Sequence[str],
        names: Sequence[tuple[str, Label]],
        stop_words: Collection[str],
    ) -> None:
        self._titles = titles
        self._summaries = summaries
        self._names = names
        self._stop_words = stop_words
        self._starts: list[int] = []
        self._numbers: list[int] = []
        pieces: list[str] = []
        length = len(_BETWEEN)
        for number, text in enumerate((*titles, *summaries, *(name for name, _ in names))):
            for piece in {"".join(word[0] for word in spelling) for spelling in self._spellings(text)}:
                if len(piece) < SHORTEST_INITIALS:
                    continue
                self._starts.append(length)
                self._numbers.append(number)
                pieces.append(piece)
                length += len(piece) + len(_BETWEEN)
        self._all = _BETWEEN + _BETWEEN.join(pieces) + _BETWEEN
        self._pairs: dict[str, array[int]] = {}
        for at in range(len(self._all) - 1):
            self._pairs.setdefault(self._all[at : at + 2], array("I")).append(at)
        self._matches: dict[str, list[tuple[Label, float, str]]] = {}

    def remembers(self, word: str) -> bool:
        """Whether a word was looked up lately, so that it costs nothing."""
        return word in self._matches

    def matches(self, word: str) -> list[tuple[Label, float, str]]:
        """What a word may be the initials of: what that stands for, the score, and the name or the run of words.

        Whole names if there are any; else the run of words that most names have.
        """
        if not SHORTEST_INITIALS <= len(word) <= LONGEST_INITIALS or not word.isalpha():
            return []
        if (found := self._matches.get(word)) is None:
            if len(self._matches) >= REMEMBERED:
                self._matches.clear()
            found = self._matches[word] = self._found(word)
        return found

    def _found(self, word: str) -> list[tuple[Label, float, str]]:
        whole = [
            (self._label(number), WHOLE_INITIALS, self._text(number))
            for number in self._holding(f"{_BETWEEN}{word}{_BETWEEN}")
            if not self._is_summary(number)
        ]
        return whole or self._inside(word)

    def _inside(self, word: str) -> list[tuple[Label, float, str]]:
        found = [(number, run) for number in self._holding(word) if (run := self._run(number, word))]
        counts = Counter(run for _, run in found)
        best = max(counts.values(), default=0)
        if len(word) < LONG_INITIALS:
            return [(self._label(one), RUN_INITIALS, run) for one, run in found if self._begins_title(one, run)]
        return [
            (self._label(number), RUN_INITIALS, run)
            for number, run in found
            if counts[run] == best and (best > 1 or self._begins(number, run))
        ]

    def _begins_title(self, number: int, run: str) -> bool:
        return number < len(self._titles) and self._begins(number, run)

    def _begins(self, number: int, run: str) -> bool:
        """Whether a name, and no summary, begins with a run of words."""
        spellings = (" ".join(spelling) for spelling in self._spellings(self._text(number)))
        return not self._is_summary(number) and any(spelling.startswith(run) for spelling in spellings)

    def _is_summary(self, number: int) -> bool:
        return len(self._titles) <= number < 2 * len(self._titles)

    def _holding(self, initials: str) -> list[int]:
        """The numbers of names whose initials hold these letters in one run."""
        # Where the rarest pair of the letters stands: to read all initials of a long list takes a millisecond.
        pairs = [self._pairs.get(initials[at : at + 2], _NOWHERE) for at in range(len(initials) - 1)]
        rarest = min(range(len(pairs)), key=lambda at: len(pairs[at]))
        found: dict[int, None] = {}
        for at in pairs[rarest]:
            if self._all.startswith(initials, at - rarest):
                place = bisect_right(self._starts, at - rarest + initials.count(_BETWEEN, 0, 1)) - 1
                found[self._numbers[place]] = None
                if len(found) == MOST_MATCHES:
                    break
        return list(found)

    def _label(self, number: int) -> Label:
        titles = len(self._titles)
        if number < titles:
            return Label({number: 1.0}, "title")
        if number < 2 * titles:
            return Label({number - titles: SUMMARY_INITIALS}, "summary")
        return self._names[number - 2 * titles][1]

    def _text(self, number: int) -> str:
        titles = len(self._titles)
        if number < titles:
            return self._titles[number]
        return self._summaries[number - titles] if number < 2 * titles else self._names[number - 2 * titles][0]

    def _run(self, number: int, word: str) -> str:
        """The words of a name whose initials these are, folded; empty if there are none."""
        for spelling in self._spellings(self._text(number)):
            at = "".join(part[0] for part in spelling).find(word)
            if at >= 0:
                return " ".join(spelling[at : at + len(word)])
        return ""

    def _spellings(self, text: str) -> Iterator[list[str]]:
        """The words of a name that count for its initials: all, without stop words, and those before a colon alike."""
        for part in {text, text.partition(":")[0]}:
            every = list(filter(None, map(fold, _WORD.findall(part))))
            yield every
            telling = [word for word in every if word not in self._stop_words]
            if len(telling) > SHORTEST_INITIALS:  # "learn how to use llms" is no LL
                yield telling

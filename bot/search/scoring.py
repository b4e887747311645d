"""The inverted index, and scores: how much of what a query tells is explained by a document.

    term ──> documents, in the order they were added, with the field weight in each   (to find)
    document ──> {term: Credit}                                                       (to look up, and to say why)

    score(d) = sum over tokens t of  weight(t) * credit(t, d)
               ----------------------------------------------
                        sum over tokens t of weight(t)

The credit of a token is the best that any of its candidates earns in d, as a term of a field or as a part of a phrase
that stands for d. So scores run from 0 to 1 and mean the same for every query, and words that nobody can explain lower
all of them: that is what makes silence possible.

Only documents that can still reach the cutoff are looked at. Tokens are taken from the weightiest (the rarest) on;
once those that are left could not lift a new document over the cutoff, they only add to the documents found so far,
and of these only to the ones that can still be among the best. (Turtle and Flood, Query evaluation: strategies and
optimizations, 1995, call the first kind of tokens essential.)
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from math import log
from operator import itemgetter
from typing import NamedTuple

from bot.search.phrases import PhraseMatch
from bot.search.vocabulary import Candidate


class Credit(NamedTuple):
    """The weight, 0 to 1, of a term in a document, and the name of the field that it stands in."""

    value: float
    field: str


class PostingList(NamedTuple):
    """The documents that hold a term, in ascending order, and the term's weight in each of them."""

    documents: array[int]
    values: array[float]


_EMPTY = PostingList(array("I"), array("d"))


class Postings:
    """An inverted index with a credit for each term of each document."""

    def __init__(self) -> None:
        self._lists: dict[str, PostingList] = {}
        self._credits: list[dict[str, Credit]] = []
        self._interned: dict[Credit, Credit] = {}
        self.highest = 0.0
        """The highest credit that any term has in any document."""

    def add(self, credits: Iterable[tuple[str, Credit]]) -> int:
        """Add a document with its terms, the highest credit of each; returns its number, counted from 0."""
        document = len(self._credits)
        best: dict[str, Credit] = {}
        for term, credit in credits:
            if term not in best or credit.value > best[term].value:
                best[term] = self._interned.setdefault(credit, credit)
        self._credits.append(best)
        self.highest = max([self.highest, *[credit.value for credit in best.values()]])
        for term, credit in best.items():
            if (postings := self._lists.get(term)) is None:
                postings = self._lists[term] = PostingList(array("I"), array("d"))
            postings.documents.append(document)
            postings.values.append(credit.value)
        return document

    def of(self, term: str) -> PostingList:
        """The posting list of a term."""
        return self._lists.get(term, _EMPTY)

    def documents(self, term: str) -> Sequence[int]:
        """The documents that hold a term, in ascending order."""
        return self.of(term).documents

    def credits(self, document: int) -> Mapping[str, Credit]:
        """Every term of a document with its credit there."""
        return self._credits[document]


class Weights:
    """How much each term tells: its IDF, times a factor for what it tells by itself.

    `document_frequency` counts the documents of each term, out of `documents`; `factor` is from 0 to 1.
    """

    def __init__(self, document_frequency: Mapping[str, int], documents: int, factor: Callable[[str], float]) -> None:
        self._weights = {term: idf(count, documents) * factor(term) for term, count in document_frequency.items()}
        self.unknown = idf(0, documents)
        self.of_half = idf(documents // 2, documents)

    def __call__(self, term: str) -> float:
        """The weight of a term; that of an unknown word if no document holds it."""
        return self._weights.get(term, self.unknown)


def idf(holding: int, documents: int) -> float:
    """BM25's inverse document frequency, as Lucene has it: ln(1 + (N - n + 0.5) / (n + 0.5)).

    `holding` (n) of `documents` (N) hold the term. A term in every document weighs next to nothing, one in none the
    most. (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.)
    """
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


MOST = 100
"""Documents that are certain to be scored to the end. At 1 the second hit would be chance; without a limit a common
word has thousands looked at, of which five are shown."""

ENTRY = 0.36
"""The share of the query that the tokens not yet looked up must tell for a document to come in by them alone, once
others were found. At 0 the commonest word of a query drags in all that has it; at 1 only the rarest finds anything."""
SCAN_RATIO = 16
"""Postings that are read as fast as one document is looked up."""
LEAST_WORK = 5_000
"""Postings that one query reads, and documents that it carries from word to word, in all that it is taken for; in a
longer list as many as that has resources. The rarest words come first; once this is used up, the others only add to
the best FEW documents found so far. At 0 the second word of a query may find nothing new; without a limit a text of
nothing but the commonest words reads the whole index for each of them."""
FEW = 15
"""Documents that are scored to the end once the work is used up."""

Scores = dict[int, float]
Accept = Callable[[int], bool]


@dataclass(slots=True)
class Work:
    """How much a query, or a message with all its sentences, may still read: see LEAST_WORK."""

    left: int


@dataclass(slots=True)
class Clause:
    """A token of the query as it is looked up: its weight, its candidates, and the phrases that it helps to match."""

    weight: float
    candidates: Sequence[Candidate]
    phrases: list[PhraseMatch] = field(default_factory=list)


class Match(NamedTuple):
    """The best that a document has for a clause: a term of a field, or a phrase."""

    credit: float
    field: str
    how: str
    text: str
    phrase: PhraseMatch | None = None


def score(
    clauses: Sequence[Clause],
    postings: Postings,
    work: Work,
    cutoff: float,
    relative: float = 0.0,
    accept: Accept | None = None,
) -> Scores:
    """The documents that reach the cutoff (over 0, up to 1), with their scores: at least the best MOST of them.

    `relative` is the least share of the best score that is asked for (0 to 1); `accept` says which documents may be
    among them, None: all. What was read is taken from `work`.
    """
    whole = sum([clause.weight for clause in clauses])
    if not whole or work.left <= 0:
        return {}
    floor, entry = cutoff * whole, max(cutoff, ENTRY) * whole
    sums: Scores = {}
    most = [_most(clause, postings.highest) for clause in clauses]
    left = sum(most)
    for amount, _, clause in sorted(zip(most, range(len(most)), clauses, strict=True), reverse=True):
        length = _length(clause, postings)
        if (left >= max(entry, floor) and work.left >= length) or (left >= floor and not sums):
            _find(clause, postings, sums, accept, work)
            floor = max(floor, relative * max(sums.values(), default=0.0))
        else:
            if work.left < length and len(sums) > FEW:
                sums = dict(nlargest(FEW, sums.items(), key=itemgetter(1)))
            sums = _promising(sums, left, floor)
            _look_up(clause, postings, sums, work, length)
        work.left -= len(sums)
        left -= amount
    floor = max(floor, relative * max(sums.values(), default=0.0))
    return {document: total / whole for document, total in _promising(sums, 0.0, floor).items()}


def _promising(sums: Scores, left: float, floor: float) -> Scores:
    """The documents that can reach the floor, and the best MOST, with what is left to earn."""
    if len(sums) > 2 * MOST:
        floor = max(floor, nlargest(MOST, sums.values())[-1])
    return {document: total for document, total in sums.items() if total + left >= floor}


def _most(clause: Clause, highest: float) -> float:
    """The most that any document can earn by a clause, given the highest credit of any term."""
    best = 0.0
    for candidate in clause.candidates:
        if candidate.score > best:
            best = candidate.score
    best *= highest
    for phrase in clause.phrases:
        if phrase.score > best:
            best = phrase.score
    return clause.weight * best


def _find(clause: Clause, postings: Postings, sums: Scores, accept: Accept | None, work: Work) -> None:
    """Add what each document earns by a clause, new documents too."""
    earned: Iterable[tuple[int, float]]
    if len(clause.candidates) == 1 and not clause.phrases:
        # Most clauses are like this, and their lists are long: nothing to take the best of.
        documents, values = _read(postings, clause.candidates[0].term, work)
        earned, weight = zip(documents, values, strict=True), clause.weight * clause.candidates[0].score
    else:
        best = _credits(clause, postings, work)
        earned, weight = best.items(), clause.weight
        work.left -= len(best)
    if accept is not None:
        earned = [(document, credit) for document, credit in earned if accept(document)]
    known = sums.get
    sums.update([(document, known(document, 0.0) + weight * credit) for document, credit in earned])


def _length(clause: Clause, postings: Postings) -> int:
    """How many postings a clause has, those of its phrases too."""
    length = sum([len(phrase.documents) for phrase in clause.phrases])
    return length + sum([len(postings.documents(candidate.term)) for candidate in clause.candidates])


def _look_up(clause: Clause, postings: Postings, sums: Scores, work: Work, length: int) -> None:
    """Add what the documents found so far earn by a clause of this length."""
    if length <= min(SCAN_RATIO * len(sums), work.left):
        credits = _credits(clause, postings, work)
        for document in sums.keys() & credits.keys():
            sums[document] += clause.weight * credits[document]
        return
    for document in sums:
        sums[document] += clause.weight * earned(clause, postings.credits(document), document)


def _read(postings: Postings, term: str, work: Work) -> PostingList:
    """The posting list of a term, of which no more is read than there is work left, but always MOST."""
    whole = postings.of(term)
    most = max(work.left, MOST)
    work.left -= len(whole.documents)
    if len(whole.documents) <= most:
        return whole
    return PostingList(whole.documents[:most], whole.values[:most])


def _credits(clause: Clause, postings: Postings, work: Work) -> Scores:
    """What every document earns by a clause; once the work is used up, by its first candidates alone."""
    best: Scores = {}
    for candidate in clause.candidates:
        if best and work.left <= 0:
            return best
        (documents, values), factor = _read(postings, candidate.term, work), candidate.score
        if not best:
            best = {document: factor * value for document, value in zip(documents, values, strict=True)}
            continue
        work.left -= len(documents)  # to take the best of two takes twice the time
        for document, value in zip(documents, values, strict=True):
            if factor * value > best.get(document, 0.0):
                best[document] = factor * value
    for phrase in clause.phrases:
        if best and work.left <= 0:
            return best
        factor = phrase.score
        work.left -= 2 * len(phrase.documents)
        for document, value in phrase.documents.items():
            if factor * value > best.get(document, 0.0):
                best[document] = factor * value
    return best


def _best(
    clause: Clause, credits: Mapping[str, Credit], document: int
) -> tuple[float, Candidate | None, PhraseMatch | None]:
    """The most that any candidate or phrase earns a document, and which of them does.

    Of two phrases that earn the same, the one that matches more of the query tells more: a title before one of its
    words. A term of a field comes after a phrase.
    """
    best, by_term, by_phrase = 0.0, None, None
    for candidate in clause.candidates:
        if (credit := credits.get(candidate.term)) is not None and (amount := candidate.score * credit.value) > best:
            best, by_term = amount, candidate
    for phrase in clause.phrases:
        if (value := phrase.documents.get(document)) is not None:
            amount = phrase.score * value
            if amount > best or (amount == best and (by_phrase is None or len(phrase.places) > len(by_phrase.places))):
                best, by_phrase = amount, phrase
    return best, by_term, by_phrase


def earned(clause: Clause, credits: Mapping[str, Credit], document: int) -> float:
    """The credit, 0 to 1, that a document whose terms have these credits earns by a clause."""
    return _best(clause, credits, document)[0]


def in_a_name(clauses: Iterable[Clause], postings: Postings, document: int) -> bool:
    """Whether a document has one of some clauses in more than its summary."""
    matches = (best_match(clause, postings, document) for clause in clauses)
    return any(match is not None and match.field != "summary" for match in matches)


def best_match(clause: Clause, postings: Postings, document: int) -> Match | None:
    """The best that a document has for a clause, if it has anything."""
    credits = postings.credits(document)
    credit, candidate, phrase = _best(clause, credits, document)
    # "the Karpathy talk" comes down to one word, and that he is its author tells more.
    own = candidate is not None and credits[candidate.term].field != "summary"
    if phrase is not None and not (own and phrase.phrase.label.field == "alias" and len(phrase.phrase.terms) == 1):
        return Match(credit, phrase.phrase.label.field, phrase.how, phrase.phrase.text, phrase)
    if candidate is not None:
        return Match(credit, credits[candidate.term].field, candidate.how, candidate.word)
    return None

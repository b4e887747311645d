"""Scores: how much of what a query tells is explained by a document.

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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

from bot.search.phrases import PhraseMatch
from bot.search.postings import Credit, Postings
from bot.search.vocabulary import Candidate

MOST = 100
"""Documents that are certain to be scored to the end. At 1 the second hit would be chance; without a limit a common
word has thousands looked at, of which five are shown."""

SCAN_RATIO = 16
"""Postings that are read as fast as one document is looked up."""

Scores = dict[int, float]
Accept = Callable[[int], bool]


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
    clauses: Sequence[Clause], postings: Postings, cutoff: float, relative: float = 0.0, accept: Accept | None = None
) -> Scores:
    """The documents that reach the cutoff (over 0, up to 1), with their scores: at least the best MOST of them.

    `relative` is the least share of the best score that is asked for (0 to 1); `accept` says which documents may be
    among them, None: all.
    """
    whole = sum([clause.weight for clause in clauses])
    if not whole:
        return {}
    floor = cutoff * whole
    sums: Scores = {}
    most = [_most(clause, postings.highest) for clause in clauses]
    left = sum(most)
    for amount, _, clause in sorted(zip(most, range(len(most)), clauses, strict=True), reverse=True):
        if left >= floor:
            _find(clause, postings, sums, accept)
            floor = max(floor, relative * max(sums.values(), default=0.0))
        else:
            sums = _promising(sums, left, floor)
            _look_up(clause, postings, sums)
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


def _find(clause: Clause, postings: Postings, sums: Scores, accept: Accept | None) -> None:
    """Add what each document earns by a clause, new documents too."""
    weight, known = clause.weight, sums.get
    earned = _credits(clause, postings).items()
    sums.update(
        [
            (document, known(document, 0.0) + weight * credit)
            for document, credit in earned
            if accept is None or accept(document)
        ]
    )


def _look_up(clause: Clause, postings: Postings, sums: Scores) -> None:
    """Add what the documents found so far earn by a clause."""
    length = sum([len(postings.documents(candidate.term)) for candidate in clause.candidates])
    if length <= SCAN_RATIO * len(sums):
        credits = _credits(clause, postings)
        for document in sums.keys() & credits.keys():
            sums[document] += clause.weight * credits[document]
        return
    for document in sums:
        sums[document] += clause.weight * earned(clause, postings.credits(document), document)


def _credits(clause: Clause, postings: Postings) -> Scores:
    """What every document earns by a clause."""
    best: Scores = {}
    for candidate in clause.candidates:
        (documents, values), factor = postings.of(candidate.term), candidate.score
        if not best:
            best = {document: factor * value for document, value in zip(documents, values, strict=True)}
            continue
        for document, value in zip(documents, values, strict=True):
            if factor * value > best.get(document, 0.0):
                best[document] = factor * value
    for phrase in clause.phrases:
        factor = phrase.score
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

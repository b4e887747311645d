"""Scores: how much of what a query tells is explained by a document.

    score(d) = sum over tokens t of  weight(t) * credit(t, d)
               ----------------------------------------------
                        sum over tokens t of weight(t)

The credit of a token is the best that any of its readings earns in d, as a word of a field or as a part of a phrase
that d owns. So scores run from 0 to 1 and mean the same for every query, and words that nobody can explain lower all
of them: that is what makes silence possible.

Only documents that can still reach the cutoff are looked at. Tokens are taken from the weightiest (the rarest) on;
once those that are left could not lift a new document over the cutoff, they only add to the documents found so far,
and of these only to the ones that can still be among the best. (Turtle and Flood, Query evaluation: strategies and
optimizations, 1995, call the first kind of tokens essential.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

from bot.catalog.model import Topic
from bot.search.postings import Credit, Postings
from bot.search.vocabulary import Reading

MOST = 100
"""Documents that are certain to be scored to the end. At 1 what comes second would be chance; without a limit a common
word has thousands looked at, of which five are shown."""

WORTH_READING = 16
"""Postings that are read as fast as one document is looked up."""

Scores = dict[int, float]
Accept = Callable[[int], bool]


class Owned(NamedTuple):
    """Documents that own a phrase which the query meets, each with its credit.

    `text` is the phrase for people, `terms` are its terms; `places` are those of the query's words that meet it.
    """

    documents: Mapping[int, float]
    quality: float
    field: str
    how: str
    text: str
    terms: Collection[str]
    places: frozenset[int]
    topic: Topic | None = None


@dataclass(slots=True)
class Evidence:
    """What speaks for documents at one place of the query: words and phrases."""

    weight: float
    readings: Sequence[Reading]
    owned: list[Owned] = field(default_factory=list)


class Source(NamedTuple):
    """The best evidence of a document at one place."""

    credit: float
    field: str
    how: str
    matched: str
    owned: Owned | None = None


def score(evidence: Sequence[Evidence], postings: Postings, cutoff: float, accept: Accept | None = None) -> Scores:
    """The documents that reach the cutoff (over 0, up to 1), with their scores: at least the best MOST of them.

    `accept` says which documents may be among them; None: all.
    """
    whole = sum([one.weight for one in evidence])
    if not whole:
        return {}
    floor = cutoff * whole
    sums: Scores = {}
    most = [_most(one) for one in evidence]
    left = sum(most)
    for amount, _, one in sorted(zip(most, range(len(most)), evidence, strict=True), reverse=True):
        if left >= floor:
            _find(one, postings, sums)
        else:
            sums = _promising(sums, left, floor, accept)
            _look_up(one, postings, sums)
        left -= amount
    return {document: total / whole for document, total in _promising(sums, 0.0, floor, accept).items()}


def _promising(sums: Scores, left: float, floor: float, accept: Accept | None) -> Scores:
    """The documents that can reach the floor, and the best MOST, with what is left to earn."""
    if accept is not None:
        sums = {document: total for document, total in sums.items() if accept(document)}
    if len(sums) > 2 * MOST:
        floor = max(floor, nlargest(MOST, sums.values())[-1])
    return {document: total for document, total in sums.items() if total + left >= floor}


def _most(one: Evidence) -> float:
    """The most that any document can earn at one place."""
    best = 0.0
    for reading in one.readings:
        if reading.quality > best:
            best = reading.quality
    for owned in one.owned:
        if owned.quality > best:
            best = owned.quality
    return one.weight * best


def _find(one: Evidence, postings: Postings, sums: Scores) -> None:
    """Add what each document earns at one place, new documents too."""
    weight, known = one.weight, sums.get
    earned_here = _credits(one, postings).items()
    sums.update([(document, known(document, 0.0) + weight * credit) for document, credit in earned_here])


def _look_up(one: Evidence, postings: Postings, sums: Scores) -> None:
    """Add what the documents found so far earn at one place."""
    posted = sum([len(postings.documents(reading.term)) for reading in one.readings])
    if posted <= WORTH_READING * len(sums):
        credits = _credits(one, postings)
        for document in sums.keys() & credits.keys():
            sums[document] += one.weight * credits[document]
        return
    for document in sums:
        sums[document] += one.weight * earned(one, postings.credits(document), document)


def _credits(one: Evidence, postings: Postings) -> Scores:
    """What every document earns at one place."""
    best: Scores = {}
    for reading in one.readings:
        posted, quality = postings.posted(reading.term), reading.quality
        if not best:
            best = {document: quality * value for document, value in zip(posted.documents, posted.values, strict=True)}
            continue
        for document, value in zip(posted.documents, posted.values, strict=True):
            if quality * value > best.get(document, 0.0):
                best[document] = quality * value
    for owned in one.owned:
        for document, central in owned.documents.items():
            credit = owned.quality * central
            if credit > best.get(document, 0.0):
                best[document] = credit
    return best


def _best(one: Evidence, credits: Mapping[str, Credit], document: int) -> tuple[float, Reading | None, Owned | None]:
    """The most that any reading or phrase earns a document, and which of them does.

    Of two phrases that earn the same, the one that more of the query went into tells more: a title before one of its
    words. A word of a field stands back behind a phrase.
    """
    best, by_reading, by_phrase = 0.0, None, None
    for reading in one.readings:
        if (credit := credits.get(reading.term)) is not None and (amount := reading.quality * credit.value) > best:
            best, by_reading = amount, reading
    for owned in one.owned:
        if (central := owned.documents.get(document)) is not None:
            amount = owned.quality * central
            if amount > best or (amount == best and (by_phrase is None or len(owned.places) > len(by_phrase.places))):
                best, by_phrase = amount, owned
    return best, by_reading, by_phrase


def earned(one: Evidence, credits: Mapping[str, Credit], document: int) -> float:
    """The credit, 0 to 1, that a document with these credits earns at one place of the query."""
    return _best(one, credits, document)[0]


def source(one: Evidence, postings: Postings, document: int) -> Source | None:
    """The best evidence for a document at one place of the query, if there is any."""
    credits = postings.credits(document)
    credit, reading, owned = _best(one, credits, document)
    # "the Karpathy talk" comes down to one word, and that he is its author tells more.
    if owned is not None and (reading is None or owned.field != "alias" or len(owned.terms) > 1):
        return Source(credit, owned.field, owned.how, owned.text, owned)
    if reading is not None:
        return Source(credit, credits[reading.term].field, reading.how, reading.surface)
    return None

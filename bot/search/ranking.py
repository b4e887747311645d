"""Scores: how much of what a query tells is explained by a document.

    score(d) = sum over tokens t of  weight(t) * credit(t, d)
               ----------------------------------------------
                        sum over tokens t of weight(t)

The credit of a token is the best that any of its readings earns in d, as a word of a field or as a part of a phrase
that d owns. So scores run from 0 to 1 and mean the same for every query, and words that nobody can explain lower all
of them: that is what makes silence possible.

Only documents that can still reach the cutoff are looked at. Tokens are taken from the weightiest (the rarest) on;
once those that are left could not lift a new document over the cutoff, they only add to the documents found so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.catalog.model import Topic
from bot.search.postings import Credit, Postings
from bot.search.vocabulary import Reading


@dataclass(frozen=True, slots=True)
class Owned:
    """Documents that own a phrase which the query meets, each with its credit.

    `text` is the phrase for people, `terms` are its terms; `places` are those of the query's words that meet it.
    """

    documents: Mapping[int, float]
    quality: float
    field: str
    how: str
    text: str
    terms: tuple[str, ...]
    places: frozenset[int]
    topic: Topic | None = None


@dataclass(slots=True)
class Evidence:
    """What speaks for documents at one place of the query: words and phrases."""

    weight: float
    readings: Sequence[Reading]
    owned: list[Owned] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """The best evidence of a document at one place."""

    credit: float
    field: str
    how: str
    matched: str
    owned: Owned | None = None


def score(evidence: Sequence[Evidence], postings: Postings, cutoff: float) -> dict[int, float]:
    """The documents that reach the cutoff (over 0, up to 1), with their scores."""
    whole = sum(one.weight for one in evidence)
    if not whole:
        return {}
    floor = cutoff * whole
    sums: dict[int, float] = {}
    left = whole
    for one in sorted(evidence, key=lambda one: -one.weight):
        if left >= floor:
            _find(one, postings, sums)
        else:
            sums = {document: total for document, total in sums.items() if total + left >= floor}
            _look_up(one, postings, sums)
        left -= one.weight
    return {document: total / whole for document, total in sums.items() if total >= floor}


def _find(one: Evidence, postings: Postings, sums: dict[int, float]) -> None:
    """Add what each document earns at one place, new documents too."""
    best: dict[int, float] = {}
    for reading in one.readings:
        term, quality = reading.term, reading.quality
        for document in postings.documents(term):
            credit = quality * postings.credits(document)[term].value
            if credit > best.get(document, 0.0):
                best[document] = credit
    for owned in one.owned:
        for document, central in owned.documents.items():
            credit = owned.quality * central
            if credit > best.get(document, 0.0):
                best[document] = credit
    for document, credit in best.items():
        sums[document] = sums.get(document, 0.0) + one.weight * credit


def _look_up(one: Evidence, postings: Postings, sums: dict[int, float]) -> None:
    """Add what the documents found so far earn at one place."""
    for document in sums:
        credit = max((amount for amount, _, _ in _earned(one, postings.credits(document), document)), default=0.0)
        sums[document] += one.weight * credit


def _earned(
    one: Evidence, credits: Mapping[str, Credit], document: int
) -> Iterator[tuple[float, Reading | None, Owned | None]]:
    for reading in one.readings:
        if (credit := credits.get(reading.term)) is not None:
            yield reading.quality * credit.value, reading, None
    for owned in one.owned:
        if (central := owned.documents.get(document)) is not None:
            yield owned.quality * central, None, owned


def source(one: Evidence, postings: Postings, document: int) -> Source | None:
    """The best evidence for a document at one place of the query, if there is any."""
    credits = postings.credits(document)
    earned = list(_earned(one, credits, document))
    if not earned:
        return None
    # Of two that earn the same, the one that more of the query went into tells more: a title before one of its words.
    credit, reading, owned = max(earned, key=lambda amount: (amount[0], len(amount[2].places) if amount[2] else 0))
    if owned is not None and owned.field == "alias" and len(owned.terms) == 1:
        # "the Karpathy talk" comes down to one word, and that he is its author tells more.
        plain = [(amount, one) for amount, one, other in earned if one is not None and other is None]
        reading = max(plain, default=(0.0, None))[1]
        owned = owned if reading is None else None
    if owned is not None:
        return Source(credit, owned.field, owned.how, owned.text, owned)
    assert reading is not None  # noqa: S101 - one of the two is always there
    return Source(credit, credits[reading.term].field, reading.how, reading.surface)

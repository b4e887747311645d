"""The inverted index: which documents hold a term, and for how much it counts there.

    term ──> documents, in the order they were added, with what it is worth in each   (to find)
    document ──> {term: Credit}                                                       (to look up, and to say why)

Knows numbered documents and terms alone, nothing of what they stand for.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple


class Credit(NamedTuple):
    """What a term is worth in a document, 0 to 1, and the name of the field that it stands in."""

    value: float
    field: str


class Posted(NamedTuple):
    """The documents that hold a term, in ascending order, and the term's value in each of them."""

    documents: array[int]
    values: array[float]


_NOWHERE = Posted(array("I"), array("d"))


class Postings:
    """An inverted index with a credit for each term of each document."""

    def __init__(self) -> None:
        self._posted: dict[str, Posted] = {}
        self._credits: list[dict[str, Credit]] = []
        self._interned: dict[Credit, Credit] = {}

    def add(self, credits: Iterable[tuple[str, Credit]]) -> int:
        """Add a document with its terms, the highest credit of each; returns its number, counted from 0."""
        document = len(self._credits)
        own: dict[str, Credit] = {}
        for term, credit in credits:
            if term not in own or credit.value > own[term].value:
                own[term] = self._interned.setdefault(credit, credit)
        self._credits.append(own)
        for term, credit in own.items():
            if (posted := self._posted.get(term)) is None:
                posted = self._posted[term] = Posted(array("I"), array("d"))
            posted.documents.append(document)
            posted.values.append(credit.value)
        return document

    def posted(self, term: str) -> Posted:
        """Where a term stands, and for how much."""
        return self._posted.get(term, _NOWHERE)

    def documents(self, term: str) -> Sequence[int]:
        """The documents that hold a term, in ascending order."""
        return self.posted(term).documents

    def credits(self, document: int) -> Mapping[str, Credit]:
        """Every term of a document with its credit there."""
        return self._credits[document]


class Weights:
    """How much each term tells: its IDF, times what `light` says of it.

    `holding` counts the documents of each term, out of `documents`.
    """

    def __init__(self, holding: Mapping[str, int], documents: int, light: Callable[[str], float]) -> None:
        self._weights = {term: idf(count, documents) * light(term) for term, count in holding.items()}
        self.unknown = idf(0, documents)

    def __call__(self, term: str) -> float:
        """The weight of a term; that of an unknown word if no document holds it."""
        return self._weights.get(term, self.unknown)


def idf(holding: int, documents: int) -> float:
    """BM25's inverse document frequency, as Lucene has it: ln(1 + (N - n + 0.5) / (n + 0.5)).

    `holding` (n) of `documents` (N) hold the term. A term in every document weighs next to nothing, one in none the
    most. (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.)
    """
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))

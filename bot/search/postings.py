"""The inverted index: which documents hold a term, in which field, and for how much it counts there.

    term ──> documents, in the order they were added, with the field weight in each   (to find)
    document ──> {term: Credit}                                                       (to look up, and to say why)

Knows numbered documents and terms alone, nothing of what they stand for.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple


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

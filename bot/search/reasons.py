"""Why a resource was found: which words met which field, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from bot.search.answer import Reason
from bot.search.corpus import Corpus
from bot.search.finding import Findings
from bot.search.query import Query, Role
from bot.search.ranking import Owned, Source, source
from bot.search.text import words

KEPT = 1024
"""Reasons that are kept: the hits of one answer share most of theirs."""


class Reasons:
    """Tells why documents were found by one query; what several of them share is worked out once."""

    def __init__(self, corpus: Corpus, findings: Findings) -> None:
        self._corpus = corpus
        self._query = findings.query
        self._evidence = findings.evidence
        self._places = self._query.content or self._query.places(Role.STOP, Role.FILLER)
        self._by_phrase: dict[int, Reason] = {}

    def of(self, document: int) -> tuple[Reason, ...]:
        """The reasons for a document, in the order of the query's words; words that met nothing are not in them."""
        found: dict[Reason, None] = {}
        plain: list[tuple[int, Source]] = []
        for place in self._places:
            met = source(self._evidence[place], self._corpus.postings, document)
            if met is None:
                continue
            if plain and (met.owned is not None or not _alike(plain[-1][1], met)):
                found[self._of_words(plain)] = None
                plain = []
            if met.owned is None:
                plain.append((place, met))
            else:
                found[self._of_phrase(met.owned)] = None
        if plain:
            found[self._of_words(plain)] = None
        if self._query.kinds and (of_kind := self._of_kind(document)) is not None:
            found[of_kind] = None
        return tuple(found) or (self._of_letters(document),)

    def _of_letters(self, document: int) -> Reason:
        """For a title that the query is but for a slip."""
        typed = " ".join(token.typed for token in self._query.tokens)
        return Reason(typed, "title", "typo", self._corpus.resources[document].title)

    def _of_words(self, met: Sequence[tuple[int, Source]]) -> Reason:
        """Neighbours that met the same field just as they stand, or one word that met it some other way."""
        first = met[0][1]
        typed = _typed(self._query, [place for place, _ in met])
        return Reason(typed, first.field, first.how, " ".join(dict.fromkeys(one.matched for _, one in met)))

    def _of_phrase(self, owned: Owned) -> Reason:
        # By identity: the evidence, which holds it, outlives this.
        if (known := self._by_phrase.get(id(owned))) is None:
            typed = _typed(self._query, _span(self._query, owned.places))
            name = owned.topic.name if owned.topic else owned.text
            known = self._by_phrase[id(owned)] = _of_phrase(typed, owned.field, owned.how, owned.text, name)
        return known

    def _of_kind(self, document: int) -> Reason | None:
        kind = self._corpus.resources[document].kind
        if kind not in self._query.kinds:
            return None
        typed = _typed(self._query, self._query.places(Role.KIND))
        return Reason(typed, "kind", "exact" if typed == kind else "alias", kind)


@lru_cache(maxsize=KEPT)
def _of_phrase(typed: str, field: str, how: str, matched: str, name: str) -> Reason:
    """The reason of words that met a phrase, which is `name` or an alias of it."""
    said = words(typed)
    if said != words(matched):
        return Reason(typed, field, how if how != "exact" else "alias", matched)
    if said != words(name):
        return Reason(typed, field, "alias", name)
    return Reason(typed, field, "exact", matched)


def _alike(one: Source, other: Source) -> bool:
    """Whether two neighbouring words make one reason: both met the same field, each just as it stands."""
    return one.field == other.field and (one.how == other.how == "exact" or one.matched == other.matched)


def _typed(query: Query, places: Iterable[int]) -> str:
    return " ".join(dict.fromkeys(query.tokens[place].typed for place in places))


def _span(query: Query, places: Collection[int]) -> list[int]:
    """The places that met a phrase, and the light words between them: "attention is all you need" has two others."""
    light = (Role.STOP, Role.FILLER)
    span = range(min(places), max(places) + 1)
    return [place for place in span if place in places or query.tokens[place].role in light]

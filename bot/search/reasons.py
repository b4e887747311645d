"""Why a resource was found: which words met which field, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from bot.search.answer import Reason
from bot.search.corpus import Corpus
from bot.search.finding import Findings
from bot.search.query import Query, Role
from bot.search.ranking import Source, source
from bot.search.text import words


def reasons(corpus: Corpus, findings: Findings, document: int) -> tuple[Reason, ...]:
    """The reasons for one document, in the order of the query's words; words that met nothing are not in them."""
    query = findings.query
    roles = (Role.CONTENT,) if query.places(Role.CONTENT) else (Role.STOP, Role.FILLER)
    met = [
        (place, found)
        for place in query.places(*roles)
        if (found := source(findings.evidence[place], corpus.postings, document)) is not None
    ]
    of_kind = _kind_reason(query, corpus.resources[document].kind)
    return tuple(dict.fromkeys((*_grouped(query, met), *of_kind)))


def _grouped(query: Query, met: Sequence[tuple[int, Source]]) -> Iterator[Reason]:
    """One reason for neighbours that met the same phrase, or the same field just as they stand."""
    for _, group in groupby(met, key=lambda one: _what_was_met(one[1])):
        places, sources = zip(*group, strict=True)
        yield _reason(query, places, sources)


def _what_was_met(found: Source) -> tuple[str, str]:
    if found.owned is not None:
        return found.field, found.owned.text
    return found.field, "" if found.how == "exact" else found.matched


def _reason(query: Query, places: Sequence[int], sources: Sequence[Source]) -> Reason:
    first = sources[0]
    typed = _typed(query, places if first.owned is None else _span(query, first.owned.places))
    if first.owned is None:
        matched = " ".join(dict.fromkeys(one.matched for one in sources))
        return Reason(typed, first.field, first.how, matched)
    if words(typed) == words(first.matched):
        return _named(typed, first)
    return Reason(typed, first.field, first.how if first.how != "exact" else "alias", first.matched)


def _typed(query: Query, places: Iterable[int]) -> str:
    return " ".join(dict.fromkeys(query.tokens[place].typed for place in places))


def _span(query: Query, places: Collection[int]) -> list[int]:
    """The places that met a phrase, and the light words between them: "attention is all you need" has two others."""
    light = (Role.STOP, Role.FILLER)
    span = range(min(places), max(places) + 1)
    return [place for place in span if place in places or query.tokens[place].role in light]


def _named(typed: str, found: Source) -> Reason:
    """The reason of a phrase that was typed as it stands: the topic's own name, or an alias of it."""
    topic = found.owned.topic if found.owned else None
    if topic is not None and words(topic.name) != words(typed):
        return Reason(typed, found.field, "alias", topic.name)
    return Reason(typed, found.field, "exact", found.matched)


def _kind_reason(query: Query, kind: str) -> list[Reason]:
    if kind not in query.kinds:
        return []
    typed = " ".join(token.typed for token in query.tokens if token.role is Role.KIND)
    return [Reason(typed, "kind", "exact" if typed == kind else "alias", kind)]

"""What a search answers with, and why each resource was found: which words matched which field, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.catalog.model import Resource, Topic
from bot.search.corpus import Corpus
from bot.search.phrases import PhraseMatch
from bot.search.query import Query, Role
from bot.search.scoring import Match, best_match
from bot.search.searcher import Result
from bot.search.text import words

_WHERE = {
    "title": "in the title",
    "alias": "a name for it",
    "author": "an author",
    "site": "its site",
    "heading": "the heading above it",
    "summary": "in the summary",
    "kind": "its kind",
    "level": "its level",
    "path": "where the path begins",
}
_HOW = {"alias": "means", "initials": "stands for", "stem": "as", "derived": "as"}


class Reason(NamedTuple):
    """Which of the query's words matched which field of a resource, and how.

    `field` is "title", "topic", "alias", "author", "site", "heading", "summary", "kind", "level" or "path"; `how` is
    "exact", "stem", "derived", "alias", "narrower", "initials", "prefix", "typo" or "joined"; `matched` is what the
    words matched there. A reason of a topic says in `beside` what the resource is mainly about, if that is another
    topic. `str()` is short: `kv cache: topic`, `atention ≈ attention: title`.
    """

    words: str
    field: str
    how: str
    matched: str
    beside: str = ""

    def __str__(self) -> str:
        if not self._differs:
            return f"{self.words}: {self.field}"
        return f"{self.words} {'≈' if self.how == 'typo' else '='} {self.matched}: {self.field}"

    def spoken(self) -> str:
        """The reason as a person would say it: `“atention” read as “attention”, in the title`."""
        text = f"“{self.words}”"
        if self.field == "topic" and self.how in ("alias", "narrower"):
            return f"{text}: listed under “{self.matched}”{self._beside}"
        if self.how == "initials" and len(self.matched) < len(self.words):
            text += f", “{self.matched}” for short"
        elif self._differs:
            text += f" {_HOW.get(self.how, 'read as')} “{self.matched}”"
        if self.field == "topic":
            return f"{text}, {'one of its topics' if self.beside else 'its main topic'}{self._beside}"
        return f"{text}, {_WHERE[self.field]}"

    @property
    def _beside(self) -> str:
        return f" beside “{self.beside}”" if self.beside else ""

    @property
    def _differs(self) -> bool:
        return self.how != "exact" and self.words.casefold() != self.matched.casefold()


class Hit(NamedTuple):
    """A resource that answers the query; `score` is from 0 to 1 and comparable between queries."""

    resource: Resource
    score: float
    why: tuple[Reason, ...]


class Related(NamedTuple):
    """A resource that is no hit but shares these topics with one."""

    resource: Resource
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `query`, which may be that nothing fits.

    `suggestion` is what was probably meant, if that differs from the query; `nearest` are topics and headings near to
    what was asked, and there only when there are no hits; `cut` says that the query was longer than what is read of it;
    `excluded` counts what fits but for the kind or level that was asked for, 100 at most; `ignored` are telling words
    of the query that no hit has ("4" of "gpt-4"); `start` says that the query asks where to begin, so that the hits are
    the beginning of the path.
    """

    query: str
    hits: tuple[Hit, ...]
    related: tuple[Related, ...]
    suggestion: str | None
    nearest: tuple[Topic, ...]
    cut: bool = False
    excluded: int = 0
    ignored: tuple[str, ...] = ()
    start: bool = False


CACHE_SIZE = 1024
"""Reasons that are cached: the hits of one answer share most of theirs."""


class Explanation:
    """The reasons for the documents that one query found; what several of them share is worked out once."""

    def __init__(self, corpus: Corpus, result: Result) -> None:
        self._corpus = corpus
        self._query = result.query
        self._clauses = result.clauses
        self._places = self._query.content or (
            [] if self._asks_for_the_path else self._query.places(Role.STOP, Role.ASKING)
        )
        self._by_words: dict[tuple[object, ...], Reason] = {}
        self._by_phrase: dict[int, Reason] = {}

    def of(self, document: int) -> tuple[Reason, ...]:
        """The reasons for a document, in the order of the query's words; words that matched nothing are not in them."""
        found: dict[Reason, None] = {}
        plain: list[tuple[int, Match]] = []
        for place in self._places:
            match = best_match(self._clauses[place], self._corpus.postings, document)
            if match is None:
                continue
            if plain and (match.phrase is not None or not _alike(plain[-1][1], match)):
                found[self._of_words(plain)] = None
                plain = []
            if match.phrase is None:
                plain.append((place, match))
            else:
                found[self._of_phrase(match.phrase, document)] = None
        if plain:
            found[self._of_words(plain)] = None
        if self._query.kinds or self._query.levels:
            found.update(dict.fromkeys(self._of_kind_and_level(document)))
        return tuple(found) or (self._of_path() if self._asks_for_the_path else self._of_letters(document),)

    @property
    def _asks_for_the_path(self) -> bool:
        return self._query.start and not self._query.content

    def _of_path(self) -> Reason:
        """For a query that asks where to begin."""
        beginning = self._corpus.language.beginning
        typed = [token.typed for token in self._query.tokens if token.word in beginning]
        return Reason(" ".join(dict.fromkeys(typed)), "path", "exact", "the beginning")

    def _of_letters(self, document: int) -> Reason:
        """For a title that the query is but for a typo."""
        typed = " ".join(token.typed for token in self._query.tokens)
        return Reason(typed, "title", "typo", self._corpus.resources[document].title)

    def _of_words(self, matches: Sequence[tuple[int, Match]]) -> Reason:
        """Neighbours that matched the same field exactly, or one word that matched it some other way."""
        first = matches[0][1]
        key = (first.field, first.how, *[(place, match.text) for place, match in matches])
        if (known := self._by_words.get(key)) is None:
            typed = _typed(self._query, [place for place, _ in matches])
            matched = " ".join(dict.fromkeys(match.text for _, match in matches))
            known = self._by_words[key] = Reason(typed, first.field, first.how, matched)
        return known

    def _of_phrase(self, match: PhraseMatch, document: int) -> Reason:
        # By identity: the clauses, which hold it, outlive this.
        if (known := self._by_phrase.get(id(match))) is None:
            typed = _typed(self._query, _span(self._query, match.places))
            label, text = match.phrase.label, match.phrase.text
            name = label.topic.name if label.topic and label.field == "topic" else text
            known = self._by_phrase[id(match)] = _of_phrase(typed, label.field, match.how, text, name)
        topic = match.phrase.label.topic
        return known if topic is None or known.field != "topic" else self._of_topic(known, topic, document)

    def _of_topic(self, reason: Reason, topic: Topic, document: int) -> Reason:
        """The reason with what tells this document from others of the topic: what it is mainly about."""
        topics = [self._corpus.topics[slug] for slug in self._corpus.resources[document].topics]
        if topic not in topics:
            narrower = next((one for one in topics if topic.id in self._corpus.broader(one.id)), topic)
            return reason._replace(how="narrower", matched=narrower.name, beside=_beside(narrower, topics))
        return reason._replace(beside=_beside(topic, topics))

    def _of_kind_and_level(self, document: int) -> Iterable[Reason]:
        resource, query = self._corpus.resources[document], self._query
        for value, named, role in ((resource.kind, query.kinds, Role.KIND), (resource.level, query.levels, Role.LEVEL)):
            if value in named:
                typed = _typed(query, query.places(role))
                yield Reason(typed, role.value, "exact" if typed.startswith(str(value)) else "alias", str(value))


@lru_cache(maxsize=CACHE_SIZE)
def _of_phrase(typed: str, field: str, how: str, matched: str, name: str) -> Reason:
    """The reason of words that matched a phrase, which is `name` or an alias of it."""
    typed_words = words(typed)
    if typed_words != words(matched):
        return Reason(typed, field, how if how != "exact" else "alias", matched)
    if typed_words != words(name):
        return Reason(typed, field, "alias", name)
    return Reason(typed, field, "exact", matched)


def _beside(topic: Topic, topics: Sequence[Topic]) -> str:
    """The name of the main one of some topics, if it is not this one."""
    return topics[0].name if topics and topics[0] != topic else ""


def _alike(one: Match, other: Match) -> bool:
    """Whether two neighbouring words make one reason: both matched the same field, each exactly."""
    return one.field == other.field and (one.how == other.how == "exact" or one.text == other.text)


def _typed(query: Query, places: Iterable[int]) -> str:
    return " ".join(dict.fromkeys(query.tokens[place].typed for place in places))


def _span(query: Query, places: Collection[int]) -> list[int]:
    """The places that matched a phrase, and the light words between: "attention is all you need" has two others."""
    light = (Role.STOP, Role.ASKING)
    span = range(min(places), max(places) + 1)
    return [place for place in span if place in places or query.tokens[place].role in light]

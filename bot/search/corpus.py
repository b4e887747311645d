"""A catalog made ready to be searched: its words, their weights, its phrases and who owns them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bot.catalog.model import Catalog, Resource, Topic
from bot.search.fields import CENTRAL, Said, field_credits, said, weighty
from bot.search.kinds import kinds_named
from bot.search.phrases import Phrases, letters
from bot.search.postings import Postings, Weights
from bot.search.query import FILLER, Reader, light
from bot.search.stemming import stem
from bot.search.text import words
from bot.search.vocabulary import Vocabulary

BROADER = 0.6
"""What a topic's resources are worth to who asks for the topic it is a part of, at each step up. At 1 the broad topic
lists every detail first; at 0 "inference optimization" does not know of quantization."""
LEADING = 20
"""Documents of a topic that are looked at for related ones: the first that it is most central to."""
LEADING_TOPICS = 3
"""Topics of a document that its neighbours are looked for by: what it is about, not what it mentions."""
NEIGHBOURS = 12
"""Neighbours kept of a document: after the hits among them are left out, some must be left."""
KEPT = 1024
"""Documents whose neighbours are kept once they were asked for."""
UNTOLD_KIND = "link"
"""The kind of a resource whose kind nobody stated."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a phrase belongs to: a topic or one resource; `documents` says what the phrase is worth for each."""

    documents: dict[int, float]
    field: str
    topic: Topic | None = None


class Neighbour(NamedTuple):
    """A document that shares topics with another; `strength` is how central they are to both, over 0."""

    document: int
    strength: float
    topics: tuple[str, ...]


class Corpus:
    """Everything that a search looks things up in. Documents are numbered in path order."""

    def __init__(self, catalog: Catalog) -> None:
        self.resources = catalog.resources
        listed = [said(resource) for resource in self.resources]
        self.titles = [one.title for one in listed]
        self.spoken_titles = [" ".join(title) for title in self.titles]
        self.topics = catalog.topics
        self.topic_documents = _topic_documents(catalog)
        self.leading = {slug: _leading(documents) for slug, documents in self.topic_documents.items()}
        self.neighbours = lru_cache(maxsize=KEPT)(self._neighbours)
        self.main_topics = _main_topics(self.resources)
        self.owners: list[Owner] = []
        self.weight = self._weights(listed)
        self.vocabulary = self._vocabulary(listed)
        self.postings = self._postings(listed)
        self.phrases = self._phrased(catalog)
        self.by_title = self._by_title()
        kinds = frozenset(resource.kind for resource in self.resources) - {UNTOLD_KIND}
        # Where all are of one kind, its name tells nothing.
        self.kinds = kinds if len({resource.kind for resource in self.resources}) > 1 else frozenset()
        self.reader = Reader(self.vocabulary, self.weight, self.weight.unknown, self.kinds)

    def _neighbours(self, document: int) -> list[Neighbour]:
        """The documents that share the most of a document's leading topics, the nearest first."""
        shared: dict[int, dict[str, float]] = {}
        for slug in self.resources[document].topics[:LEADING_TOPICS]:
            own = self.topic_documents[slug][document]
            for other, credit in self.leading[slug]:
                if other != document:
                    shared.setdefault(other, {})[slug] = own * credit
        found = (Neighbour(other, sum(by.values()), tuple(by)) for other, by in shared.items())
        return sorted(found, key=lambda one: (-one.strength, one.document))[:NEIGHBOURS]

    def _weights(self, listed: Sequence[Said]) -> Weights:
        topics = {slug: set(map(stem, _words_of(topic))) for slug, topic in self.topics.items()}
        holding: Counter[str] = Counter()
        for resource, one in zip(self.resources, listed, strict=True):
            terms = set(map(stem, chain(one.names(), one.summary)))
            holding.update(terms.union(*(topics.get(slug, ()) for slug in resource.topics)))
        return Weights(holding, len(self.resources), lambda term: FILLER if light(term) else 1.0)

    def _vocabulary(self, listed: Sequence[Said]) -> Vocabulary:
        names = set(chain.from_iterable(one.names() for one in listed))
        names.update(word for topic in self.topics.values() for word in _words_of(topic))
        return Vocabulary(names, {word for one in listed for word in one.summary})

    def _postings(self, listed: Sequence[Said]) -> Postings:
        postings = Postings()
        for one in listed:
            postings.add(field_credits(one, stem, self.weight))
        return postings

    def _phrased(self, catalog: Catalog) -> Phrases:
        phrases = Phrases(self.weight)
        for slug, topic in catalog.topics.items():
            if self.topic_documents.get(slug):
                self._own(phrases, Owner(self.topic_documents[slug], "topic", topic), (topic.name, *topic.aliases))
        for document, resource in enumerate(self.resources):
            self._own(phrases, Owner({document: 1.0}, "alias"), resource.aliases)
        return phrases

    def _own(self, phrases: Phrases, owner: Owner, names: Iterable[str]) -> None:
        self.owners.append(owner)
        for name in names:
            if spoken := [word for word in weighty(words(name)) if not kinds_named(word, _ALL_KINDS)] or words(name):
                phrases.add(spoken, len(self.owners) - 1, name)

    def _by_title(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for document, title in enumerate(self.titles):
            for key in {letters(weighty(title)), letters(title)}:
                found.setdefault(key, []).append(document)
        return found


_ALL_KINDS = frozenset({"paper", "video", "article", "talk", "lecture"})


def _words_of(topic: Topic) -> list[str]:
    return [word for name in (topic.name, *topic.aliases) for word in words(name)]


def _topic_documents(catalog: Catalog) -> dict[str, dict[int, float]]:
    """For each topic its documents with their credit: those that treat it, and at a discount its narrower topics."""
    found: dict[str, dict[int, float]] = {slug: {} for slug in catalog.topics}
    for document, resource in enumerate(catalog.resources):
        for place, slug in enumerate(resource.topics):
            central = CENTRAL[min(place, len(CENTRAL) - 1)]
            for wider, discount in _and_broader(catalog, slug):
                own = found[wider]
                own[document] = max(own.get(document, 0.0), round(central * discount, 3))
    return found


def _and_broader(catalog: Catalog, slug: str, discount: float = 1.0) -> Iterator[tuple[str, float]]:
    yield slug, discount
    for wider in catalog.topics[slug].broader:
        yield from _and_broader(catalog, wider, discount * BROADER)


def _leading(documents: dict[int, float]) -> list[tuple[int, float]]:
    """The documents of a topic with their credit, those first to which it is most central."""
    return sorted(documents.items(), key=lambda pair: (-pair[1], pair[0]))[:LEADING]


def _main_topics(resources: Iterable[Resource]) -> list[str]:
    """Every topic that is used: the first of each resource in path order, then the second of each, and so on."""
    placed: dict[str, int] = {}
    for resource in resources:
        for place, slug in enumerate(resource.topics):
            placed[slug] = min(place, placed.get(slug, place))
    return sorted(placed, key=lambda slug: placed[slug])

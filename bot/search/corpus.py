"""A catalog made ready to be searched: its terms with their field weights, its phrases and what they stand for.

topics, aliases, headings   phrases, which people chose            (phrases.py)
title, authors, site, headings, summary   single words             (postings.py)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.catalog.kinds import KIND_WORDS, kinds_named
from bot.catalog.model import MAX_NAME, Catalog, Resource, Stage, Topic, Track
from bot.search.language import Language, detect, language
from bot.search.phrases import Initials, Label, Phrases
from bot.search.scoring import Credit, Postings, Weights
from bot.search.text import fold, is_katakana, letters, pairs, stemmer, words
from bot.search.vocabulary import Vocabulary

TITLE, TITLE_SHARE = 0.72, 0.18
"""A title's word is worth TITLE, and up to TITLE_SHARE more the larger its share of the title. Under a topic's 1: the
curator says with topics what a resource is about, a title may only play with words. At 0.5 a catalog without topics
would answer next to nothing."""
AUTHOR = 0.9
"""A last name alone is how people ask for an author."""
SITE = 0.75
"""A site's name, below the author's: "openai" the site, and not everything that treats OpenAI."""
HEADING_WORD = 0.6
"""A word of the headings above a resource. At 0 a list that says "Compilers" only there has nothing on compilers."""
HEADING = 0.9
"""The whole of the heading above a resource. Under a topic's 1: a heading also has what is only near its subject."""
OUTER_HEADING = 0.8
"""The same, for the headings above that heading."""
SUMMARY, ANNOTATED_SUMMARY = 0.7, 0.5
"""A word of the summary: the second where the resource has topics, which say better what it is about. At 0.3 it alone
stays under the cutoff, and most imported lists have little else; at 1 a passing mention is as good as a title."""
INSIDE = 0.9
"""The share of its credit that a part of a word has: "gpt" in "gpt3"."""
CENTRAL = (1.0, 0.92, 0.84, 0.76, 0.7, 0.65, 0.6)
"""What a resource's first, second, … topic is worth; the last holds for all that follow. At 1 for all, what a resource
is about could not be told from what it mentions."""
BROADER = 0.6
"""What a topic's resources are worth to who asks for the topic it is a part of, at each step up. At 1 the broad topic
lists every detail first; at 0 "inference optimization" does not know of quantization."""
LIGHT = 0.1
"""The share of its weight that a stop word or a word of asking keeps where it does match a title. At 0 "how gpt3 works"
and "gpt3" are the same query; at 1 "how" finds every title with it."""
NAME_TELLING, TITLE_TELLING = 0.8, 0.5
"""The least that a general word of the language tells where it stands in the name of a topic or a heading, and where it
stands in a title: "attention" is a topic here. At 0 no list on networks could be asked for "networks"; at 1 every
"build" in a title answers how to build a shed."""
COMMON_TELLING = 0.3
"""What a word must tell by itself to gain so much from a topic or a heading: "run" of "how to run a model" does not."""
LEADING = 20
"""Documents of a topic that are looked at for related ones: the first that it is most central to."""
LEADING_TOPICS = 3
"""Topics of a document that its neighbours are looked for by: what it is about, not what it mentions."""
NEIGHBOURS = 12
"""Neighbours kept of a document: after the hits among them are left out, some must be left."""
CACHE_SIZE = 1024
"""Documents whose neighbours are cached once they were asked for."""
COMPOUNDING = frozenset({"da", "de", "fi", "hu", "nl", "no", "sv"})
"""Languages that write compounds as one word."""

_NOT_NAMES = frozenset("www com org net edu io ai co blog github gitlab medium html http https en m app dev".split())
_RAW_WORD = re.compile(r"[a-zA-Z0-9]+|[\u30a0-\u30ff]+")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}s?\b")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_KNOWN_SITES = {"youtu": "youtube"}
_BETWEEN_HEADINGS = re.compile(r"\s+[·•|›»>–—-]\s+|[/()\[\]:]")
_BETWEEN_PARTS = re.compile(r"\s*(?:[,&+]|\band\b)\s*")


class Fields(NamedTuple):
    """The words of a resource, field by field, in order; `inside` are the parts of the title's words."""

    title: list[str]
    inside: dict[str, list[str]]
    summary: list[str]
    site: list[str]
    authors: list[str]
    aliases: list[str]
    headings: list[str]

    def names(self) -> Iterator[str]:
        """The words that people name it by: all but the summary's."""
        return chain(self.title, *self.inside.values(), self.site, self.authors, self.aliases, self.headings)


class Neighbour(NamedTuple):
    """A document that shares topics with another; `strength` is how central they are to both, over 0."""

    document: int
    strength: float
    topics: tuple[Topic, ...]


class Corpus:
    """Everything that a search looks things up in. Documents are numbered in path order."""

    def __init__(self, catalog: Catalog) -> None:
        self.resources = catalog.resources
        self.topics = catalog.topics
        code = catalog.language.partition("-")[0].lower() or detect(_texts(catalog))
        self.language = language(code)
        self.stem = stemmer(code)
        self._shared: dict[int, list[Neighbour]] = {}
        self._headings = [above for group in catalog.groups for above in [_headings(group)] * len(group.resources)]
        fields = [
            _fields(resource, above, self.language)
            for resource, above in zip(self.resources, self._headings, strict=True)
        ]
        self.titles = [one.title for one in fields]
        self.title_texts = [" ".join(title) for title in self.titles]
        self.topic_documents = _topic_documents(catalog)
        self.headings = _heading_labels(catalog)
        self.main_topics = _main_topics(self.resources)
        self.capitals = self._capitals()
        self.names_of_stop_words = self._names_of_stop_words()
        self.weight = self._weights(catalog, fields)
        self.vocabulary = self._vocabulary(fields)
        self.postings = self._postings(fields)
        self.phrases = self._phrases(catalog)
        self.initials = self._initials()
        self.by_title = self._by_title()
        kinds = frozenset(resource.kind for resource in self.resources)
        # Where all are of one kind, its name tells nothing.
        self.kinds = kinds - {""} if len(kinds) > 1 else frozenset[str]()
        self.levels = frozenset(resource.level for resource in self.resources if resource.level)

    def broader(self, slug: str) -> set[str]:
        """The ids of all topics that a topic is a part of, at any remove."""
        return {wider for wider, _ in _and_broader(self.topics, slug)} - {slug}

    def without_light_words(self, title: Iterable[str]) -> list[str]:
        """The words of a title without stop words; all of them if it has no others."""
        every = list(title)
        return [word for word in every if word not in self.language.stop] or every

    def _names(self) -> Iterator[str]:
        """All names of the list: titles, headings, and the topics' own."""
        yield from (resource.title for resource in self.resources)
        yield from self.headings
        yield from (name for topic in self.topics.values() for name in (topic.name, *topic.aliases))

    def _capitals(self) -> frozenset[str]:
        """The words that names here write in capitals, folded: "sre"."""
        return frozenset(fold(word).removesuffix("s") for name in self._names() for word in _CAPITALS.findall(name))

    def _names_of_stop_words(self) -> frozenset[str]:
        """The stop words that are a whole name here: "go", of a heading "Go"."""
        names = (words(name) for name in self._names())
        return frozenset(name[0] for name in names if len(name) == 1 and name[0] in self.language.stop)

    def _weights(self, catalog: Catalog, fields: Sequence[Fields]) -> Weights:
        topics = {slug: set(map(self.stem, _words_of(topic))) for slug, topic in self.topics.items()}
        frequency: Counter[str] = Counter()
        for resource, one in zip(self.resources, fields, strict=True):
            terms = set(map(self.stem, chain(one.names(), one.summary)))
            frequency.update(terms.union(*(topics.get(slug, ()) for slug in resource.topics)))
        for term in map(self.stem, words(catalog.title)):
            frequency.setdefault(term, len(self.resources))  # what the whole list is about tells nothing in it
        return Weights(frequency, len(self.resources), self._telling(fields, set().union(*topics.values())))

    def _telling(self, fields: Sequence[Fields], topics: set[str]) -> Callable[[str], float]:
        """How much each term tells by itself, by the language and by where it stands in this list."""
        light = set(map(self.stem, self.language.light - self.names_of_stop_words))
        names = topics.union(map(self.stem, chain.from_iterable((*one.headings, *one.aliases) for one in fields)))
        titles = {self.stem(word) for one in fields for word in one.title}
        general: dict[str, float] = {}
        for word in {word for one in fields for word in chain(one.names(), one.summary)}:
            term = self.stem(word)
            general[term] = max(general.get(term, 0.0), self.language.telling(word))

        def factor(term: str) -> float:
            if term in light:
                return LIGHT
            by_language = general.get(term, 1.0)
            if term in names:
                return max(by_language, NAME_TELLING if by_language >= COMMON_TELLING else TITLE_TELLING)
            return max(by_language, TITLE_TELLING if term in titles else LIGHT)

        return factor

    def _vocabulary(self, fields: Sequence[Fields]) -> Vocabulary:
        names = set(chain.from_iterable(one.names() for one in fields))
        names.update(word for topic in self.topics.values() for word in _words_of(topic))
        others = {word for one in fields for word in one.summary}
        compounding = self.language.code in COMPOUNDING
        return Vocabulary(self.stem, self.language.stop, names, others, compounding=compounding)

    def _postings(self, fields: Sequence[Fields]) -> Postings:
        postings = Postings()
        for one, resource in zip(fields, self.resources, strict=True):
            postings.add(self._credits(one, bool(resource.topics)))
        return postings

    def _credits(self, fields: Fields, annotated: bool) -> Iterator[tuple[str, Credit]]:
        """Every term of a resource's fields with its credit; a term may come more than once."""
        stem = self.stem
        for found, credit in (
            (fields.summary, _ANNOTATED_SUMMARY if annotated else _SUMMARY),
            (fields.headings, _HEADING), (fields.site, _SITE), (fields.authors, _AUTHOR)
        ):  # fmt: skip
            for word in found:
                yield stem(word), credit
        terms = {word: stem(word) for word in fields.title}
        whole = sum([self.weight(found) for found in set(terms.values())]) or 1.0
        values = {key: round(TITLE + TITLE_SHARE * self.weight(key) / whole, 2) for key in terms.values()}
        for word, parts in fields.inside.items():
            for part in parts:
                yield stem(part), Credit(round(values.get(stem(fold(word)), TITLE) * INSIDE, 2), "title")
        for key, value in values.items():
            yield key, Credit(value, "title")

    def _phrases(self, catalog: Catalog) -> Phrases:
        phrases = Phrases(self.stem, self.weight)
        for slug, topic in catalog.topics.items():
            if self.topic_documents.get(slug):
                label = Label(self.topic_documents[slug], "topic", topic)
                self._add_phrases(phrases, label, (topic.name, *topic.aliases))
        for document, resource in enumerate(self.resources):
            self._add_phrases(phrases, Label({document: 1.0}, "alias"), resource.aliases)
        for name, label in self.headings.items():
            self._add_phrases(phrases, label, (name,))
        return phrases

    def _add_phrases(self, phrases: Phrases, label: Label, names: Iterable[str]) -> None:
        for name in names:
            every = words(name)
            found = self.without_light_words(every)
            if label.field != "heading":  # "the BERT paper"; but "Post-Mortem"
                found = [word for word in found if not kinds_named(word, KIND_WORDS)] or every
            if found:
                phrases.add(found, label, name)

    def _initials(self) -> Initials:
        names = [
            *((self.topics[slug].name, Label(self.topic_documents[slug], "topic", self.topics[slug]))
              for slug in self.main_topics),
            *self.headings.items(),
        ]  # fmt: skip
        titles = [resource.title for resource in self.resources]
        return Initials(titles, [resource.summary for resource in self.resources], names, self.language.stop)

    def _by_title(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for document, title in enumerate(self.titles):
            for key in {letters(self.without_light_words(title), self.stem), letters(title, self.stem)}:
                found.setdefault(key, []).append(document)
        return found

    def neighbours(self, document: int) -> list[Neighbour]:
        """The documents that share the most of a document's leading topics, or its heading; the nearest first."""
        found = self._shared.get(document)
        if found is None:
            if len(self._shared) >= CACHE_SIZE:
                self._shared.clear()
            found = self._shared[document] = self._find_neighbours(document)
        return found

    def _find_neighbours(self, document: int) -> list[Neighbour]:
        shared: dict[int, dict[Topic, float]] = {}
        for topic, own, documents in self._shared_by(document):
            for other, credit in documents:
                if other != document:
                    shared.setdefault(other, {})[topic] = own * credit
        found = (Neighbour(other, sum(by.values()), tuple(by)) for other, by in shared.items())
        return sorted(found, key=lambda one: (-one.strength, abs(one.document - document)))[:NEIGHBOURS]

    def _shared_by(self, document: int) -> Iterator[tuple[Topic, float, list[tuple[int, float]]]]:
        """What a document may share with others: topic or heading, its own credit, and the documents with theirs."""
        for slug in self.resources[document].topics[:LEADING_TOPICS]:
            yield self.topics[slug], self.topic_documents[slug][document], self._leading(slug)
        if not self.resources[document].topics:
            for name in self._headings[document]:
                label = self.headings.get(name)
                if label is not None and label.topic and len(label.documents) <= LEADING:
                    yield label.topic, label.documents[document], list(label.documents.items())

    def _leading(self, slug: str) -> list[tuple[int, float]]:
        """The documents of a topic with their credit, those first to which it is most central."""
        return sorted(self.topic_documents[slug].items(), key=lambda pair: (-pair[1], pair[0]))[:LEADING]


_ANNOTATED_SUMMARY = Credit(ANNOTATED_SUMMARY, "summary")
_SUMMARY, _SITE, _AUTHOR = Credit(SUMMARY, "summary"), Credit(SITE, "site"), Credit(AUTHOR, "author")
_HEADING = Credit(HEADING_WORD, "heading")


def site_names(url: str) -> list[str]:
    """The words of an address's host that name the site: `["huggingface"]`, `["kipp", "kipply"]`."""
    host = (urlsplit(url).hostname or "").split(".")
    names = [_KNOWN_SITES.get(label, label) for label in host[:-1] if label not in _NOT_NAMES]
    whole = "".join(label for label in host if label != "www")
    split = [word for name in names for word in words(name)]
    # A host such as kipp.ly is spoken as one word.
    return [*split, *([whole] if len(host[-1]) == 2 and len(host) == 2 else [])]


def _fields(resource: Resource, headings: Sequence[str], language: Language) -> Fields:
    title = words(resource.title)
    return Fields(
        title,
        {word: found for word in _RAW_WORD.findall(resource.title) if (found := _parts(word, language))},
        words(resource.summary),
        site_names(resource.url),
        [word for name in resource.authors for word in words(name)],
        [word for name in resource.aliases for word in words(name)],
        [word for heading in headings for word in words(heading)],
    )


def _parts(word: str, language: Language) -> list[str]:
    """The parts of a word with digits or capitals inside, folded: "gpt" of "GPT3", "api" of "FastAPI".

    A general word is no such part: "AntiMoon" is nothing about the moon. A run of Katakana has its pairs of characters:
    it is often several words.
    """
    if not word.isascii():
        return pairs(word) if is_katakana(word) else []
    if word[1:].islower() or word.isupper():
        return []
    parts = [part.lower() for part in _PART.findall(word)]
    return [part for part in parts if not word.isalpha() or language.telling(part) == 1]


def _texts(catalog: Catalog) -> Iterator[str]:
    """All that is written about the resources, to tell the language by."""
    for group in catalog.groups:
        yield group.title
        for resource in group.resources:
            yield resource.title
            yield resource.summary


def _headings(group: Stage | Track) -> list[str]:
    """The headings in the title of a stage or track, the outermost first: "Core CS · Systems" are two."""
    pieces = (piece.strip(" -–·").removeprefix("and ") for piece in _BETWEEN_HEADINGS.split(group.title))
    return [heading for heading in pieces if heading]


def _heading_labels(catalog: Catalog) -> dict[str, Label]:
    """Each heading of the list once, and what it stands for: the resources under it."""
    found: dict[str, tuple[str, Topic, dict[int, float]]] = {}
    document = 0
    for group in catalog.groups:
        *outer, own = _headings(group) or [group.title]
        parts = [part for heading in (*outer, own) for part in _BETWEEN_PARTS.split(heading) if part]
        under = range(document, document + len(group.resources))
        for heading, credit in (*((one, OUTER_HEADING) for one in (*outer, *parts)), (own, HEADING)):
            key = " ".join(words(heading))
            *_, documents = found.setdefault(key, (heading, Topic(group.id, heading[:MAX_NAME].strip()), {}))
            documents.update((one, max(credit, documents.get(one, 0.0))) for one in under)
        document = under.stop
    return {name: Label(documents, "heading", topic) for name, topic, documents in found.values() if documents}


def _words_of(topic: Topic) -> list[str]:
    return [word for name in (topic.name, *topic.aliases) for word in words(name)]


def _topic_documents(catalog: Catalog) -> dict[str, dict[int, float]]:
    """For each topic its documents with their credit: those that treat it, and at a discount its narrower topics."""
    found: dict[str, dict[int, float]] = {slug: {} for slug in catalog.topics}
    for document, resource in enumerate(catalog.resources):
        for place, slug in enumerate(resource.topics):
            central = CENTRAL[min(place, len(CENTRAL) - 1)]
            for wider, discount in _and_broader(catalog.topics, slug):
                credits = found[wider]
                credits[document] = max(credits.get(document, 0.0), round(central * discount, 3))
    return found


def _and_broader(topics: Mapping[str, Topic], slug: str) -> Iterator[tuple[str, float]]:
    """A topic and those that it is a part of, each once with its discount: the nearest first."""
    waiting, found = [(slug, 1.0)], {slug}
    for one, discount in waiting:
        yield one, discount
        for wider in topics[one].broader:
            if wider not in found:
                found.add(wider)
                waiting.append((wider, discount * BROADER))


def _main_topics(resources: Iterable[Resource]) -> list[str]:
    """Every topic that is used: the first of each resource in path order, then the second of each, and so on."""
    placed: dict[str, int] = {}
    for resource in resources:
        for place, slug in enumerate(resource.topics):
            placed[slug] = min(place, placed.get(slug, place))
    return sorted(placed, key=lambda slug: placed[slug])

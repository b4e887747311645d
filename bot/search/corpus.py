"""A catalog made ready to be searched: the posting lists of its words and of its names.

words   of titles, aliases, authors, sites, headings, summaries, links: one list a term, with BM25F's saturated weight
names   topics, aliases, headings: one list a name, with how central it is to each document
kinds   and levels: one list each
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import log
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.catalog.kinds import KIND_WORDS, kinds_named
from bot.catalog.model import MAX_NAME, Catalog, Resource, Stage, Topic, Track
from bot.search.constants import Constants
from bot.search.text import Language, detect, language, stemmer, words
from bot.search.vocabulary import Acronyms, Name, Term, Vocabulary

FIELDS = ("summary", "alias", "heading", "site", "title", "author", "topic", "kind", "level", "path")
"""The fields that a posting may be of, by number; of two in one document the later is named."""
SUMMARY, ALIAS, HEADING, SITE, TITLE, AUTHOR, TOPIC, KIND, LEVEL, PATH = range(len(FIELDS))

_NOT_NAMES = frozenset("www com org net edu io ai co blog github gitlab medium html http https en m app dev".split())
_RAW_WORD = re.compile(r"[a-zA-Z0-9]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BETWEEN_HEADINGS = re.compile(r"\s+[·•|›»>–—-]\s+|[/()\[\]:]")


class Fields(NamedTuple):
    """The words of a resource, field by field, in order; `parts` are those inside the title's words ("FastAPI")."""

    title: list[str]
    parts: list[str]
    summary: list[str]
    site: list[str]
    authors: list[str]
    aliases: list[str]
    headings: list[str]

    def named(self) -> Iterator[str]:
        """The words that people name it by: all but the summary's."""
        return chain(self.title, self.parts, self.site, self.authors, self.aliases, self.headings)


class Corpus:
    """Everything that a search looks things up in. Documents are numbered in path order."""

    def __init__(self, catalog: Catalog, constants: Constants) -> None:
        self.constants = constants
        self.resources = catalog.resources
        self.topics = catalog.topics
        code = catalog.language.partition("-")[0].lower() or detect(f"{one.title} {one.summary}" for one in catalog)
        self.language = language(code)
        self.stem = stemmer(code)
        self.headings = [above for group in catalog.groups for above in [_headings(group)] * len(group.resources)]
        fields = [_fields(one, above, self.language) for one, above in zip(self.resources, self.headings, strict=True)]
        self.titles = [" ".join(one.title) for one in fields]
        self.heading_words = frozenset(chain.from_iterable(one.headings for one in fields))
        self.main_topics = _main_topics(self.resources)
        self.terms: dict[str, Term] = {}
        self._index(fields)
        self._weigh(catalog, fields)
        self.topic_terms = self._topic_terms(catalog)
        self.heading_terms = self._heading_terms(catalog)
        joined = self._add_names(catalog)
        self.vocabulary = self._vocabulary(fields, joined)
        self.acronyms = self._acronyms()
        self.kinds, self.levels = self._values("kind", KIND), self._values("level", LEVEL)
        self.values = self.kinds | self.levels
        """The documents of each kind and each level."""

    # Words.

    def __del__(self) -> None:
        # Terms and their names hold each other: without this a list that is replaced waits for a collector that stops
        # every answer, or for ever where the host has frozen what it looks at.
        for term in getattr(self, "terms", {}).values():
            term.names.clear()

    def _index(self, fields: Sequence[Fields]) -> None:
        """Make the posting lists of all words: BM25F's sum over the fields, saturated."""
        of, stem, terms = self.constants, self.stem, self.terms
        mean_title = sum(len(one.title) for one in fields) / (len(fields) or 1) or 1.0
        for document, one in enumerate(fields):
            length = 1 - of.title_length + of.title_length * len(one.title) / mean_title
            title = of.title / (length or 1.0)
            sums: dict[str, float] = {}
            field_of: dict[str, int] = {}
            for found, weight, field in (
                (one.summary, of.summary, SUMMARY), (one.aliases, of.title, ALIAS), (one.headings, of.summary, HEADING),
                (one.site, of.title, SITE), (one.parts, of.part * title, TITLE), (one.title, title, TITLE),
                (one.authors, of.title, AUTHOR),
            ):  # fmt: skip
                for word in dict.fromkeys(found):
                    key = stem(word)
                    sums[key] = sums.get(key, 0.0) + weight
                    field_of[key] = field
                    if key not in terms:
                        terms[key] = Term(word)
            for key, weight in sums.items():
                terms[key].add(document, weight / (1 + weight), field_of[key])

    def _weigh(self, catalog: Catalog, fields: Sequence[Fields]) -> None:
        """Give each term its weight: IDF over the documents, times its specificity in the language and in this list."""
        stem, count = self.stem, len(self.resources)
        frequency = Counter({key: len(term.documents) for key, term in self.terms.items()})
        topic_keys = {slug: {*map(stem, _words_of(topic))} for slug, topic in self.topics.items()}
        for document, resource in enumerate(self.resources):
            for key in {key for slug in resource.topics for key in topic_keys.get(slug, ())}:
                term = self.terms.get(key)
                frequency[key] += term is None or term.find(document) < 0
        self.unknown = idf(0, count)
        specificity = self._specificity(fields, set().union(*topic_keys.values()))
        for topic in self.topics.values():
            for word in _words_of(topic):
                self.terms.setdefault(stem(word), Term(word))
        for key, term in self.terms.items():
            term.weight = idf(min(count, frequency[key]), count) * specificity.get(key, 1.0)

    def _specificity(self, fields: Sequence[Fields], topic_keys: set[str]) -> dict[str, float]:
        stem, constants = self.stem, self.constants
        found: dict[str, float] = {}
        for word in {word for one in fields for word in chain(one.named(), one.summary)}:
            key = stem(word)
            found[key] = max(found.get(key, 0.0), self.language.specificity(word))
        for key in {stem(word) for one in fields for word in one.title}:
            found[key] = max(found[key], constants.title_specificity)
        for key in topic_keys.union(stem(word) for one in fields for word in (*one.headings, *one.aliases)):
            found[key] = max(found.get(key, 1.0), constants.name_specificity)
        return found

    def _vocabulary(self, fields: Sequence[Fields], joined: Mapping[str, Sequence[str]]) -> Vocabulary:
        named = set(chain.from_iterable(one.named() for one in fields))
        named.update(word for topic in self.topics.values() for word in _words_of(topic))
        others = {word for one in fields for word in one.summary} - named
        return Vocabulary(self.stem, self.terms, named, others, self.language.stop, joined, self.constants)

    # Names.

    def _topic_terms(self, catalog: Catalog) -> dict[str, Term]:
        """A posting list for each topic: the resources that treat it, and at a discount its narrower topics."""
        credits: dict[str, dict[int, float]] = {slug: {} for slug in catalog.topics}
        for document, resource in enumerate(catalog.resources):
            for place, slug in enumerate(resource.topics):
                central = max(0.6, 1 - self.constants.centrality_step * place)
                for wider in and_broader(catalog.topics, slug):
                    share = central if wider == slug else central * self.constants.broader
                    credits[wider][document] = max(share, credits[wider].get(document, 0.0))
        most, topics = self.constants.name, catalog.topics
        return {slug: self._term(topics[slug].name, found, TOPIC, most) for slug, found in credits.items()}

    def _heading_terms(self, catalog: Catalog) -> dict[str, tuple[Term, Topic]]:
        """A posting list for each heading: the resources under it. The keys are its words."""
        found: dict[str, tuple[str, Topic, dict[int, float]]] = {}
        document = 0
        for group in catalog.groups:
            *outer, own = _headings(group) or [group.title]
            under = range(document, document + len(group.resources))
            for heading, central in (*((one, 0.9) for one in outer), (own, 1.0)):
                topic = Topic(group.id, heading[:MAX_NAME].strip())
                *_, credits = found.setdefault(" ".join(words(heading)), (heading, topic, {}))
                credits.update((one, max(central, credits.get(one, 0.0))) for one in under)
            document = under.stop
        return {
            key: (self._term(heading, credits, HEADING, 0.9 * self.constants.name), topic)
            for key, (heading, topic, credits) in found.items()
            if credits and key
        }

    def _add_names(self, catalog: Catalog) -> dict[str, list[str]]:
        """Make the names known to their words; returns them without their spaces, each with its words."""
        joined: dict[str, list[str]] = {}
        for slug, topic in catalog.topics.items():
            if (term := self.topic_terms[slug]).documents:
                for text in (topic.name, *topic.aliases):
                    self._add_name(text, term, topic, joined)
        for document, resource in enumerate(self.resources):
            for text in resource.aliases:
                self._add_name(text, self._term(text, {document: 1.0}, ALIAS, self.constants.name), None, joined)
        for term, topic in self.heading_terms.values():
            self._add_name(term.word, term, topic, joined)
        return joined

    def _add_name(self, text: str, term: Term, topic: Topic | None, joined: dict[str, list[str]]) -> None:
        every = words(text)
        content = [word for word in every if word not in self.language.stop] or every
        if term.fields[0] != HEADING:  # "the BERT paper"; but "Post-Mortem"
            content = [word for word in content if not kinds_named(word, KIND_WORDS)] or content
        parts = {self.terms[key]: self.terms[key].weight for key in map(self.stem, content) if key in self.terms}
        if not parts:
            return
        name = Name(text, term, parts, sum(parts.values()), topic)
        for part in parts:
            part.names.append(name)
        if len(content) > 1 and all(self.stem(word) in self.terms for word in content):
            joined.setdefault("".join(content), content)

    def _acronyms(self) -> Acronyms:
        """Those of topics and headings first, then of titles."""
        named = [(self.topics[slug].name, self.topic_terms[slug]) for slug in self.main_topics]
        named += [(term.word, term) for term, _ in self.heading_terms.values()]
        titles = [(one.title, self._term(one.title, {n: 1.0}, TITLE, 0.75)) for n, one in enumerate(self.resources)]
        return Acronyms([*named, *titles], self.language.stop)

    def _values(self, option: str, field: int) -> dict[str, Term]:
        found: dict[str, dict[int, float]] = {}
        for document, resource in enumerate(self.resources):
            if value := getattr(resource, option):
                found.setdefault(value, {})[document] = 1.0
        return {value: self._term(value, credits, field, 0.9) for value, credits in found.items()}

    def _term(self, word: str, credits: Mapping[int, float], field: int, most: float) -> Term:
        """The posting list of a name; `most` is what its most central document has of it."""
        term = Term(word)
        term.weight = idf(len(credits), len(self.resources))
        for document in sorted(credits):
            term.add(document, most * credits[document], field)
        return term


def idf(holding: int, documents: int) -> float:
    """BM25's inverse document frequency, as Lucene has it: ln(1 + (N - n + 0.5) / (n + 0.5)).

    `holding` (n) of `documents` (N) hold the term. A term in every document weighs next to nothing, one in none the
    most. (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.)
    """
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


def site_names(url: str) -> list[str]:
    """The words of an address's host that name the site: `["huggingface"]`, `["kipp", "kipply"]`."""
    host = (urlsplit(url).hostname or "").split(".")
    names = [label for label in host[:-1] if label not in _NOT_NAMES]
    whole = "".join(label for label in host if label != "www")
    split = [word for name in names for word in words(name)]
    # A host such as kipp.ly is spoken as one word.
    return [*split, *([whole] if len(host[-1]) == 2 and len(host) == 2 else [])]


def _fields(resource: Resource, headings: Sequence[str], language: Language) -> Fields:
    return Fields(
        words(resource.title),
        [part for word in _RAW_WORD.findall(resource.title) for part in _parts(word, language)],
        words(" ".join((resource.summary, *resource.links))),
        site_names(resource.url),
        [word for name in resource.authors for word in words(name)],
        [word for name in resource.aliases for word in words(name)],
        [word for heading in headings for word in words(heading)],
    )


def _parts(word: str, language: Language) -> list[str]:
    """The parts of a word with digits or capitals inside, folded: "gpt" of "GPT3", "api" of "FastAPI".

    A general word is no such part: "AntiMoon" is nothing about the moon.
    """
    if word[1:].islower() or word.isupper():
        return []
    parts = [part.lower() for part in _PART.findall(word)]
    return [part for part in parts if not word.isalpha() or language.specificity(part) == 1]


def _headings(group: Stage | Track) -> list[str]:
    """The headings in the title of a stage or track, the outermost first: "Core CS · Systems" are two."""
    pieces = (piece.strip(" -–·").removeprefix("and ") for piece in _BETWEEN_HEADINGS.split(group.title))
    return [heading for heading in pieces if heading]


def _words_of(topic: Topic) -> list[str]:
    return [word for name in (topic.name, *topic.aliases) for word in words(name)]


def and_broader(topics: Mapping[str, Topic], slug: str) -> list[str]:
    """A topic and those that it is a part of, each once: the nearest first."""
    found = {slug: None}
    waiting = [slug]
    for one in waiting:
        waiting += [wider for wider in topics[one].broader if wider not in found]
        found.update(dict.fromkeys(topics[one].broader))
    return list(found)


def _main_topics(resources: Iterable[Resource]) -> list[str]:
    """Every topic that is used: the first of each resource in path order, then the second of each, and so on."""
    placed: dict[str, int] = {}
    for resource in resources:
        for place, slug in enumerate(resource.topics):
            placed[slug] = min(place, placed.get(slug, place))
    return sorted(placed, key=lambda slug: placed[slug])

"""What to offer while somebody types: topics, headings, titles, authors, kinds and levels.

typed text ──> a step's number                    (its title)
           ──> names that begin with it           (sorted list, bisection)
           ──> names that have its words          (word -> names), the last word unfinished
           ──> the same for the corrected words, if there is nothing so far
           ──> titles that a search finds, if there is still nothing
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.corpus import Corpus
from bot.search.query import GUESS_COST, Budget, QueryParser
from bot.search.ranking import Ranker
from bot.search.text import words

MAX_TYPED, MAX_WORDS = 100, 16
"""Characters and words of the typed text that are read: longer than any name that is still being looked for."""
MAX_CORRECTED_WORDS = 8
"""Words up to which typos are corrected while somebody types."""
COMPLETIONS, MOST_CONTAINING = 40, 4_000
"""Words that an unfinished last word is completed to, and names looked at for it: without limits the commonest
beginnings visit most of the list at each keystroke."""
SHORTEST_CORRECTED, MOST_COMPARED = 5, 2_000
"""Letters from which an unfinished word may have a typo, and words with the same two first letters that it is compared
with."""
SHORTEST_SEARCH = 4
"""Letters from which there is a search while somebody types."""
_STEP = re.compile(r"\s*#?\s*([0-9]{1,6})\s*")
_NO_DOCUMENT = -1
_EMPTY = array("I")


class Autocomplete:
    """Offers names of a corpus; each finds something when it is searched for."""

    def __init__(self, corpus: Corpus, parser: QueryParser, ranker: Ranker) -> None:
        self._corpus = corpus
        self._parser = parser
        self._ranker = ranker
        self._names: list[str] = []
        self._documents = array("i")
        self._keys: list[tuple[str, int]] = []
        self._by_word: dict[str, array[int]] = {}
        for name, document, spellings in _names(corpus):
            self._add(name, document, spellings)
        self._keys.sort()
        self._words = sorted(self._by_word)

    def names(self, typed: str, limit: int, max_length: int) -> list[str]:
        """At most `limit` names that fit a text which is still being typed, the likeliest first; those over
        `max_length` characters are cut at a word."""
        named = (self._names[one] for one in self._offered(typed, limit))
        offered = named if typed.strip() else islice(_starting_points(self._corpus), limit)
        return list(dict.fromkeys(cut(name, max_length) for name in offered))[:limit]

    def documents(self, typed: str, limit: int) -> list[int]:
        """At most `limit` documents that a text which is still being typed may name; the first ones for no text."""
        if not typed.strip():
            return list(range(min(limit, len(self._corpus.resources))))
        titled = (self._documents[one] for one in self._offered(typed, 4 * limit))
        found = list(dict.fromkeys(document for document in titled if document != _NO_DOCUMENT))[:limit]
        return (
            found
            if len(found) == limit
            else list(dict.fromkeys([*found, *self._searched(typed, self._budget())]))[:limit]
        )

    def _add(self, name: str, document: int, spellings: Iterable[Sequence[str]]) -> None:
        number = len(self._names)
        self._names.append(name)
        self._documents.append(document)
        for spelling in spellings:
            self._keys.append((" ".join(spelling), number))
        for word in {word for spelling in spellings for word in spelling}:
            self._by_word.setdefault(word, array("I")).append(number)

    def _offered(self, typed: str, limit: int) -> list[int]:
        """The numbers of the names that fit a text."""
        if (step := _STEP.fullmatch(typed)) is not None and 0 < int(step[1]) <= len(self._corpus.resources):
            return [self._titles_from + int(step[1]) - 1, *self._fitting([step[1]], limit)]
        found = words(typed[:MAX_TYPED])[:MAX_WORDS]
        if not found:
            return []
        offered = self._fitting(found, limit)
        budget = self._budget()
        if not offered and (corrected := self._corrected(found, budget)):
            offered = self._fitting(corrected, limit)
        return offered or [self._titles_from + document for document in self._searched(typed, budget)]

    @property
    def _titles_from(self) -> int:
        return self._documents.index(0)

    def _budget(self) -> Budget:
        return Budget(self._corpus.constants.budget // 4)

    def _searched(self, typed: str, budget: Budget) -> Sequence[int]:
        text = " ".join(typed[:MAX_TYPED].split()[:MAX_CORRECTED_WORDS])
        if len(text) < SHORTEST_SEARCH:
            return ()
        return self._ranker.rank(self._parser.parse(text, budget)).documents

    def _fitting(self, typed: Sequence[str], limit: int) -> list[int]:
        found = dict.fromkeys(self._beginning_with(" ".join(typed), limit))
        if len(found) < limit:
            found |= dict.fromkeys(sorted(self._containing(typed)))
        return list(found)

    def _beginning_with(self, key: str, limit: int) -> Iterator[int]:
        first = bisect_left(self._keys, (key, 0))
        numbers = [number for text, number in self._keys[first : first + 2 * limit] if text.startswith(key)]
        yield from sorted(set(numbers))

    def _containing(self, typed: Sequence[str]) -> set[int]:
        """The names that have all these words, of which the last may be unfinished."""
        stop = self._corpus.language.stop
        whole = [self._by_word.get(word, _EMPTY) for word in typed[:-1] if word not in stop]
        unfinished = chain.from_iterable(self._by_word[word] for word in self._completed(typed[-1]))
        found = set(islice(unfinished, MOST_CONTAINING))
        for numbers in sorted(whole, key=len):
            found.intersection_update(numbers)
        return found

    def _completed(self, word: str) -> list[str]:
        first = bisect_left(self._words, word)
        return [one for one in self._words[first : first + COMPLETIONS] if one.startswith(word)]

    def _corrected(self, typed: Sequence[str], budget: Budget) -> list[str]:
        """The words as they were probably meant; empty if one of them cannot be told."""
        if len(typed) > MAX_CORRECTED_WORDS:
            return []
        *finished, last = typed
        corrected = [
            *(self._meant(word, budget) for word in finished),
            self._meant(last, budget) or self._unfinished(last),
        ]
        return " ".join(corrected).split() if all(corrected) else []

    def _meant(self, word: str, budget: Budget) -> str:
        if word in self._by_word or word in self._corpus.language.stop or self._completed(word):
            return word
        if not budget.spend(GUESS_COST * len(word)):
            return ""
        near = [one.word for one in self._corpus.vocabulary.edits(word)]
        near = near[:1] or [one.word for one in self._corpus.vocabulary.split(word)]
        return " ".join(one for one in near if one in self._by_word)

    def _unfinished(self, word: str) -> str:
        """The word that a mistyped one begins: "colimat" begins "collimation", but for a letter."""
        if len(word) < SHORTEST_CORRECTED:
            return ""
        first = bisect_left(self._words, word[:2])
        group = [one for one in self._words[first : first + MOST_COMPARED] if one.startswith(word[:2])]
        beginnings = [one[: len(word) + 1] for one in group]
        near = process.extractOne(word, beginnings, scorer=OSA.distance, score_cutoff=2)
        return group[near[2]] if near is not None else ""


def _names(corpus: Corpus) -> Iterator[tuple[str, int, list[list[str]]]]:
    """What is offered, each with its document and all that it may be typed as: topics, headings, titles, the rest."""
    stop = corpus.language.stop
    for slug in corpus.main_topics:
        topic = corpus.topics[slug]
        yield topic.name, _NO_DOCUMENT, [words(name) for name in (topic.name, *topic.aliases)]
    for name in _headings(corpus):
        yield name, _NO_DOCUMENT, [words(name)]
    for document, (resource, title) in enumerate(zip(corpus.resources, corpus.titles, strict=True)):
        every = title.split()
        content = [word for word in every if word not in stop]
        spellings = [spelling for spelling in (every, content, *map(words, resource.aliases)) if spelling]
        yield resource.title, document, [list(one) for one in dict.fromkeys(map(tuple, spellings))]
    for author in dict.fromkeys(author for resource in corpus.resources for author in resource.authors):
        yield author, _NO_DOCUMENT, [words(author)]
    for value in (*corpus.levels, *corpus.kinds):
        yield value, _NO_DOCUMENT, [words(value)]


def _starting_points(corpus: Corpus) -> Iterator[str]:
    """The catalog's main topics, or its headings where it has no topics; then its titles."""
    topics = [corpus.topics[slug].name for slug in corpus.main_topics]
    yield from topics or _headings(corpus)
    yield from (resource.title for resource, title in zip(corpus.resources, corpus.titles, strict=True) if title)


def _headings(corpus: Corpus) -> Iterator[str]:
    """The headings that something is found by: those that have more than stop words."""
    terms = (term.word for term, _ in corpus.heading_terms.values())
    return (name for name in terms if not corpus.language.stop.issuperset(words(name)))


def cut(name: str, max_length: int) -> str:
    """A name of at most `max_length` characters: whole words of it, so that a search for it still finds."""
    return name if len(name) <= max_length else name[: name.rfind(" ", 0, max_length + 1)][:max_length].rstrip()

"""Completions for what is typed: topics, headings, titles, authors, kinds and levels.

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
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.corpus import Corpus
from bot.search.query import GUESS_COST, Budget, QueryParser
from bot.search.ranking import Ranker
from bot.search.text import words

MAX_TYPED, MAX_WORDS = 100, 8
"""Characters and words of the typed text that are read: longer than any name that is still being looked for."""
COMPLETIONS, MOST_CONTAINING = 40, 4_000
"""Words that an unfinished last word is completed to, and names looked at for it: without limits the commonest
beginnings visit most of the list at each keystroke."""
SHORTEST_CORRECTED, MOST_COMPARED = 5, 2_000
"""Letters from which an unfinished word may have a typo, and words with the same two first letters that it is compared
with."""
SHORTEST_SEARCH = 4
"""Letters typed from which the list is searched too."""
_STEP = re.compile(r"\s*#?\s*([0-9]{1,6})\s*")


class Autocomplete:
    """Offers names of a corpus; each finds something when it is searched for."""

    def __init__(self, corpus: Corpus, parser: QueryParser, ranker: Ranker) -> None:
        self._corpus = corpus
        self._parser = parser
        self._ranker = ranker
        self._names: list[str] = []
        self._keys: list[tuple[str, int]] = []
        self._by_word: dict[str, array[int]] = {}
        self._add(_names(corpus))
        self._titles_from = len(self._names)
        """The number of the first title: those of all documents follow one another."""
        self._add(_titles(corpus))
        self._add(_values(corpus))
        self._keys.sort()
        self._words = sorted(self._by_word)

    def names(self, typed: str, limit: int, max_length: int) -> list[str]:
        """At most `limit` names that fit a text which is still being typed, the likeliest first; those over
        `max_length` characters are cut at a word."""
        numbers: Sequence[int] = self._offered(typed, limit)
        if not typed.strip():  # the main topics, or the headings where there are none; then the titles
            topics = range(len(self._corpus.main_topics) or self._titles_from)
            titled = (number + self._titles_from for number, title in enumerate(self._corpus.titles) if title)
            numbers = list(islice(chain(topics, titled), limit))
        return list(dict.fromkeys(cut(self._names[one], max_length) for one in numbers))[:limit]

    def documents(self, typed: str, limit: int) -> list[int]:
        """At most `limit` documents that a text which is still being typed may name; the first ones for no text."""
        count = len(self._corpus.resources)
        if not typed.strip():
            return list(range(min(limit, count)))
        numbers = (number - self._titles_from for number in self._offered(typed, 4 * limit))
        found = dict.fromkeys(number for number in numbers if 0 <= number < count)
        if len(found) < limit:
            found |= dict.fromkeys(self._searched(typed, self._budget()))
        return list(found)[:limit]

    def _add(self, names: Iterator[tuple[str, list[list[str]]]]) -> None:
        for name, spellings in names:
            number = len(self._names)
            self._names.append(name)
            for spelling in spellings:
                self._keys.append((" ".join(spelling), number))
            for word in {word for spelling in spellings for word in spelling}:
                self._by_word.setdefault(word, array("I")).append(number)

    def _offered(self, typed: str, limit: int) -> list[int]:
        """The numbers of the names that fit a text, else that fit it corrected, else of what a search finds."""
        found = words(typed[:MAX_TYPED])[:MAX_WORDS]
        if not found:
            return []
        budget = self._budget()
        offered = self._fitting(found, limit) or self._fitting(self._corrected(found, budget), limit)
        if (step := _STEP.fullmatch(typed)) is not None and 0 < int(step[1]) <= len(self._corpus.resources):
            return [self._titles_from + int(step[1]) - 1, *offered]
        return offered or [self._titles_from + document for document in self._searched(typed, budget)]

    def _budget(self) -> Budget:
        return Budget(self._corpus.constants.budget // 4)

    def _searched(self, typed: str, budget: Budget) -> Sequence[int]:
        text = " ".join(typed[:MAX_TYPED].split()[:MAX_WORDS])
        return self._ranker.rank(self._parser.parse(text, budget)).documents if len(text) >= SHORTEST_SEARCH else ()

    def _fitting(self, typed: Sequence[str], limit: int) -> list[int]:
        found = dict.fromkeys(self._beginning_with(" ".join(typed), limit))
        if len(found) < limit:
            found |= dict.fromkeys(sorted(self._containing(typed)))
        return list(found)

    def _beginning_with(self, key: str, limit: int) -> list[int]:
        first = bisect_left(self._keys, (key, 0))
        return sorted({number for text, number in self._keys[first : first + 2 * limit] if text.startswith(key)})

    def _containing(self, typed: Sequence[str]) -> set[int]:
        """The names that have all these words, of which the last may be unfinished."""
        stop = self._corpus.language.stop
        whole = [self._by_word.get(word, array("I")) for word in typed[:-1] if word not in stop]
        unfinished = chain.from_iterable(self._by_word[word] for word in self._completed(typed[-1]))
        return set(islice(unfinished, MOST_CONTAINING)).intersection(*sorted(whole, key=len))

    def _completed(self, word: str) -> list[str]:
        first = bisect_left(self._words, word)
        return [one for one in self._words[first : first + COMPLETIONS] if one.startswith(word)]

    def _corrected(self, typed: Sequence[str], budget: Budget) -> list[str]:
        """The words as they were probably meant."""
        found = []
        for word in typed:
            near = []
            if not self._completed(word) and budget.spend(GUESS_COST * len(word)):
                near = [one.word for one in self._corpus.vocabulary.edits(word) if one.word in self._by_word]
            found.append(near[0] if near else word)
        return [*found[:-1], self._finished(found[-1])]

    def _finished(self, word: str) -> str:
        """The word that an unfinished one begins, but for a letter: "colimat" begins "collimation"; else itself."""
        if len(word) < SHORTEST_CORRECTED or self._completed(word):
            return word
        first = bisect_left(self._words, word[:2])
        group = [one for one in self._words[first : first + MOST_COMPARED] if one.startswith(word[:2])]
        beginnings = [one[: len(word) + 1] for one in group]
        near = process.extractOne(word, beginnings, scorer=OSA.distance, score_cutoff=2)
        return group[near[2]] if near is not None else word


def _names(corpus: Corpus) -> Iterator[tuple[str, list[list[str]]]]:
    """The topics and the headings, each with all that it may be typed as. Headings of stop words alone find nothing."""
    for slug in corpus.main_topics:
        topic = corpus.topics[slug]
        yield topic.name, [words(name) for name in (topic.name, *topic.aliases)]
    for term, _ in corpus.heading_terms.values():
        if not corpus.language.stop.issuperset(found := words(term.word)):
            yield term.word, [found]


def _titles(corpus: Corpus) -> Iterator[tuple[str, list[list[str]]]]:
    """The title of each document, which may be typed without its stop words, or by an alias."""
    for resource, title in zip(corpus.resources, corpus.titles, strict=True):
        content = [word for word in title.split() if word not in corpus.language.stop]
        yield resource.title, [one for one in (title.split(), content, *map(words, resource.aliases)) if one]


def _values(corpus: Corpus) -> Iterator[tuple[str, list[list[str]]]]:
    """The authors, levels and kinds."""
    authors = dict.fromkeys(author for resource in corpus.resources for author in resource.authors)
    for name in (*authors, *corpus.levels, *corpus.kinds):
        yield name, [words(name)]


def cut(name: str, max_length: int) -> str:
    """A name of at most `max_length` characters: whole words of it, so that a search for it still finds."""
    return name if len(name) <= max_length else name[: name.rfind(" ", 0, max_length + 1)][:max_length].rstrip()

"""What to offer while somebody types: topics, headings, titles and authors, nothing that would find nothing.

typed text ──> names that begin with it          (sorted list, bisection)
           ──> names that have its words         (word -> names), the last word unfinished
           ──> the same for the corrected words, if there is nothing so far
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from bot.search.corpus import Corpus
from bot.search.text import words

MAX_TYPED = 100
"""Characters of the typed text that are read: longer than any name that is still being looked for."""
MAX_TYPED_WORDS = 16
"""Words of it that are read: a hundred characters of a ligature fold to hundreds of words."""
MOST_MEANT = 8
"""Words up to which typos are corrected while somebody types. At 1 only the first is; without a limit each keystroke of
a long text guesses at all of its words."""
COMPLETIONS = 40
"""Words that an unfinished last word is completed to. At 1 "a" offers one name; without a limit it visits them all."""

MOST_HAVING = 4_000
"""Names that are looked at for an unfinished last word. At 100 "attention is a" offers nothing that it should; without
a limit the commonest beginnings of words visit most of the list at each keystroke."""

_EMPTY = array("I")


class Autocomplete:
    """Offers names of a corpus; each finds something when it is searched for."""

    def __init__(self, corpus: Corpus) -> None:
        self._vocabulary = corpus.vocabulary
        self._stop_words = corpus.language.stop
        self._names: list[str] = []
        self._keys: list[tuple[str, int]] = []
        self._by_word: dict[str, array[int]] = {}
        for name, spellings in _names(corpus):
            self._add(name, spellings)
        self._keys.sort()
        self._words = sorted(self._by_word)
        self._starting_points = list(dict.fromkeys(_starting_points(corpus)))

    def offers(self, typed: str, limit: int, max_length: int) -> list[str]:
        """At most `limit` names that fit a text which is still being typed, the likeliest first.

        Names over `max_length` characters are cut at a word.
        """
        found = words(typed[:MAX_TYPED])[:MAX_TYPED_WORDS]
        if not found:
            names = self._starting_points if not typed.strip() else []
        else:
            names = [self._names[one] for one in self._fitting_or_corrected(found, limit)]
        return list(dict.fromkeys(cut(name, max_length) for name in names[: 2 * limit]))[:limit]

    def _add(self, name: str, spellings: Iterable[Sequence[str]]) -> None:
        number = len(self._names)
        self._names.append(name)
        for spelling in spellings:
            self._keys.append((" ".join(spelling), number))
        for word in {word for spelling in spellings for word in spelling}:
            self._by_word.setdefault(word, array("I")).append(number)

    def _fitting_or_corrected(self, typed: Sequence[str], limit: int) -> list[int]:
        found = self._fitting(typed, limit)
        if not found and (corrected := self._corrected(typed)):
            found = self._fitting(corrected, limit)
        return found

    def _fitting(self, typed: Sequence[str], limit: int) -> list[int]:
        found = dict.fromkeys(self._beginning_with(" ".join(typed), limit))
        if typed and len(found) < limit:
            found |= dict.fromkeys(sorted(self._having(typed)))
        return list(found)

    def _beginning_with(self, key: str, limit: int) -> Iterator[int]:
        first = bisect_left(self._keys, (key, 0))
        numbers = [number for text, number in self._keys[first : first + 2 * limit] if text.startswith(key)]
        yield from sorted(set(numbers))

    def _having(self, typed: Sequence[str]) -> set[int]:
        """The names that have all these words, of which the last may be unfinished."""
        whole = [self._by_word.get(word, _EMPTY) for word in typed[:-1] if word not in self._stop_words]
        first = bisect_left(self._words, typed[-1])
        ends = [word for word in self._words[first : first + COMPLETIONS] if word.startswith(typed[-1])]
        ending = chain.from_iterable(self._by_word[word] for word in ends)
        having = set(islice(ending, MOST_HAVING))
        for numbers in sorted(whole, key=len):
            having.intersection_update(numbers)
            if not having:
                break
        return having

    def _corrected(self, typed: Sequence[str]) -> list[str]:
        """The words as they were probably meant; empty if one of them cannot be told."""
        corrected: list[str] = []
        for word in typed if len(typed) <= MOST_MEANT else ():
            if (meant := self._meant(word)) is None:
                return []
            corrected.append(meant)
        return corrected

    def _meant(self, word: str) -> str | None:
        if word in self._by_word:
            return word
        candidates = self._vocabulary.near(word) or self._vocabulary.split(word)
        return " ".join(candidate.word for candidate in candidates[:1]) or None


def _names(corpus: Corpus) -> Iterator[tuple[str, list[list[str]]]]:
    """What is offered, each with all that it may be typed as: topics and headings, then titles, then authors."""
    for slug in corpus.main_topics:
        topic = corpus.topics[slug]
        yield topic.name, [words(name) for name in (topic.name, *topic.aliases)]
    for name in _headings(corpus):
        yield name, [words(name)]
    for resource, title in zip(corpus.resources, corpus.titles, strict=True):
        if title:
            others = [title, corpus.without_light_words(title), *map(words, resource.aliases)]
            yield resource.title, [list(one) for one in dict.fromkeys(map(tuple, others))]
    for author in dict.fromkeys(author for resource in corpus.resources for author in resource.authors):
        yield author, [words(author)]


def _starting_points(corpus: Corpus) -> Iterator[str]:
    """The catalog's main topics, or its headings where it has no topics; then its titles."""
    topics = [corpus.topics[slug].name for slug in corpus.main_topics]
    yield from topics or _headings(corpus)
    yield from (resource.title for resource, title in zip(corpus.resources, corpus.titles, strict=True) if title)


def _headings(corpus: Corpus) -> Iterator[str]:
    """The headings that something is found by: those that have more than stop words."""
    return (name for name in corpus.headings if not corpus.language.stop.issuperset(words(name)))


def cut(name: str, max_length: int) -> str:
    """A name of at most `max_length` characters: whole words of it, so that a search for it still finds."""
    return name if len(name) <= max_length else name[: name.rfind(" ", 0, max_length + 1)][:max_length].rstrip()

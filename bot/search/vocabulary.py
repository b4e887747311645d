"""The terms of a list, and what a typed word may stand for among them.

word ──> exact, stem          a dictionary
     ──> one edit, two edits  deletions of words and stems; RapidFuzz over words that share rare trigrams
     ──> prefix, part         sorted terms, read from either end
     ──> joined, split        "note book" and "notebook"
     ──> acronym              the initials of titles, headings and topics in one string
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalog.model import Topic
from bot.search.constants import Constants
from bot.search.text import Stem, fold

INDEXED_LETTERS = 7
"""Letters whose deletions are indexed: words that share seven are few, and each letter costs an entry."""
LONGEST_CORRECTED = 40
"""Letters of the longest word that is corrected; longer ones are noise or several words run together."""
MOST_COMPARED = 600
"""Words that one is compared with for two edits: those that share its rarest trigrams."""
LONGEST_JOINED, LONGEST_PART, SHORTEST_JOINED, MEAN_PART = 120, 24, 6, 3
"""Letters of a word that is split, of its longest part, and of its parts on average: keyboard noise falls into short
words. The work grows with the first times the second."""
MOST_MATCHES = 12
"""Terms that a prefix or an edit may stand for: in a large list "trans" begins hundreds of words."""


class Term:
    """A posting list: documents in ascending order, and for each the credit (0 to 1) and the number of the field.

    `weight` is its IDF times its specificity, `word` the word or name behind it.
    """

    __slots__ = ("credits", "documents", "fields", "names", "weight", "word")

    def __init__(self, word: str) -> None:
        self.word = word
        self.weight = 0.0
        self.documents = array("I")
        self.credits = array("f")
        self.fields = array("B")
        self.names: list[Name] = []

    def add(self, document: int, credit: float, field: int) -> None:
        """Append a document, which must have a higher number than all before."""
        self.documents.append(document)
        self.credits.append(credit)
        self.fields.append(field)

    def find(self, document: int) -> int:
        """The position of a document in the list; -1 if it is not there."""
        at = bisect_left(self.documents, document)
        return at if at < len(self.documents) and self.documents[at] == document else -1


class Name(NamedTuple):
    """A name of several words or one, with a posting list of its own: a topic, an alias, a heading."""

    text: str
    term: Term
    parts: Mapping[Term, float]
    weight: float
    topic: Topic | None


class Match(NamedTuple):
    """A term that a typed word may stand for: the score (0 to 1), how it was found, and the word of the list."""

    term: Term
    score: float
    how: str
    word: str
    name: Name | None = None


def _is_correctable(word: str) -> bool:
    return 4 <= len(word) <= LONGEST_CORRECTED and not word.isdigit()


def _deletions(word: str) -> Iterator[str]:
    start = word[:INDEXED_LETTERS]
    yield start
    for index in range(len(start)):
        yield start[:index] + start[index + 1 :]


def _trigrams(word: str) -> set[str]:
    return {word[at : at + 3] for at in range(len(word) - 2)}


def _digits(word: str) -> list[str]:
    return [] if word.isalpha() else sorted(filter(str.isdigit, word))


class Vocabulary:
    """The terms of a list by their keys, and the ways from a typed word to them.

    `named` are the words by which people name things, `others` those of summaries alone. A typo is never read as one of
    `stop_words`. `joined` are names without their spaces, each with its words.

    An edit drops, adds, replaces or swaps letters (optimal string alignment distance). Digits may only be swapped:
    "gpt4" is no typo of "gpt3".
    """

    def __init__(
        self,
        stem: Stem,
        terms: Mapping[str, Term],
        named: Collection[str],
        others: Collection[str],
        stop_words: Collection[str],
        joined: Mapping[str, Sequence[str]],
        constants: Constants,
    ) -> None:
        self._stem = stem
        self._constants = constants
        self.terms = terms
        self._named = named
        self._others = others
        self._joined = joined
        self._sorted = sorted(terms)
        self._reversed = sorted(key[::-1] for key in terms)
        spelt = {word for word in (*named, *joined) if word not in stop_words}.union(others)
        spelt.update(key for key, term in terms.items() if term.word in spelt)
        # The words of each key in one text: most have one word, and a list around it would take twice the memory.
        self._by_deletion: dict[str, str] = {}
        self._long: list[str] = []
        self._by_trigram: dict[str, array[int]] = {}
        for word in filter(_is_correctable, spelt):
            for key in _deletions(word):
                others_of_key = self._by_deletion.get(key)
                self._by_deletion[key] = word if others_of_key is None else f"{others_of_key} {word}"
            if len(word) >= constants.two_edits_from - 2:
                for trigram in _trigrams(word):
                    self._by_trigram.setdefault(trigram, array("I")).append(len(self._long))
                self._long.append(word)

    def known(self, word: str) -> Match | None:
        """The match of a word that the list has, in this or another form; None for other words."""
        term = self.terms.get(self._stem(word))
        if term is None:
            return None
        if word in self._named or word in self._others:
            return Match(term, 1.0, "exact", word)
        return Match(term, self._constants.stem, "stem", term.word)

    def one_edit(self, word: str) -> list[Match]:
        """The matches of a mistyped word that are exactly one edit away, in alphabetical order."""
        if not _is_correctable(word):
            return []
        found = {near for key in _deletions(word) for near in self._by_deletion.get(key, "").split()}
        return self._spelt([near for near in found if self._is_one_edit_apart(word, near)], self._constants.one_edit)

    def edits(self, word: str) -> list[Match]:
        """The matches of a mistyped word: one edit away, else two, of the words that share its rarest trigrams."""
        one_away = self.one_edit(word)
        if one_away or len(word) < self._constants.two_edits_from or not _is_correctable(word):
            return one_away
        numbers: set[int] = set()
        for found in sorted((self._by_trigram.get(one, array("I")) for one in _trigrams(word)), key=len):
            if len(numbers) + len(found) > MOST_COMPARED:
                break
            numbers.update(found)
        compared = [self._long[one] for one in numbers]
        near = process.extract(word, compared, scorer=OSA.distance, score_cutoff=2, limit=None)
        two_away = [one for one, distance, _ in near if distance == 2 and _digits(word) == _digits(one)]
        return self._spelt(two_away, self._constants.two_edits)

    def _is_one_edit_apart(self, word: str, near: str) -> bool:
        if OSA.distance(word, near, score_cutoff=1) != 1 or _digits(word) != _digits(near):
            return False
        # Words of four letters bear a swap of neighbours alone: "cost" is not "lost".
        return max(len(word), len(near)) >= self._constants.one_edit_from or sorted(word) == sorted(near)

    def _spelt(self, near: Iterable[str], score: float) -> list[Match]:
        found = []
        for word in sorted(near)[:MOST_MATCHES]:
            for part in (word,) if word in self._named else self._joined.get(word, (word,)):
                is_key = part not in self._named and part in self.terms
                term = self.terms[part if is_key else self._stem(part)]
                found.append(Match(term, score, "typo", term.word if is_key else part))
        return found

    def extended(self, word: str) -> list[Match]:
        """The matches of which a word is the beginning or the end, or that are its own beginning."""
        key, shortest = self._stem(word), self._constants.prefix_from
        if len(key) < shortest or not key.isalpha():
            return []
        longer = [one for one in _beginning_with(self._sorted, key) if one != key]
        ending = [one[::-1] for one in _beginning_with(self._reversed, key[::-1]) if len(one) > len(key) + 2]
        own = [key[:end] for end in range(len(key) - 1, max(shortest, len(key) // 2), -1) if key[:end] in self.terms]
        parts = [self._extension(key, one, "part") for one in (*ending, *own[:1])]
        return [self._extension(key, one, "prefix") for one in longer] + parts

    def _extension(self, key: str, other: str, how: str) -> Match:
        term, least = self.terms[other], self._constants.prefix
        share = min(len(key), len(other)) / max(len(key), len(other))
        return Match(term, least + (self._constants.one_edit - least) * share**2, how, term.word)

    def join(self, word: str) -> Match | None:
        """The match of neighbours written as one word."""
        known = self.known(word)
        return known._replace(score=self._constants.stem, how="joined") if known and known.how == "exact" else None

    def split(self, word: str) -> list[Match]:
        """The words that were run together in a word, in order; empty if it is no such word."""
        parts = self._joined.get(word) or split(word, self._is_part)
        matches = [self.known(part) for part in parts]
        return [match._replace(how="joined", score=self._constants.stem) for match in matches if match]

    def _is_part(self, word: str) -> bool:
        if word in self._named or (len(word) > 2 and word in self._others):
            return True
        return len(word) >= self._constants.prefix_from and self._stem(word) in self.terms


def _beginning_with(listed: Sequence[str], start: str) -> list[str]:
    first = bisect_left(listed, start)
    return [one for one in listed[first : first + MOST_MATCHES] if one.startswith(start)]


def split(word: str, known: Callable[[str], bool]) -> list[str]:
    """The parts of a word that was written without its spaces; empty if it has no such parts.

    `known` says whether a part is a word; parts have two letters or more. The fewest parts that make up the whole are
    found by dynamic programming over the end of each part; among equally few, the longest.
    """
    if not SHORTEST_JOINED <= len(word) <= LONGEST_JOINED:
        return []
    best: list[list[str] | None] = [[]]
    for end in range(1, len(word) + 1):
        starts = [
            at for at in range(max(0, end - LONGEST_PART), end - 1) if best[at] is not None and known(word[at:end])
        ]
        options = [[*(best[at] or ()), word[at:end]] for at in starts]
        best.append(min(options, key=lambda parts: (len(parts), -sum(len(one) ** 2 for one in parts)), default=None))
    parts = best[-1] or []
    return parts if len(parts) > 1 and len(word) >= MEAN_PART * len(parts) else []


class Acronyms:
    """The initials of a list's titles, headings and topics, in one string, so that finding a run of them is one search.

    Each name is there with and without its stop words ("IoT" has them), and once more up to its colon.
    """

    def __init__(self, names: Sequence[tuple[str, Term]], stop_words: Collection[str]) -> None:
        self._names = names
        self._stop_words = stop_words
        self._starts: list[int] = []
        self._numbers: list[int] = []
        pieces: list[str] = []
        length = 1
        for number, (text, _) in enumerate(names):
            for piece in {"".join([word[0] for word in spelling]) for spelling in self._spellings(text)}:
                if len(piece) > 1:
                    self._starts.append(length)
                    self._numbers.append(number)
                    pieces.append(piece)
                    length += len(piece) + 1
        self._all = "\n" + "\n".join(pieces) + "\n"

    def whole(self, word: str) -> list[tuple[str, Term]]:
        """The names whose initials are exactly these letters."""
        return [self._names[number] for number in self._holding(f"\n{word}\n")]

    def within(self, word: str) -> list[tuple[str, Term]]:
        """The runs of words inside names that have these initials, with what each name stands for."""
        found = ((self._run(self._names[number][0], word), self._names[number][1]) for number in self._holding(word))
        return [(run, term) for run, term in found if run]

    def _holding(self, initials: str) -> list[int]:
        found: dict[int, None] = {}
        at = self._all.find(initials)
        while at >= 0 and len(found) < MOST_MATCHES:
            found[self._numbers[bisect_right(self._starts, at + initials.count("\n", 0, 1)) - 1]] = None
            at = self._all.find(initials, at + 1)
        return list(found)

    def _run(self, text: str, word: str) -> str:
        for spelling in self._spellings(text):
            at = "".join([part[0] for part in spelling]).find(word)
            if at >= 0:
                return " ".join(spelling[at : at + len(word)])
        return ""

    def _spellings(self, text: str) -> Iterator[list[str]]:
        for part in {text, text.partition(":")[0], text.replace("-", " ")}:
            every = list(filter(None, map(fold, _WORD.findall(part))))
            yield every
            content = [word for word in every if word not in self._stop_words]
            if 1 < len(content) < len(every):
                yield content


_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")

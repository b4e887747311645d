"""Every word of an index, and what a typed word may stand for there.

    typed word ──> known ────────────────────> itself                        exact
               ──> same stem as a known one ─> its term                      stem
               ──> one edit from known ones ─> those                         typo
               ──> beginning of known ones ──> those                         prefix
               ──> known ones run together ──> their terms, one after another  joined
               ──> two edits from known ones > those                         typo

The first line that finds something answers; a slip and a beginning are found together, since a word that is being
typed looks like either.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.search.fillers import STOP_WORDS
from bot.search.segmentation import split
from bot.search.spelling import Spelling
from bot.search.stemming import stem

STEM = 0.97
"""Quality of another form of the word. At 1 "batches" could beat "batching" for who typed "batching"."""
ONE_EDIT = 0.9
"""Quality of a word one edit away. At 1 a slip could beat the word itself; at 0.5 two slips find nothing."""
TWO_EDITS = 0.8
"""Quality of a word two edits away."""
PREFIX = 0.85
"""Quality of a word of which all letters but none were typed; it grows to 1 with the share that was typed."""
SHORTEST_PREFIX = 4
"""Letters that make a beginning worth completing. At 2 "at" means attention; at 6 "quant" means nothing."""
READINGS = 12
"""Most words that one typed word may stand for: in a large index "trans" begins hundreds."""


class Reading(NamedTuple):
    """A term that a typed word may stand for: how well (0 to 1), how it was found, and the word behind the term."""

    term: str
    quality: float
    how: str
    surface: str


class Vocabulary:
    """The words of an index.

    `words` are those that people name things by; they are corrected and completed. `more` are known as they stand
    only, like the words of a summary: a slip is never read as one of them.
    """

    def __init__(self, words: Iterable[str], more: Iterable[str] = ()) -> None:
        own = set(words)
        self._terms = {word: stem(word) for word in own.union(more)}
        self._surfaces: dict[str, str] = {}
        for word in sorted(own, key=lambda word: (len(word), word)) + sorted(self._terms.keys() - own):
            self._surfaces.setdefault(self._terms[word], word)
        self._sorted = sorted(own)
        self._own = own
        # A slip is never read as a word that says nothing: "form" is not "from".
        self._spelling = Spelling(own - STOP_WORDS)

    def __contains__(self, word: str) -> bool:
        return word in self._terms

    def known(self, word: str) -> Reading | None:
        """What a word stands for as it is typed, or None for a word that the index does not have."""
        term = self._terms.get(word)
        if term is not None:
            return Reading(term, 1.0, "exact", word)
        term = stem(word)
        surface = self._surfaces.get(term)
        return Reading(term, STEM, "stem", surface) if surface is not None else None

    def near(self, word: str) -> list[Reading]:
        """What a word may stand for if it is mistyped or not finished, best first; empty for noise."""
        found = [Reading(self._terms[near], ONE_EDIT, "typo", near) for near in self._spelling.one_edit(word)]
        found += self._completed(word)
        return _distinct(found or self._two_edits(word))

    def split(self, word: str) -> list[Reading]:
        """The words that were run together in a word, in order; empty if it is no such word."""
        return [Reading(self._terms[part], STEM, "joined", part) for part in split(word, self._is_part)]

    def completions(self, start: str, limit: int) -> list[str]:
        """At most `limit` words that begin with a text, in alphabetical order."""
        first = bisect_left(self._sorted, start)
        chosen = self._sorted[first : first + limit]
        return [word for word in chosen if word.startswith(start)]

    def slips(self, word: str) -> list[Reading]:
        """The words one edit away from a word that may itself be known."""
        return [Reading(self._terms[near], ONE_EDIT, "typo", near) for near in self._spelling.one_edit(word)][:READINGS]

    def _is_part(self, word: str) -> bool:
        return word in self._own

    def _completed(self, word: str) -> list[Reading]:
        if len(word) < SHORTEST_PREFIX:
            return []
        longer = self.completions(word, READINGS)
        return [
            Reading(self._terms[one], PREFIX + (1 - PREFIX) * len(word) / len(one), "prefix", one) for one in longer
        ]

    def _two_edits(self, word: str) -> list[Reading]:
        return [Reading(self._terms[near], TWO_EDITS, "typo", near) for near in self._spelling.two_edits(word)]


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """The best reading of each term, best first."""
    best: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda reading: (-reading.quality, len(reading.surface), reading.surface)):
        best.setdefault(reading.term, reading)
    return list(best.values())[:READINGS]

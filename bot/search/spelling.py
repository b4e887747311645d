"""Words near a word: edit distance over a vocabulary, and words run together taken apart again.

One edit away is found through deletions, as in SymSpell (https://github.com/wolfgarbe/SymSpell): two words one edit
apart become equal when at most one letter is taken from each, so a handful of dictionary look-ups find every
candidate, however large the vocabulary.

    attention ── delete one letter of the first seven ──> ttentio, atentio, attntio, …
    atention  ── the same ──────────────────────────────> atentio: a candidate; RapidFuzz measures it

Two edits are looked for by RapidFuzz among the words with the same first letter and about the same length, and only
when nothing nearer was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

INDEXED_LETTERS = 7
"""Letters whose deletions are indexed. At 1 every word is a candidate for every other; without a limit a long word
costs one entry per letter. Words that share seven letters are few."""
ONE_EDIT_FROM = 5
"""Letters that the longer of two words needs to be one edit from the other. At 4 "cost" is "lost" and "bert" is
"best"; at 6 "batch" and "llama" bear no edit. Words of four letters bear a swap of neighbours alone ("lroa")."""
TWO_EDITS_FROM = 8
"""Letters from which a word bears two edits. At 7 "flights" is "weights"; at 10 "karpathy" bears one only."""
TWO_EDITS_ANYWHERE_FROM = 10
"""Letters from which one of the two edits may be at the end. At 8 "deepseek" is "deepspeed"."""
LONGEST_CORRECTED = 40
"""Letters of the longest word that is corrected; longer ones are noise or several words run together."""

SHORTEST_JOINED = 6
"""Letters from which a word is split. At 4 "into" is "in to"; "kvcache" has 7, "gpt3" is cut at its digit."""
LONGEST_JOINED = 120
"""Letters up to which a word is split: a whole title run together. Work grows with this times LONGEST_PART."""
LONGEST_PART = 24
"""Letters of the longest part of a split word."""
MEAN_PART = 3
"""Letters that the parts must have on average. At 1 keyboard noise falls apart into "is", "to" and "in"."""

_Cost = tuple[int, int]


class Spelling:
    """Finds the words of a vocabulary that lie one or two edits away from a word.

    An edit drops, adds, replaces or swaps letters (optimal string alignment distance). Digits may only be swapped:
    "gpt4" is no typo of "gpt3".
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_deletion: dict[str, list[str]] = {}
        self._by_start: dict[tuple[str, int], list[str]] = {}
        for word in words:
            if _correctable(word):
                self._add(word)

    def _add(self, word: str) -> None:
        for key in _deletions(word):
            self._by_deletion.setdefault(key, []).append(word)
        if len(word) >= TWO_EDITS_FROM - 2:
            self._by_start.setdefault((word[0], len(word)), []).append(word)

    def one_edit(self, word: str) -> list[str]:
        """The words exactly one edit away, in alphabetical order."""
        if not _correctable(word):
            return []
        found = {near for key in _deletions(word) for near in self._by_deletion.get(key, ())}
        return sorted(near for near in found if _one_edit_apart(word, near))

    def two_edits(self, word: str) -> list[str]:
        """The words exactly two edits away that begin with the same letter, in alphabetical order."""
        if len(word) < TWO_EDITS_FROM or not _correctable(word):
            return []
        lengths = range(len(word) - 2, len(word) + 3)
        groups = (self._by_start.get((word[0], length), ()) for length in lengths)
        return sorted(near for group in groups for near in _two_edits_apart(word, group))


def _correctable(word: str) -> bool:
    return 4 <= len(word) <= LONGEST_CORRECTED and not word.isdigit()


def _deletions(word: str) -> Iterator[str]:
    start = word[:INDEXED_LETTERS]
    yield start
    for index in range(len(start)):
        yield start[:index] + start[index + 1 :]


def _one_edit_apart(word: str, near: str) -> bool:
    if OSA.distance(word, near, score_cutoff=1) != 1:
        return False
    if _digits(word) != _digits(near):
        return False
    return max(len(word), len(near)) >= ONE_EDIT_FROM or sorted(word) == sorted(near)


def _digits(word: str) -> list[str]:
    return [] if word.isalpha() else sorted(filter(str.isdigit, word))


def _two_edits_apart(word: str, group: Iterable[str]) -> list[str]:
    near = process.extract(word, group, scorer=OSA.distance, score_cutoff=2, limit=None)  # type: ignore[arg-type]
    # Two edits make other words of short ones, unless both ends stand: "deepseek" is not "deepspeed".
    return [
        str(found)
        for found, distance, _ in near
        if distance == 2
        and _digits(word) == _digits(found)
        and (len(word) >= TWO_EDITS_ANYWHERE_FROM or word[-1] == found[-1])
    ]


def split(word: str, known: Callable[[str], bool]) -> list[str]:
    """The parts of a word that was written without its spaces; empty if it has no such parts.

    `known` says whether a part is a word; parts have two letters or more. The fewest parts that make up the whole are
    found by dynamic programming over the end of each part; among equally few, the longest.
    """
    if not SHORTEST_JOINED <= len(word) <= LONGEST_JOINED:
        return []
    parts = _cheapest_split(word, known)
    return parts if len(parts) > 1 and len(word) >= MEAN_PART * len(parts) else []


def _cheapest_split(word: str, known: Callable[[str], bool]) -> list[str]:
    costs: list[_Cost | None] = [(0, 0)] + [None] * len(word)
    starts = [0] * (len(word) + 1)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - LONGEST_PART), end - 1):
            before = costs[start]
            if before is None or not known(word[start:end]):
                continue
            cost = (before[0] + 1, before[1] - (end - start) ** 2)
            if (least := costs[end]) is None or cost < least:
                costs[end], starts[end] = cost, start
    return _parts(word, starts) if costs[-1] is not None else []


def _parts(word: str, starts: list[int]) -> list[str]:
    """The parts that end at the end of the word, read backwards from where each of them starts."""
    parts, end = [], len(word)
    while end:
        parts.append(word[starts[end] : end])
        end = starts[end]
    return parts[::-1]

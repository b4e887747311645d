"""Words near a word: spelling correction over a vocabulary.

One edit away is found through deletions, as in SymSpell (https://github.com/wolfgarbe/SymSpell): two words one edit
apart become equal when at most one letter is taken from each, so a handful of dictionary look-ups find every
candidate, however large the vocabulary.

    attention ── delete one letter of the first seven ──> ttentio, atentio, attntio, …
    atention  ── the same ──────────────────────────────> atentio: a candidate; RapidFuzz measures it

Two edits are looked for by RapidFuzz among the words with the same first letter and about the same length, and only
when nothing nearer was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

PREFIX = 7
"""Letters whose deletions are kept. At 1 every word is a candidate for every other; without a limit a long word costs
one entry per letter. Words that share seven letters are few."""
ONE_EDIT = 5
"""Letters that the longer of two words needs to be one edit from the other. At 4 "cost" is "lost" and "bert" is
"best"; at 6 "batch" and "llama" bear no slip. Words of four letters bear a swap of neighbours alone ("lroa")."""
TWO_EDITS = 8
"""Letters from which a word bears two edits. At 7 "flights" is "weights"; at 10 "karpathy" bears one only."""
TWO_EDITS_ANYWHERE = 10
"""Letters from which one of the two edits may be at the end. At 8 "deepseek" is "deepspeed"."""
LONGEST = 40
"""Letters of the longest word that is corrected; longer ones are noise or several words run together."""


class Spelling:
    """Finds the words of a vocabulary that lie one or two edits away from a word.

    An edit drops, adds, replaces or swaps letters (optimal string alignment distance). Digits may only be swapped:
    "gpt4" is not a slip of "gpt3".
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_deletion: dict[str, list[str]] = {}
        self._by_letter: dict[tuple[str, int], list[str]] = {}
        for word in words:
            if _correctable(word):
                self._add(word)

    def _add(self, word: str) -> None:
        for key in _deletions(word):
            self._by_deletion.setdefault(key, []).append(word)
        if len(word) >= TWO_EDITS - 2:
            self._by_letter.setdefault((word[0], len(word)), []).append(word)

    def one_edit(self, word: str) -> list[str]:
        """The words exactly one edit away, in no particular order."""
        if not _correctable(word):
            return []
        found = {near for key in _deletions(word) for near in self._by_deletion.get(key, ())}
        return sorted(near for near in found if _one_edit_apart(word, near))

    def two_edits(self, word: str) -> list[str]:
        """The words exactly two edits away that begin with the same letter, in no particular order."""
        if len(word) < TWO_EDITS or not _correctable(word):
            return []
        lengths = range(len(word) - 2, len(word) + 3)
        groups = (self._by_letter.get((word[0], length), ()) for length in lengths)
        return sorted(near for group in groups for near in _within_two(word, group))


def _correctable(word: str) -> bool:
    return 4 <= len(word) <= LONGEST and not word.isdigit()


def _deletions(word: str) -> Iterator[str]:
    start = word[:PREFIX]
    yield start
    for index in range(len(start)):
        yield start[:index] + start[index + 1 :]


def _one_edit_apart(word: str, near: str) -> bool:
    if OSA.distance(word, near, score_cutoff=1) != 1:
        return False
    if _digits(word) != _digits(near):
        return False
    return max(len(word), len(near)) >= ONE_EDIT or sorted(word) == sorted(near)


def _digits(word: str) -> list[str]:
    return [] if word.isalpha() else sorted(filter(str.isdigit, word))


def _within_two(word: str, group: Iterable[str]) -> list[str]:
    near = process.extract(word, group, scorer=OSA.distance, score_cutoff=2, limit=None)  # type: ignore[arg-type]
    # Two slips of short words make other words of them, unless both ends stand: "deepseek" is not "deepspeed".
    return [
        str(found)
        for found, distance, _ in near
        if distance == 2
        and _digits(word) == _digits(found)
        and (len(word) >= TWO_EDITS_ANYWHERE or word[-1] == found[-1])
    ]

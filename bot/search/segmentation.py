"""Words run together, taken apart again: "illustratedtransformer" is "illustrated transformer".

The fewest known words that make up the whole, found by dynamic programming over the end of each word; among equally
few, the longest parts.
"""

from __future__ import annotations

from collections.abc import Callable

SHORTEST = 6
"""Letters from which a word is taken apart. At 4 "into" is "in to"; "kvcache" has 7, "gpt3" is cut at its digit."""
LONGEST = 120
"""Letters up to which a word is taken apart: a whole title run together. Work grows with this times LONGEST_PART."""
LONGEST_PART = 24
"""Letters of the longest part."""
MEAN_PART = 3
"""Letters that the parts must have on average. At 1 keyboard noise falls apart into "is", "to" and "in"."""

_Cost = tuple[int, int]


def split(word: str, known: Callable[[str], bool]) -> list[str]:
    """The parts of a word that was written without its spaces; empty if it has no such parts.

    `known` says whether a part is a word. Parts have two letters or more.
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    parts = _cheapest(word, known)
    return parts if len(parts) > 1 and len(word) >= MEAN_PART * len(parts) else []


def _cheapest(word: str, known: Callable[[str], bool]) -> list[str]:
    cost: list[_Cost | None] = [(0, 0)] + [None] * len(word)
    begin = [0] * (len(word) + 1)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - LONGEST_PART), end - 1):
            before = cost[start]
            if before is None or not known(word[start:end]):
                continue
            here = (before[0] + 1, before[1] - (end - start) ** 2)
            if (least := cost[end]) is None or here < least:
                cost[end], begin[end] = here, start
    return _walk_back(word, begin) if cost[-1] is not None else []


def _walk_back(word: str, begin: list[int]) -> list[str]:
    parts, end = [], len(word)
    while end:
        parts.append(word[begin[end] : end])
        end = begin[end]
    return parts[::-1]

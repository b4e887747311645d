"""Known-item search: somebody remembers a few words of a title, and types them badly.

A query is 2 to 5 consecutive words of one title that together stand in no other title; each word of five letters or
more gets one edit (a letter dropped, doubled, swapped with its neighbour, or replaced). With two typos the longest word
gets two edits, and the others none.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from bot.search.text import words

SHORTEST_EDITED, SHORTEST_EDITED_TWICE = 5, 8
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class KnownItem(NamedTuple):
    query: str
    wanted: int


def known_items(titles: Sequence[str], count: int, seed: int = 1, *, typos: int = 1) -> list[KnownItem]:
    """At most `count` queries, each with the number of the one title that it was made from; `typos` is 1 or 2."""
    chance = random.Random(seed)
    title_words = [words(title) for title in titles]
    holding: dict[str, set[int]] = defaultdict(set)
    for number, title in enumerate(title_words):
        for word in title:
            holding[word].add(number)
    found: list[KnownItem] = []
    for number in chance.sample(range(len(title_words)), len(title_words)):
        if len(found) == count:
            break
        piece = _unique_piece(
            title_words[number], holding, chance, SHORTEST_EDITED if typos == 1 else SHORTEST_EDITED_TWICE
        )
        if piece:
            slipped = [edited(word, chance) for word in piece] if typos == 1 else _edited_twice(piece, chance)
            found.append(KnownItem(" ".join(slipped), number))
    return found


def _unique_piece(title: list[str], holding: dict[str, set[int]], chance: random.Random, shortest: int) -> list[str]:
    pieces = [title[a : a + n] for n in (2, 3, 4, 5) for a in range(len(title) - n + 1)]
    chance.shuffle(pieces)
    for piece in pieces:
        long_enough = any(len(word) >= shortest for word in piece)
        if long_enough and len(set.intersection(*(holding[word] for word in piece))) == 1:
            return piece
    return []


def _edited_twice(piece: list[str], chance: random.Random) -> list[str]:
    longest = max(range(len(piece)), key=lambda at: len(piece[at]))
    return [edited(edited(word, chance), chance) if at == longest else word for at, word in enumerate(piece)]


def edited(word: str, chance: random.Random) -> str:
    """The word with one edit, if it has five letters or more."""
    if len(word) < SHORTEST_EDITED:
        return word
    at = chance.randrange(len(word) - 1)
    drop, double = word[:at] + word[at + 1 :], word[: at + 1] + word[at:]
    swap = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    replace = word[:at] + chance.choice(LETTERS) + word[at + 1 :]
    return chance.choice([drop, double, swap, replace])

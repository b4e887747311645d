"""Indexes of any size that look like real ones, the same for the same seed.

Words follow Zipf's law (https://en.wikipedia.org/wiki/Zipf%27s_law) over a vocabulary of pronounceable made-up words
that grows with the square root of the size, as Heaps' law has it. Titles have 2 to 12 words; every sixth is a near
copy of an earlier one ("… part 2", one word changed); some are in other scripts or carry accents.
"""

from __future__ import annotations

import random
from itertools import accumulate

from bot.catalog import Catalog, Resource, Stage

COMMON = "a and for how in is of on or the to with your".split()
KINDS = ("article", "video", "paper", "course", "tool", "book")
SCRIPTS = {
    "cyrillic": "бвгдклмнпрстаеиоу",
    "greek": "βγδκλμνπρσταειου",
    "accented": "bcdfglmnprstáéíóúäöü",
    "han": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年",
}  # fmt: skip


class Words:
    """A vocabulary with Zipf's distribution: the k-th word comes with a weight of 1/k."""

    def __init__(self, size: int, chance: random.Random) -> None:
        made: dict[str, None] = dict.fromkeys(COMMON)
        while len(made) < size:
            made[_word(chance)] = None
        self._words = list(made)
        self._cumulative = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))

    def some(self, count: int, chance: random.Random) -> list[str]:
        return chance.choices(self._words, cum_weights=self._cumulative, k=count)


def _word(chance: random.Random) -> str:
    syllables = chance.choices((1, 2, 3, 4), (1, 4, 4, 2))[0]
    starts = "b br c ch cl d dr f fl g gr h j k kr l m n p pl pr qu r s sh sk sl st str t th tr v w z".split()
    ends = ["", "", "n", "r", "s", "t", "l", "m", "nd", "ng", "ck", "rt", "x"]
    return "".join(chance.choice(starts) + chance.choice("aeiouy") + chance.choice(ends) for _ in range(syllables))


def make_catalog(size: int, seed: int = 1) -> Catalog:
    """An index of `size` resources without topics, as one fresh from Markdown."""
    chance = random.Random(seed)
    words = Words(int(120 * size**0.5) + 50, chance)
    titles: list[str] = []
    for number in range(size):
        titles.append(_title(number, titles, words, chance))
    resources = tuple(
        Resource(
            id=f"r{number}",
            title=title,
            url=f"https://{chance.choice(titles[number % 97].lower().split())}.example/{number}",
            kind=chance.choice(KINDS),
            summary=" ".join(words.some(chance.randint(8, 18), chance)).capitalize() + ".",
        )
        for number, title in enumerate(titles)
    )
    return Catalog(title=f"{size} links", stages=(Stage("all", "All", resources=resources),))


def _title(number: int, earlier: list[str], words: Words, chance: random.Random) -> str:
    if earlier and number % 6 == 5:
        return _near_copy(chance.choice(earlier), words, chance)
    said = words.some(chance.randint(2, 12), chance)
    if number % 25 == 7:
        alphabet = SCRIPTS[chance.choice(sorted(SCRIPTS))]
        said[: len(said) // 2] = ["".join(chance.choices(alphabet, k=chance.randint(2, 8))) for _ in said[::2]]
    return " ".join(said).capitalize()


def _near_copy(title: str, words: Words, chance: random.Random) -> str:
    said = title.split()
    if chance.random() < 0.5:
        return f"{title} part {chance.randint(2, 9)}"[:200]
    said[chance.randrange(len(said))] = words.some(1, chance)[0]
    return " ".join(said)

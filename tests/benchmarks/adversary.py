"""`python -m tests.benchmarks.adversary`: the slowest search, keystroke and message that an attacker can find.

An attacker who knows the list begins with texts that look expensive (repeated words, the commonest words, typos in
many words, words run together, other scripts) and goes on changing the slowest of them. Every input is new to the
index: what it caches of words is thrown away before each. The slowest are timed nine times more, and the least of
these counts, so that what else the machine does is not taken for work. The measure is the median of honest inputs on
the same index in the same run.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from statistics import median
from typing import NamedTuple

from bot.catalog import Catalog
from bot.search import SearchIndex
from tests.benchmarks.generator import make_catalog
from tests.benchmarks.known_item import known_items

HONEST = 400
KEPT = 60
"""Texts of a generation that the next one is made from."""
CONFIRMED = 40
"""The slowest texts that are timed again."""
LENGTHS = {"search": 400, "filtered": 400, "keystroke": 400, "done": 400, "message": 4000}
"""Characters that are made of a text: what each operation reads, and what Discord lets through."""

Operation = Callable[[SearchIndex, str], object]
OPERATIONS: dict[str, Operation] = {
    "search": lambda index, text: index.search(text),
    "filtered": lambda index, text: index.search(text, limit=100),  # what a filter chooses from
    "keystroke": lambda index, text: index.suggest(text),
    "done": lambda index, text: index.complete(text),
    "message": lambda index, text: index.search_message(text),
}


class Found(NamedTuple):
    """The median of honest inputs and the slowest hostile one, in milliseconds."""

    operation: str
    tried: int
    honest: float
    slowest: float
    text: str


class Attacker:
    """Makes texts that may be slow, of the words of a catalog."""

    def __init__(self, catalog: Catalog, chance: random.Random) -> None:
        self._chance = chance
        counts: dict[str, int] = {}
        for resource in catalog:
            for word in f"{resource.title} {resource.summary}".lower().split():
                counts[word] = counts.get(word, 0) + 1
        self._common = [word for word, _ in nlargest(60, counts.items(), key=lambda pair: pair[1])]
        self._words = list(counts)
        self._long = [word for word in counts if len(word) >= 8]
        self._titles = [resource.title for resource in catalog]
        headings = [word for group in catalog.groups for word in group.title.lower().split()]
        kinds = sorted({resource.kind for resource in catalog})
        asking = "how do i start with the best first beginner book video paper about all any of it is what".split()
        self._names = [*headings, *kinds, *(f"{kind}s" for kind in kinds), *asking]

    def text(self, length: int) -> str:
        """A text of one of the kinds that look expensive."""
        simple = (self._repeated, self._commonest, self._mistyped, self._run_together, self._light, self._single)
        make = self._chance.choice((*simple, self._sentences, self._titles_of, self._unfinished, self._letters))
        return make()[: self._chance.choice((length, length, length // 4, 40))]

    def changed(self, text: str, length: int) -> str:
        """A text with some of its words dropped, doubled, swapped, mistyped or taken from another text."""
        parts = text.split(" ")
        for _ in range(self._chance.choice((1, 1, 2, 4, 8))):
            at = self._chance.randrange(len(parts))
            change = self._chance.randrange(6)
            if change == 0 and len(parts) > 1:
                del parts[at]
            elif change == 1:
                parts[at:at] = self.text(60).split(" ")
            elif change == 2:
                parts[at] = self._typo(parts[at])
            elif change == 3:
                parts[at:at] = parts[self._chance.randrange(len(parts)) :][:4]
            elif change == 4:
                parts[at] = self._chance.choice((*self._common[:20], self._chance.choice(self._words)))
            else:
                parts[at] += self._chance.choice(("?", ".", "\n", ",", parts[-1], ""))
        return " ".join(parts)[:length]

    def _some(self, words: Sequence[str], count: int) -> list[str]:
        return self._chance.choices(words, k=count)

    def _repeated(self) -> str:
        return " ".join(self._some(self._some([*self._common, "a", "ﷺ", "的", "ー", "1", "?"], 2), 400))

    def _commonest(self) -> str:
        return " ".join(self._chance.sample(self._common, min(40, len(self._common))))

    def _typo(self, word: str) -> str:
        at = self._chance.randrange(len(word) + 1)
        return self._chance.choice((word[:at] + word[at + 1 :], f"{word[:at]}{chr(97 + at % 26)}{word[at:]}"))

    def _mistyped(self) -> str:
        return " ".join(self._typo(self._typo(word)) for word in self._some(self._long, 60))

    def _run_together(self) -> str:
        return " ".join("".join(self._some(self._words, self._chance.randint(2, 20))) for _ in range(20))

    def _sentences(self) -> str:
        end = self._chance.choice(("? ", ". ", "\n", "; "))
        return end.join(f"how {' '.join(self._some(self._common + self._some(self._words, 60), 6))}" for _ in range(80))

    def _light(self) -> str:
        """Stop words, question words, kinds, levels and headings."""
        return " ".join(self._some(self._names, self._chance.choice((1, 2, 3, 8, 60))))

    def _single(self) -> str:
        """A word or a beginning alone, as a keystroke leaves it."""
        word = self._chance.choice((*self._common, *self._names, self._chance.choice(self._words)))
        return f"{word} {self._chance.choice((*self._common, ''))[: self._chance.randint(0, 3)]}".strip()

    def _titles_of(self) -> str:
        return self._chance.choice(("? ", " ", ", ")).join(self._some(self._titles, 40))

    def _unfinished(self) -> str:
        return " ".join(word[: self._chance.randint(1, 5)] for word in self._some(self._words, 100))

    def _letters(self) -> str:
        alphabet = self._chance.choice(
            ("ab", "aeiou ", "0123456789 ", "的一是不了人", "アイウ ", "ﷺ", "é̂ ", "\u0301a", "-_' ")
        )
        return "".join(self._some(alphabet, 4000))


def honest(catalog: Catalog, operation: str) -> list[str]:
    """What members ask: mistyped parts of titles; the beginnings of them while they type; a chat around them."""
    queries = [item.query for item in known_items([resource.title for resource in catalog], HONEST)]
    if operation in ("keystroke", "done"):
        chance = random.Random(2)
        return [query[: chance.randint(1, len(query))] for query in queries]
    if operation == "message":
        return [
            f"Hi all, I was reading about this last week.\nCan anybody explain {query}? Thanks!" for query in queries
        ]
    return queries


def timed(operation: Operation, index: SearchIndex, text: str) -> float:
    """The milliseconds of a text that the index has not seen."""
    index._parser._cache.clear()
    begun = time.process_time()
    operation(index, text)
    return (time.process_time() - begun) * 1000


def attack(catalog: Catalog, index: SearchIndex, name: str, tries: int, seed: int) -> Found:
    """Look for the slowest input of one operation."""
    operation, length, chance = OPERATIONS[name], LENGTHS[name], random.Random(seed)
    usual = median(timed(operation, index, text) for text in honest(catalog, name))
    attacker, took = Attacker(catalog, chance), dict[str, float]()
    for text in _inputs(attacker, chance, took, length, tries):
        took[text] = timed(operation, index, text)
    slowest = nlargest(CONFIRMED, took, key=took.__getitem__)
    confirmed = {text: min(timed(operation, index, text) for _ in range(9)) for text in slowest}
    text = max(confirmed, key=confirmed.__getitem__)
    return Found(name, len(took), usual, confirmed[text], text)


def _inputs(
    attacker: Attacker, chance: random.Random, took: dict[str, float], length: int, tries: int
) -> Iterator[str]:
    """A third of the texts are new, the others changed from the slowest so far; `took` grows between them."""
    best: list[str] = []
    while len(took) < tries:
        if len(took) % (4 * KEPT) == 0:
            best = nlargest(KEPT, took, key=took.__getitem__)
        fresh = len(took) < tries / 3 or not best
        text = attacker.text(length) if fresh else attacker.changed(chance.choice(best), length)
        if text not in took:
            yield text
        else:
            yield f"{text} {len(took)}"[-length:]


def main() -> None:
    """Attack every operation and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=12_000, help="resources of the list")
    parser.add_argument("--inputs", type=int, default=24_000, help="texts that are tried, all operations together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=OPERATIONS, nargs="*", default=list(OPERATIONS), help="operations to attack")
    given = parser.parse_args()
    catalog = make_catalog(given.size)
    index = SearchIndex(catalog)
    gc.collect()
    gc.freeze()  # as the bot does when it starts
    for name in given.only:
        found = attack(catalog, index, name, given.inputs // len(given.only), given.seed)
        ratio = found.slowest / found.honest
        print(
            f"{name}: {found.tried:,} texts; honest median {found.honest:.2f} ms, slowest {found.slowest:.2f} ms",
            end="",
        )
        print(f" ({ratio:.1f} times), {found.text[:120]!r}", flush=True)


if __name__ == "__main__":
    main()

"""`python -m tests.benchmarks.general_words FOLDER`: makes bot/search/words/en-general.txt out of WordNet 3.0.

How much an English word tells of a topic, from two things that WordNet's database files hold: how often the word is
used (in its 1.5 million words of definitions and examples, and in the texts that its senses were counted in) and how
often it is a noun there. Nouns name things, so that even a common one tells something; a verb, adjective or adverb
mostly says how somebody asks.

    telling = share as a noun * NOUN * rarity + (1 - share) * rarity ** OTHER,   rounded down to one of ten bands

FOLDER is that of the database files; Debian's package wordnet-base has them in /usr/share/wordnet. WordNet may be used,
changed and passed on for any purpose as long as its notice goes along, which is therefore at the head of the table.
"""

from __future__ import annotations

import math
import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.search.text import base_forms

TABLE = Path(__file__).parents[2] / "bot" / "search" / "words" / "en-general.txt"
COMMON, RARE = 20_000, 10
"""Uses at which a word tells nothing, and at which it tells all that its kind of word can."""
NOUN, OTHER, MOST = 1.5, 3, 0.99
"""How fast nouns (a factor), and verbs, adjectives and adverbs (an exponent), come to tell more with their rarity; and
what any of them tells at most."""
FEWEST = {"noun": 8, "other": 5}
"""Uses from which a word is in the table; the rarer ones tell all."""
KINDS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}
ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("er", ""),
           ("er", "e"), ("est", ""), ("est", "e"))  # fmt: skip
HEAD = """\
# General English words in bands of how much they tell of a topic: those after 0 tell next to nothing, those after 9
# nine tenths of what a word tells that is not here. Regular forms of the words are left out.
# Made by tests/benchmarks/general_words.py out of WordNet 3.0.
#
# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.
# Permission to use, copy, modify and distribute this software and database and its documentation for any purpose and
# without fee or royalty is hereby granted, provided that you agree to comply with the following copyright notice and
# statements, including the disclaimer, and that the same appear on ALL copies of the software, database and
# documentation, including modifications that you make for internal use or for distribution.
# THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES,
# EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES
# OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR
# DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.
"""


class WordNet:
    """How often words are used in WordNet, and as what."""

    def __init__(self, folder: Path) -> None:
        self.uses = _uses_in_glosses(folder)
        self._counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._senses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._irregular: dict[str, str] = {}
        for line in _lines(folder / "cntlist.rev"):
            sense, _, count = line.split()
            lemma, key = sense.split("%")
            self._counted[lemma][KINDS[key[0]]] += int(count)
        for kind in ("noun", "verb", "adj", "adv"):
            for line in _lines(folder / f"index.{kind}"):
                lemma, _, senses = line.split()[:3]
                self._senses[lemma][kind] += int(senses)
        for kind in ("noun", "verb", "adj"):
            for line in _lines(folder / f"{kind}.exc"):
                form, lemma = line.split()[:2]
                self._irregular.setdefault(form, lemma)

    def telling(self, word: str) -> float:
        """How much a word tells, from 0 to 1."""
        counted, senses = Counter[str](), Counter[str]()
        for lemma in set(self._lemmas(word)):
            counted += self._counted[lemma]
            senses += self._senses[lemma]
        if not senses:
            return 1.0
        noun = (counted["noun"] + senses["noun"] / senses.total()) / (counted.total() + 1)
        uses = self.uses[word] + counted.total()
        if uses < (FEWEST["noun"] if noun > 0.5 else FEWEST["other"]):
            return 1.0
        rarity = min(1.0, math.log(COMMON / max(uses, 1)) / math.log(COMMON / RARE))
        return max(0.0, min(MOST, NOUN * rarity) * noun + min(MOST, rarity**OTHER) * (1 - noun))

    def _lemmas(self, word: str) -> Iterator[str]:
        if word in self._senses:
            yield word
            if word.endswith(("er", "est")):  # a computer is no more than a computer
                return
        if word in self._irregular:
            yield self._irregular[word]
        for ending, instead in ENDINGS:
            start = word.removesuffix(ending)
            if start == word or len(start) < 3:
                continue
            yield from (
                one
                for one in (start + instead, start[:-1] if start[-1:] == start[-2:-1] else "")
                if one in self._senses and len(one) > 2
            )


def _lines(path: Path) -> Iterator[str]:
    """The lines of a database file after its licence, which is indented."""
    with path.open(encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith(" "))


def _uses_in_glosses(folder: Path) -> Counter[str]:
    uses: Counter[str] = Counter()
    for kind in ("noun", "verb", "adj", "adv"):
        for line in _lines(folder / f"data.{kind}"):
            uses.update(re.findall(r"[a-z]+", line.partition("|")[2].lower()))
    return uses


def _drop_regular_forms(bands: defaultdict[int, list[str]]) -> None:
    """Leave out the forms that `Language.specificity` finds by their base form, in the same band or the next."""
    band_of = {word: band for band, words in bands.items() for word in words}
    for word, band in band_of.items():
        base = next((one for one in base_forms(word) if one in band_of), None)
        if base is not None and abs(band_of[base] - band) <= 1:
            bands[band].remove(word)


def main() -> None:
    wordnet = WordNet(Path(sys.argv[1]))
    bands: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted(wordnet.uses):
        if len(word) > 2 and (told := wordnet.telling(word)) < 1:
            bands[int(told * 10)].append(word)
    _drop_regular_forms(bands)
    blocks = (textwrap.fill(f"{band} {' '.join(bands[band])}", 118) for band in sorted(bands))
    TABLE.write_text(HEAD + "\n" + "\n".join(blocks) + "\n", encoding="utf-8")
    print(f"{sum(map(len, bands.values()))} words")


if __name__ == "__main__":
    main()

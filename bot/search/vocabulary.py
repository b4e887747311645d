"""Every word of an index, and the candidates for what a typed word may stand for.

    typed word ──> known ────────────────────> itself                          exact
               ──> same term as a known one ─> that term                       stem
               ──> one edit from known ones ─> those                           typo
               ──> beginning of known ones ──> those                           prefix
               ──> known ones run together ──> their terms, one after another  joined
               ──> two edits from known ones > those                           typo
               ──> same root as a known one ─> that term                       derived

The first line that finds something answers; a typo and a prefix are looked for together, since a word that is still
being typed looks like either.

One edit away is found through deletions, as in SymSpell (https://github.com/wolfgarbe/SymSpell): two words one edit
apart become equal when at most one letter is taken from each, so a handful of dictionary look-ups find every
candidate, however large the vocabulary.

    attention ── delete one letter of the first seven ──> ttentio, atentio, attntio, …
    atention  ── the same ──────────────────────────────> atentio: a candidate; RapidFuzz measures it

Two edits are looked for by RapidFuzz among the words with the same first letter and about the same length, and only
when nothing nearer was found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.text import Stem

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
        # The words of each key in one text: most have one word, and a list around it would take twice the memory.
        self._by_deletion: dict[str, str] = {}
        self._by_start: dict[tuple[str, int], list[str]] = {}
        for word in words:
            if _correctable(word):
                self._add(word)

    def _add(self, word: str) -> None:
        for key in _deletions(word):
            others = self._by_deletion.get(key)
            self._by_deletion[key] = word if others is None else f"{others} {word}"
        if len(word) >= TWO_EDITS_FROM - 2:
            self._by_start.setdefault((word[0], len(word)), []).append(word)

    def one_edit(self, word: str) -> list[str]:
        """The words exactly one edit away, in alphabetical order."""
        if not _correctable(word):
            return []
        found = {near for key in _deletions(word) for near in self._by_deletion.get(key, "").split()}
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


STEM = 0.97
"""Score of another form of the word. At 1 "batches" could beat "batching" for who typed "batching"."""
ROOT = 0.8
"""Score of a word derived from the same root. At 1 a ripper would be ripping; at 0 nobody can ask to convert a file."""
COMPOUND = 0.8
"""Score of a compound that the word is a part of."""
INFLECTION, SHORTEST_INFLECTED, LONGEST_INFLECTION = 0.75, 5, 3
"""Score of a word that differs in its last letters alone, how many must be alike, and how many may differ."""
ONE_EDIT = 0.9
"""Score of a word one edit away. At 1 a typo could beat the word itself; at 0.5 two typos find nothing."""
TWO_EDITS = 0.8
"""Score of a word two edits away."""
PREFIX = 0.85
"""Score of a prefix match of which hardly a letter was typed; rises linearly to 1 with the share of letters typed."""
SHORTEST_PREFIX = 4
"""Letters that make a prefix worth completing. At 2 "at" means attention; at 6 "quant" means nothing."""
MOST_CANDIDATES = 12
"""Most candidates for one typed word: in a large index "trans" begins hundreds of words."""

LONG_OTHER = 8
"""Letters of the shortest word of a summary that a typo is read as. At 4 every "tost" is some "test", at 6 a charger
is some "charge"."""
SHORTEST_OTHER_PART = 3
"""Letters of the shortest word of a summary that may be a part of words run together. At 2 "is" and "to" would be."""

_DERIVED = re.compile(r"(?<=[a-z]{3})(?:er|or|ion|ment|ist|ic|al|anc|enc|abl|iv|[ei]an|(?<=os)it)$")


class Candidate(NamedTuple):
    """A term that a typed word may stand for: its score (0 to 1), how it was found, and the word behind the term."""

    term: str
    score: float
    how: str
    word: str


class Vocabulary:
    """The words of an index.

    `names` are those that people name things by: they are corrected and completed. `others` are the words of summaries:
    a typo is read as one of them only if it is near no name. It is never read as a stop word. `compounding` says that
    the language writes compounds as one word.
    """

    def __init__(
        self,
        stem: Stem,
        stop_words: Collection[str],
        names: Iterable[str],
        others: Iterable[str],
        *,
        compounding: bool = False,
    ) -> None:
        self._stem = stem
        self._names = set(names)
        self._terms = {word: stem(word) for word in self._names.union(others)}
        self._words: dict[str, str] = {}
        for word in sorted(self._names, key=lambda word: (len(word), word)) + sorted(self._terms.keys() - self._names):
            self._words.setdefault(self._terms[word], word)
        self._by_root: dict[str, list[str]] = {}
        for term in self._words:
            if term.isascii():
                self._by_root.setdefault(root(term), []).append(term)
        self._sorted = sorted(self._names)
        self._compounding = compounding
        self._sorted_terms = sorted(self._words)
        self._reversed_terms = sorted(term[::-1] for term in self._words) if compounding else []
        # A typo is never read as a word that says nothing: "form" is not "from".
        self._spelling = Spelling(self._names.difference(stop_words))
        self._others_spelling = Spelling(word for word in self._terms.keys() - self._names if len(word) >= LONG_OTHER)

    def is_name(self, word: str) -> bool:
        """Whether people name something by this word, and it is not only in a summary."""
        return word in self._names

    def known(self, word: str) -> Candidate | None:
        """The candidate for a word that the index has, in this or another form; None for other words."""
        term = self._terms.get(word)
        if term is not None:
            return Candidate(term, 1.0, "exact", word)
        term = self._stem(word)
        known = self._words.get(term)
        return Candidate(term, STEM, "stem", known) if known is not None else None

    def joined(self, word: str) -> Candidate | None:
        """The candidate for neighbours written as one word, or for the singular of that: "note" and "books"."""
        known = word if word in self._terms else word.removesuffix("s")
        return Candidate(self._terms[known], STEM, "joined", known) if known in self._terms else None

    def derived(self, word: str) -> list[Candidate]:
        """The candidates of the same root as a word: "converter" for "convert", "ripping" for "ripper"."""
        term = self._stem(word)
        others = self._by_root.get(root(term), ())
        return [Candidate(one, ROOT, "derived", self._words[one]) for one in others if one != term][:MOST_CANDIDATES]

    def near(self, word: str) -> list[Candidate]:
        """The candidates for a word that is mistyped or unfinished, best first; empty for noise."""
        found = self.typos(word) + self._completed(word)
        return _best_of_each(
            found
            or self._typos_in_others(word)
            or self._two_edits(word, self._spelling)
            or self._two_edits(word, self._others_spelling)
        )

    def split(self, word: str) -> list[Candidate]:
        """The words that were run together in a word, in order; empty if it is no such word."""
        parts = (self.known(part) for part in split(word, self._is_part))
        return [Candidate(part.term, STEM, "joined", part.word) for part in parts if part]

    def completions(self, prefix: str, limit: int) -> list[str]:
        """At most `limit` words that begin with a prefix, in alphabetical order."""
        first = bisect_left(self._sorted, prefix)
        chosen = self._sorted[first : first + limit]
        return [word for word in chosen if word.startswith(prefix)]

    def typos(self, word: str) -> list[Candidate]:
        """The words one edit away from a word, which may itself be known; at most MOST_CANDIDATES."""
        near = self._spelling.one_edit(word)[:MOST_CANDIDATES]
        return [Candidate(self._terms[one], ONE_EDIT, "typo", one) for one in near]

    def compounds(self, word: str) -> list[Candidate]:
        """The candidates that a word is the first or the last part of: "Gemüsesuppe" for "Suppen"."""
        if not self._compounding or len(term := self._stem(word)) < SHORTEST_PREFIX:
            return []
        longer = _starting_with(self._sorted_terms, term)
        longer += [one[::-1] for one in _starting_with(self._reversed_terms, term[::-1])]
        return [Candidate(one, COMPOUND, "joined", self._words[one]) for one in longer if one != term]

    def inflections(self, word: str) -> list[Candidate]:
        """The candidates that differ from a word in their last letters alone: "protègent" for "protéger"."""
        start = word[: max(SHORTEST_INFLECTED, len(word) - LONGEST_INFLECTION)]
        if len(start) < SHORTEST_INFLECTED:
            return []
        found = [
            one for one in _starting_with(self._sorted_terms, start) if len(one) - len(start) <= LONGEST_INFLECTION
        ]
        return [Candidate(one, INFLECTION, "stem", self._words[one]) for one in found]

    def _is_part(self, word: str) -> bool:
        if word in self._names or (len(word) >= SHORTEST_OTHER_PART and word in self._terms):
            return True
        return self._compounding and len(word) >= SHORTEST_PREFIX and self._stem(word) in self._words

    def _typos_in_others(self, word: str) -> list[Candidate]:
        return [Candidate(self._terms[one], ONE_EDIT, "typo", one) for one in self._others_spelling.one_edit(word)]

    def _completed(self, word: str) -> list[Candidate]:
        if len(word) < SHORTEST_PREFIX:
            return []
        longer = self.completions(word, MOST_CANDIDATES)
        return [
            Candidate(self._terms[one], PREFIX + (1 - PREFIX) * len(word) / len(one), "prefix", one) for one in longer
        ]

    def _two_edits(self, word: str, spelling: Spelling) -> list[Candidate]:
        return [Candidate(self._terms[near], TWO_EDITS, "typo", near) for near in spelling.two_edits(word)]


def _starting_with(listed: Sequence[str], start: str) -> list[str]:
    first = bisect_left(listed, start)
    return [one for one in listed[first : first + MOST_CANDIDATES] if one.startswith(start)]


def root(term: str) -> str:
    """An English term without the endings that make another word of it: "convert" for "converter"."""
    start = _DERIVED.sub("", term)
    return start[:-1] if len(start) > 3 and start[-1] == start[-2] and start[-1] not in "ls" else start


def _best_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best candidate of each term, best first."""
    if len(candidates) < 2:
        return list(candidates)
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: (-one.score, len(one.word), one.word)):
        best.setdefault(candidate.term, candidate)
    return list(best.values())[:MOST_CANDIDATES]

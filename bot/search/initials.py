"""Initials for names: "OSTEP" for "Operating Systems: Three Easy Pieces", "ODE" for a run inside a title.

The initials of all names stand in one string, one name after another, so that finding a run of them is one search for
a substring, however many names there are. Each name is there with and without its stop words ("IoT" has them).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bot.search.phrases import Label
from bot.search.text import fold

WHOLE = 0.9
"""Score of initials that are those of a whole name. Under 1: other names may have the same."""
INSIDE = 0.75
"""Score of initials of a run of words inside a name."""
SHORTEST, SHORTEST_INSIDE, LONGEST = 2, 3, 6
"""Letters of initials, of those of a run inside a name, and at most. At 2 "in" would be a run inside every list."""
SUMMARY = 0.7
"""What initials of words in a summary are worth beside those in a title."""
MOST_MATCHES = 200
"""Runs that are looked at for one word."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_BETWEEN = "\n"


class Initials:
    """The initials of a list's titles, and of other names with what they stand for."""

    def __init__(
        self,
        titles: Sequence[str],
        summaries: Sequence[str],
        names: Sequence[tuple[str, Label]],
        stop_words: Collection[str],
    ) -> None:
        self._titles = titles
        self._summaries = summaries
        self._names = names
        self._stop_words = stop_words
        self._starts: list[int] = []
        self._numbers: list[int] = []
        pieces: list[str] = []
        length = len(_BETWEEN)
        for number, text in enumerate((*titles, *summaries, *(name for name, _ in names))):
            for piece in {"".join(word[0] for word in spelling) for spelling in self._spellings(text)}:
                if len(piece) < SHORTEST:
                    continue
                self._starts.append(length)
                self._numbers.append(number)
                pieces.append(piece)
                length += len(piece) + len(_BETWEEN)
        self._all = _BETWEEN + _BETWEEN.join(pieces) + _BETWEEN

    def matches(self, word: str) -> list[tuple[Label, float, str]]:
        """What a word may be the initials of: what that stands for, the score, and the name or the run of words.

        Whole names if there are any; else the run of words that most names have.
        """
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return []
        whole = [
            (self._label(number), WHOLE, self._text(number))
            for number in self._holding(f"{_BETWEEN}{word}{_BETWEEN}")
            if not self._is_summary(number)
        ]
        return whole or self._inside(word)

    def _inside(self, word: str) -> list[tuple[Label, float, str]]:
        if len(word) < SHORTEST_INSIDE:
            return []
        found = [(number, run) for number in self._holding(word) if (run := self._run(number, word))]
        counts = Counter(run for _, run in found)
        best = max(counts.values(), default=0)
        return [
            (self._label(number), INSIDE, run)
            for number, run in found
            if counts[run] == best and (best > 1 or self._begins(number, run))
        ]

    def _begins(self, number: int, run: str) -> bool:
        """Whether a name, and no summary, begins with a run of words."""
        spellings = (" ".join(spelling) for spelling in self._spellings(self._text(number)))
        return not self._is_summary(number) and any(spelling.startswith(run) for spelling in spellings)

    def _is_summary(self, number: int) -> bool:
        return len(self._titles) <= number < 2 * len(self._titles)

    def _holding(self, initials: str) -> list[int]:
        """The numbers of names whose initials hold these letters in one run."""
        found: dict[int, None] = {}
        at = self._all.find(initials)
        while at >= 0 and len(found) < MOST_MATCHES:
            place = bisect_right(self._starts, at + initials.count(_BETWEEN, 0, 1)) - 1
            found[self._numbers[place]] = None
            at = self._all.find(initials, at + 1)
        return list(found)

    def _label(self, number: int) -> Label:
        titles = len(self._titles)
        if number < titles:
            return Label({number: 1.0}, "title")
        return (
            Label({number - titles: SUMMARY}, "summary") if number < 2 * titles else self._names[number - 2 * titles][1]
        )

    def _text(self, number: int) -> str:
        titles = len(self._titles)
        if number < titles:
            return self._titles[number]
        return self._summaries[number - titles] if number < 2 * titles else self._names[number - 2 * titles][0]

    def _run(self, number: int, word: str) -> str:
        """The words of a name whose initials these are, folded; empty if there are none."""
        for spelling in self._spellings(self._text(number)):
            at = "".join(part[0] for part in spelling).find(word)
            if at >= 0:
                return " ".join(spelling[at : at + len(word)])
        return ""

    def _spellings(self, text: str) -> Iterator[list[str]]:
        """The words of a name that count for its initials: all, without stop words, and those before a colon alike."""
        for part in {text, text.partition(":")[0]}:
            every = list(filter(None, map(fold, _WORD.findall(part))))
            yield every
            telling = [word for word in every if word not in self._stop_words]
            if len(telling) > SHORTEST:  # "learn how to use llms" is no LL
                yield telling

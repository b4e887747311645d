"""How people ask, language by language: stop words, words of asking, and how much the others tell.

The folder `words` has a file for each language, in sections:

    [stop]     words that carry no topic
    [asking]   words of asking for something to learn from; they help to find a title that has them, nothing else
    [start]    words of asking where to begin
    [introductory]   words by which a title says that it is for the beginning
    [beginner] [intermediate] [advanced]   words for a level
    [question] words that make a question or a request
    [thanks]   words after which nothing is asked for
    [size]     "short", "long": nothing in a catalog tells, and they are never corrected
    [kind]     a line for each kind: its English name, then the words for it

`en-general.txt` has the general words of English in bands; see there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from itertools import islice

from bot.search.text import fold, is_unspaced, words

_FOLDER = resources.files("bot.search").joinpath("words")
LATIN = ("en", "de", "es", "fr")
"""Languages with a file whose letters are Latin: only those of the list itself and of English are read as such, since
one language's stop word is another's topic ("die", "MIT")."""
OTHER_SCRIPTS = ("ru", "zh", "ja")
"""Languages that are told by their script, and therefore always read."""
LEVELS = ("beginner", "intermediate", "advanced")
_HIRAGANA = re.compile("[\u3041-\u309f]")
_ENDINGS = (("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
DETECTED_TEXTS = 500
"""Texts that a language is told by: more of them tell nothing more."""
DETECTED_SHARE = 0.08
"""The share of a list's words that must be stop words of one language only. At 0 a single "des" makes a list French."""


class Language:
    """The words of asking in a list of one language, folded."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.stop = frozenset[str]()
        self.asking = frozenset[str]()
        self.start = frozenset[str]()
        self.introductory = frozenset[str]()
        self.question = frozenset[str]()
        self.thanks = frozenset[str]()
        self.size = frozenset[str]()
        self.levels: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        for one in dict.fromkeys(("en", *(other for other in LATIN if other == code), *OTHER_SCRIPTS)):
            self._add(_sections(one))

    def _add(self, sections: Mapping[str, list[str]]) -> None:
        for name in ("stop", "asking", "start", "introductory", "question", "thanks", "size"):
            found = getattr(self, name).union(*map(_folded, sections.get(name, ())))
            setattr(self, name, found)
        for level in LEVELS:
            for line in sections.get(level, ()):
                self.levels.update(dict.fromkeys(_folded(line), level))
        for line in sections.get("kind", ()):
            kind, *names = _folded(line)
            self._kinds.update(dict.fromkeys(names, kind))

    @cached_property
    def light(self) -> frozenset[str]:
        """All words that say how somebody asks, not what for."""
        return self.stop | self.asking | self.start | self.question | self.thanks | self.size | self.levels.keys()

    @cached_property
    def beginning(self) -> frozenset[str]:
        """The words of asking where to begin, those for the first level too."""
        return self.start.union(word for word, level in self.levels.items() if level == LEVELS[0])

    def kind(self, word: str) -> str:
        """The English word for the kind that a word of another language names; the word itself if it names none."""
        return self._kinds.get(word, word)

    def telling(self, word: str) -> float:
        """How much a word tells of a topic by its rarity in the language, 0 to 1: "actually" 0.2, "dog" 0.8.

        1 for what is no general word, and in a list whose language is not English.
        """
        if self.code in LATIN and self.code != "en":
            return 1.0
        general = _general()
        value = general.get(word)
        if value is not None or word[-1] not in "sdg":  # where the endings of base_forms end
            return 1.0 if value is None else value
        return next((general[base] for base in base_forms(word) if base in general), 1.0)

    def cut(self, text: str) -> list[str]:
        """A folded text, cut before and after the words of asking that are written without spaces in it."""
        return [text] if text.isascii() else [piece for piece in self._cuts.split(text) if piece]

    @cached_property
    def _cuts(self) -> re.Pattern[str]:
        words = {*self.stop, *self._kinds, *(word for word in self.light if _HIRAGANA.search(word))}
        unspaced = {word for word in words if is_unspaced(word) and not (len(word) == 1 and _HIRAGANA.search(word))}
        return re.compile(f"({'|'.join(sorted(map(re.escape, unspaced), key=len, reverse=True))})")


@lru_cache
def language(code: str) -> Language:
    """The words of asking for lists in this language (ISO 639-1): its own, English, and those told by their script."""
    return Language(code)


def detect(texts: Iterable[str]) -> str:
    """The language that most of some texts seem to be in, among those with Latin letters; English if in doubt."""
    found = [word for text in islice(texts, DETECTED_TEXTS) for word in words(text)]
    own = {code: _only_in(code) for code in LATIN}
    shares = {code: sum(word in stop for word in found) / (len(found) or 1) for code, stop in own.items()}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= DETECTED_SHARE and shares[best] > 2 * shares["en"] else "en"


@lru_cache
def _only_in(code: str) -> frozenset[str]:
    """The stop words that this language alone has."""
    return _stop(code).difference(*(_stop(other) for other in LATIN if other != code))


@lru_cache
def _stop(code: str) -> frozenset[str]:
    return frozenset().union(*map(_folded, _sections(code)["stop"]))


def base_forms(word: str) -> Iterator[str]:
    """What a regular form of an English word may come from: "tried" from "tri", "trie" or "try"."""
    for ending, instead in _ENDINGS:
        start = word.removesuffix(ending)
        if start != word and len(start) > 2:
            yield start + instead
            if start[-1] == start[-2]:
                yield start[:-1]


@lru_cache
def _general() -> dict[str, float]:
    """The general words of English, each with how much it tells."""
    found: dict[str, float] = {}
    for line in _lines("en-general"):
        for word in line.split():
            if word.isdigit():
                band = (int(word) + 0.5) / 10
            else:
                found[word] = band
    return found


def _folded(line: str) -> list[str]:
    return [fold(word) for word in line.split()]


@lru_cache
def _sections(code: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _lines(code):
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        else:
            section.append(line)
    return found


def _lines(name: str) -> list[str]:
    text = _FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]

"""Text into words, words into terms, and what the words of a language say.

    text ──> words         case, accents (of Latin letters), widths and apostrophes are ignored
    word ──> term          endings are cut, British spelling becomes American: a key to compare by, no word
    word ──> specificity   how much it says of a topic, by its rarity in the language

Scripts written without spaces become overlapping pairs of characters, the usual stand-in for words there
(https://en.wikipedia.org/wiki/N-gram), except Katakana: a run of it is one word, as foreign words are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import resources
from itertools import islice
from string import ascii_lowercase

import Stemmer  # type: ignore[import-not-found]  # it has no stubs

_APOSTROPHE = re.compile(r"['’ʼ`´](?<=\w.)(?=\w)")
_SIGNED = ((re.compile(r"(?<![^\W_])c\+\+"), "cplusplus"), (re.compile(r"(?<![^\W_])([cf])#"), r"\1sharp"))
_HAN = "々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a0-\u30ff"
_INDIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese, Khmer."""
_PAIRED = f"{_HAN}{_HIRAGANA}{_INDIC}"
_RUN = re.compile(rf"[{_HAN}]+|[{_HIRAGANA}]+|[{_KATAKANA}]+|[{_INDIC}]+|[^\W_{_PAIRED}{_KATAKANA}]+")
_PAIRED_RUN = re.compile(rf"[{_PAIRED}]+")
_NOT_DECOMPOSED = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
_MARK = re.compile(r"[\u0300-\u0305\u0307-\u036f]|\u0306(?<![иИ]\u0306)")
"""A combining accent; that of й stays, since и is another letter."""

LANGUAGES = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""The languages whose endings are cut, by their ISO 639-1 codes, with the names of Snowball's algorithms for them."""
CACHE_SIZE = 1 << 16
"""Words whose terms are cached: those of one index and then some. At 0 every query stems its words anew."""
MOST_UNFOLDED = 100
"""Letters that a text may gain by being folded, such as "1/2" for "½"."""
_SHORTEST_BRITISH = 5
"""Letters of the shortest word that has a British form: at 4, "wise" and "rise" would be rewritten for nothing."""
_BRITISH = (
    (re.compile(r"is(ations?|e|ed|es|er|ers|ing)$"), r"iz\1"),
    (re.compile(r"ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"lysis$"), "lyze"),
    (re.compile(r"our(s|ed|ing|al|ally|ful)?$"), r"or\1"),
    (re.compile(r"([aeiou])ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"logue(s?)$"), r"log\1"),
    (re.compile(r"([bt])re(s?)$"), r"\1er\2"),
)

Stem = Callable[[str], str]


def fold(text: str) -> str:
    """The text in lower case, without accents, in one width and in simplified Chinese: "Ｃafé" becomes "cafe"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    composed = unicodedata.normalize("NFKC", _MARK.sub("", decomposed)).casefold()
    pattern, forms = _other_forms()
    # One ligature may become eighteen letters; a text of them gets no longer than any other.
    return pattern.sub(lambda letter: forms[letter[0]], composed[: len(text) + MOST_UNFOLDED])


@lru_cache
def _other_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Letters that are written otherwise but have no accent to drop; traditional Chinese is read as simplified."""
    text = resources.files("bot.search").joinpath("words/zh-simplified.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    forms = {pair[0]: pair[1] for line in lines for pair in line.split()} | _NOT_DECOMPOSED
    return re.compile(f"[{re.escape(''.join(forms))}]"), forms


def words(text: str) -> list[str]:
    """The words of a text in order, folded; digits stay with the letters they touch ("gpt3", "23x")."""
    found = runs(text)
    if text.isascii() or all(map(str.isascii, found)):
        return found
    return [word for run in found for word in (pairs(run) if is_unspaced(run) else [run])]


def runs(text: str) -> list[str]:
    """The words of a text before what is written without spaces is cut into pairs."""
    folded = _APOSTROPHE.sub("", fold(text))
    if "+" in folded or "#" in folded:
        for sign, name in _SIGNED:
            folded = sign.sub(name, folded)
    return _RUN.findall(folded)


def is_unspaced(run: str) -> bool:
    """Whether a run is of a script whose runs are cut into pairs."""
    return not run.isascii() and _PAIRED_RUN.fullmatch(run) is not None


def pairs(run: str) -> list[str]:
    """The overlapping pairs of characters of a run; a single character stays as it is."""
    return [run[index : index + 2] for index in range(max(1, len(run) - 1))]


@lru_cache
def stemmer(language: str = "en") -> Stem:
    """The function from a folded word to its term, for a list in this language (ISO 639-1; English if unknown).

    Latin words are stemmed as words of that language, Cyrillic ones as Russian; numbers and words of other scripts
    come back unchanged. A wrong but even-handed rule does no harm: both sides of a comparison go through it.
    """
    is_foreign = language in LANGUAGES and language not in ("en", "ru")
    foreign, russian = (Stemmer.Stemmer(one).stemWord for one in (LANGUAGES.get(language, "english"), "russian"))

    @lru_cache(maxsize=CACHE_SIZE)
    def stem(word: str) -> str:
        if word.isascii():
            return (fold(foreign(word)) if is_foreign else _english(word)) if word.isalpha() else word
        return str(russian(word)) if "\u0400" <= word[0] <= "\u04ff" else word

    return stem


_ENGLISH = Stemmer.Stemmer("english")


def _english(word: str) -> str:
    """Porter's second stemmer, after British endings were written the American way: "quantised" becomes "quantiz".

    See https://snowballstem.org/algorithms/english/stemmer.html.
    """
    if len(word) >= _SHORTEST_BRITISH:
        for ending, american in _BRITISH:
            word = ending.sub(american, word)
    key: str = _ENGLISH.stemWord(word)
    # Porter leaves the plural of an abbreviation alone, since it has no vowel: "llms", "gpus".
    if key == word and len(word) >= 4 and word[-1] == "s" and (word[-2] not in "sui" or word.endswith("pus")):
        return word[:-1]
    return key


# What the words of a language say.

_FOLDER = resources.files("bot.search").joinpath("words")
LATIN = ("en", "de", "es", "fr")
"""Languages with a file whose letters are Latin: only those of the list itself and of English are read as such, since
one language's stop word is another's topic ("die", "MIT")."""
OTHER_SCRIPTS = ("ru", "zh", "ja")
"""Languages known by their script, and therefore always read."""
LEVELS = ("beginner", "intermediate", "advanced")
_HIRAGANA_LETTER = re.compile(f"[{_HIRAGANA}]")
_ENDINGS = (("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
_DETECTED_TEXTS, _DETECTED_SHARE = 500, 0.08
"""Texts that a language is detected from, and the share of their words that must be stop words of it alone."""
HIRAGANA_SPECIFICITY = 0.2
"""A pair of Hiragana writes an ending or a particle, and seldom a topic."""


class Language:
    """The question words of a list in one language (ISO 639-1), folded.

    The folder `words` has a file for each language, in sections:

        [stop]           words that carry no topic
        [asking]         question words: they help to find a title that has them
        [start]          words for asking where to begin
        [beginner] [intermediate] [advanced]   words for a level
        [question]       words that make a question or a request
        [thanks]         closing words: a text with one is not a question
        [size]           "short", "long": no catalog says so, and they are never corrected
        [kind]           a line for each kind: its English name, then the words for it

    `en-general.txt` has the general words of English in bands; see there.
    """

    def __init__(self, code: str) -> None:
        self._general = _general() if code not in LATIN or code == "en" else {}
        sections: dict[str, frozenset[str]] = {}
        for one in dict.fromkeys(("en", code if code in LATIN else "en", *OTHER_SCRIPTS)):
            sections |= {name: sections.get(name, frozenset()) | found for name, found in _sections(one).items()}
        self.stop, self.question, self.thanks = sections["stop"], sections["question"], sections["thanks"]
        self.levels = {word: level for level in LEVELS for word in sections[level]}
        # The English word for the kind that a word of another language names.
        self.kinds = {word: kind for names in sorted(sections["kind"]) for kind, word in [names.split()]}
        self.start = sections["start"] | sections["beginner"]
        self.soft = self.start.union(self.levels, *(sections[one] for one in ("asking", "question", "thanks", "size")))
        """Words that say how somebody asks, not what for; they are no stop words."""
        unspaced = {word for word in (*self.stop, *self.soft, *self.kinds) if is_unspaced(word)}
        apart = sorted((word for word in unspaced if len(word) > 1 or not _HIRAGANA_LETTER.match(word)), key=len)
        self._cuts = re.compile(f"({'|'.join(map(re.escape, reversed(apart)))})")

    def is_foreign_start(self, found: Iterable[str]) -> bool:
        """Whether some folded words ask where to begin in another language, and for nothing in particular."""
        asked = frozenset(found)
        return any(asked & one["start"] and asked <= frozenset().union(*one.values()) for one in map(_sections, LATIN))

    def specificity(self, word: str) -> float:
        """How much a word says of a topic by its rarity in the language, 0 to 1: "actually" 0.2, "dog" 0.8.

        1 for what is no general word, and in a list whose language is not English.
        """
        if not word.isascii():
            return HIRAGANA_SPECIFICITY if all(map(_HIRAGANA_LETTER.match, word)) else 1.0
        bases = base_forms(word) if word[-1] in "sdg" else ()  # where the endings of base_forms end
        return next((self._general[one] for one in (word, *bases) if one in self._general), 1.0)

    def specificity_of_typo(self, word: str) -> float:
        """The least specificity of a general word that is one edit away from a word; 1 if there is none."""
        return min([self._general[near] for near in _one_edit(word) if near in self._general], default=1.0)

    def cut(self, text: str) -> list[str]:
        """A folded text, cut before and after the stop and question words that are written without spaces in it."""
        return [text] if text.isascii() else [piece for piece in self._cuts.split(text) if piece]


language = lru_cache(Language)
"""The words of lists in a language: its own, English ones, and those known by their script."""


def detect(texts: Iterable[str]) -> str:
    """The language that most of some texts seem to be in, among those with Latin letters; English if in doubt."""
    found = Counter(word for text in islice(texts, _DETECTED_TEXTS) for word in words(text))
    stop = {code: _sections(code)["stop"] for code in LATIN}
    own = {code: stop[code].difference(*(stop[other] for other in LATIN if other != code)) for code in LATIN}
    shares = {code: sum(found[word] for word in own[code]) / (found.total() or 1) for code in LATIN}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _DETECTED_SHARE and shares[best] > 2 * shares["en"] else "en"


def _one_edit(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        start, end = word[:at], word[at:]
        yield start + end[1:]
        yield start + end[1:2] + end[:1] + end[2:]
        for letter in ascii_lowercase:
            yield start + letter + end
            yield start + letter + end[1:]


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
    """The general words of English, each with its specificity, over 0 and under 1: the band is the last number before
    a word."""
    found: dict[str, float] = {}
    band = 0
    for word in (word for line in _lines("en-general") for word in line.split()):
        if word.isdigit():
            band = int(word)
        else:
            found[word] = (band + 0.5) / 10
    return found


@lru_cache
def _sections(code: str) -> dict[str, frozenset[str]]:
    """The words of each section of a language's file, folded; one for a kind is behind that kind: "video film"."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in _lines(code):
        if line.startswith("["):
            section = line.strip("[]")
            continue
        first, *others = fold(line).split()
        listed = [f"{first} {word}" for word in others] if section == "kind" else [first, *others]
        found.setdefault(section, set()).update(listed)
    return {name: frozenset(listed) for name, listed in found.items()}


def _lines(name: str) -> list[str]:
    text = _FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]

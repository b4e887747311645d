"""Text into words, and words into terms: one spelling for everything that people would call the same word.

    text ──> words   case, accents (of Latin letters), widths and apostrophes tell no two words apart
    word ──> term    endings are cut, British spelling becomes American: a key to compare by, no word

Scripts written without spaces become overlapping pairs of characters, the usual stand-in for words there
(https://en.wikipedia.org/wiki/N-gram), except Katakana: a run of it is one word, as foreign words are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import resources

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
_KATAKANA_RUN = re.compile(rf"[{_KATAKANA}]+")
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
_SPANISH_ENDING = re.compile(r"([cs])ion$")

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


def is_katakana(run: str) -> bool:
    """Whether a run is of Katakana."""
    return _KATAKANA_RUN.fullmatch(run) is not None


def pairs(run: str) -> list[str]:
    """The overlapping pairs of characters of a run; a single character stays as it is."""
    return [run[index : index + 2] for index in range(max(1, len(run) - 1))]


def letters(words: Iterable[str], stem: Stem) -> str:
    """The letters of a name in one run, the same for all forms of its words."""
    return "".join(map(stem, words))


@lru_cache
def stemmer(language: str = "en") -> Stem:
    """The function from a folded word to its term, for a list in this language (ISO 639-1; English if unknown).

    Latin words are stemmed as words of that language, Cyrillic ones as Russian; numbers and words of other scripts
    come back unchanged. A wrong but even-handed rule does no harm: both sides of a comparison go through it.
    """
    latin = _english if language not in LANGUAGES or language in ("en", "ru") else _foreign(language)
    russian = Stemmer.Stemmer("russian").stemWord

    @lru_cache(maxsize=CACHE_SIZE)
    def stem(word: str) -> str:
        if word.isascii():
            return latin(word) if word.isalpha() else word
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


def _foreign(language: str) -> Stem:
    """A Snowball stemmer for folded words: the accent that it knows a Spanish ending by is put back first."""
    snowball = Stemmer.Stemmer(LANGUAGES[language]).stemWord
    if language == "es":
        return lambda word: fold(str(snowball(_SPANISH_ENDING.sub(r"\1ión", word))))
    return lambda word: fold(str(snowball(word)))

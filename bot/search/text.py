"""Text into words: one spelling for everything that people would call the same word.

Case, accents, widths and apostrophes never tell two words apart. A script that is written without spaces becomes
overlapping pairs of characters, the usual stand-in for words there (https://en.wikipedia.org/wiki/N-gram).
"""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_SIGNED = ((re.compile(r"(?<![^\W_])c\+\+"), "cplusplus"), (re.compile(r"(?<![^\W_])([cf])#"), r"\1sharp"))
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, the Japanese kana and the Han characters."""
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """The text in lower case, without accents and in one width: "Ｃafé" becomes "cafe"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if unicodedata.category(character)[0] != "M")
    return unicodedata.normalize("NFKC", bare).casefold().translate(_NOT_DECOMPOSED)


def words(text: str) -> list[str]:
    """The words of a text in order, folded; digits stay with the letters they touch ("gpt3", "23x")."""
    folded = _APOSTROPHE.sub("", fold(text))
    if "+" in folded or "#" in folded:
        for sign, name in _SIGNED:
            folded = sign.sub(name, folded)
    runs = _RUN.findall(folded)
    if folded.isascii():
        return runs
    return [word for run in runs for word in (_pairs(run) if _UNSPACED_RUN.fullmatch(run) else [run])]


def _pairs(run: str) -> list[str]:
    return [run[index : index + 2] for index in range(max(1, len(run) - 1))]

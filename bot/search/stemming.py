"""Word forms brought together: plurals, endings, British and American spelling.

Porter's second stemmer (https://snowballstem.org/algorithms/english/stemmer.html) after the British endings were
written the American way. What it makes is a key to compare by, not a word: "quantised" and "quantization" share
"quantiz". A wrong but even-handed rule does no harm, because both sides of a comparison go through it.
"""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]  # it has no stubs

_ENGLISH = Stemmer.Stemmer("english")
_BRITISH = (
    (re.compile(r"is(ations?|e|ed|es|er|ers|ing)$"), r"iz\1"),
    (re.compile(r"ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"our(s|ed|ing|al|ally|ful)?$"), r"or\1"),
    (re.compile(r"([aeiou])ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"logue(s?)$"), r"log\1"),
    (re.compile(r"([bt])re(s?)$"), r"\1er\2"),
)
KEPT = 1 << 16
"""Words whose stems are kept: those of one index and then some; at 0 every query stems its words anew."""
_SHORTEST = 5
"""Letters of the shortest word that has a British form: at 4, "wise" and "rise" would be rewritten for nothing."""


@lru_cache(maxsize=KEPT)
def stem(word: str) -> str:
    """What all forms of a folded word have in common; numbers and words of other scripts come back as they are."""
    if not word.isascii() or not word.isalpha():
        return word
    if len(word) >= _SHORTEST:
        for ending, american in _BRITISH:
            word = ending.sub(american, word)
    key: str = _ENGLISH.stemWord(word)
    # Porter leaves the plural of an abbreviation alone, since it has no vowel: "llms", "gpus".
    if key == word and len(word) >= 4 and word[-1] == "s" and (word[-2] not in "sui" or word.endswith("pus")):
        return word[:-1]
    return key

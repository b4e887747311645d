"""The texts beside links: cleaned, cut at sentences, and told apart from mere labels such as "[PDF]"."""

from __future__ import annotations

import re
from bisect import bisect_right

from bot.characters import without_hidden

_LABELS = frozenset(
    """abs abstract announcement article arxiv assignment audio blog blog-post blogpost book chapter chat code colab
    course dataset demo details discord discussion doc documentation doi download ebook epub exam exercise
    experience forum gist github guide here home homepage homework html implementation info lab landing lecture link
    material model more notebook notes official page paper pdf playlist post poster preprint project ps pubmed
    read reading recording repo repository resource review schedule site slack slide solution source spotify
    summary supplementary syllabus talk thread transcript tutorial tweet twitter url version video view visit
    watch web webpage website wiki wikipedia youtube""".split()
)
"""Words, in the singular, that say what a link leads to, and not which one."""
_FILLERS = frozenset(
    "a an and at by click full github's in my of old on open our the this to your free full-text".split()
)
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_EMPTY_BRACKETS = re.compile(r"[(\[{（【]\s*(?:[|,;:/·•&+-]\s*)*[)\]}）】]")
_LEADING = re.compile(r"^(?:\[\d+\](?=\s|$)|[\s⚠\ufe0f:：,，;.。|/·•*)\]）】–—\-−➜→~]|\[[ xX]\](?=\s))+")
_TRAILING = re.compile(r"[\s:：,，;|/·•*(\[（【–—\-−~]+$")
_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_MARKERS = re.compile(r"\{[:#.][^{}]*\}|\[\^?[!^]\w+\]|¶")
_DECORATION = re.compile(r"[:\[({]")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bal\.)(?<!\b[Vv]s\.)(?<!\bDr\.)(?<!\b[ei]\.[ge]\.)\s+(?=[^\W\d_a-z])|(?<=[。！？])"
)
"""Where a sentence ends: not behind an initial ("J. Weston") or "et al."."""
_BACK = re.compile(
    r"\s*[(\[]?\s*(?:[⬆↑🔝⏫]\ufe0f?|\^|(?<=\s)#+|\bback to (?:the )?top)[\s)\]⬆↑🔝⏫\ufe0f]*$", re.IGNORECASE
)

LONGEST_SENTENCE = 600
"""Characters before and behind a link that are looked at. What is longer is a list of links without an end."""
MAX_SUBJECT = 160
"""The longest text before a "[PDF]" that is taken for its title. A citation fits; a paragraph does not."""


def is_label(text: str) -> bool:
    """Whether a link's text says only what it leads to: "PDF", "[code]", "Open in Colab", "here"."""
    words = [word.casefold() for word in _WORD.findall(text)]
    telling = [word for word in words if word not in _FILLERS]
    return len(words) <= 4 and all(map(_is_label_word, telling)) and bool(telling or not words)


def _is_label_word(word: str) -> bool:
    return word in _LABELS or word.removesuffix("s") in _LABELS or word.isdigit()


def clean(text: str) -> str:
    """A text without empty brackets, stray separators at its ends, and marks that only a renderer reads."""
    if not text.isascii() or _DECORATION.search(text):
        text = _MARKERS.sub("", _SHORTCODE.sub("", text))
        while (shorter := _EMPTY_BRACKETS.sub(" ", text)) != text:
            text = shorter
    text = " ".join(_TRAILING.sub("", _LEADING.sub("", without_hidden(text))).split())
    return re.sub(r"\s+(?=[,.;:!?)\]](?:\s|$))", "", text)


def heading_text(text: str) -> str:
    """A heading without anchors and "back to top"."""
    return _BACK.sub("", clean(text)) or clean(text)


def has_words(text: str) -> bool:
    """Whether a text has a letter at all."""
    return any(character.isalpha() for character in text)


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters: a longer one ends at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    at = text.rfind(" ", limit // 2, limit)
    return text[: at if at > 0 else limit - 1].rstrip(" ,;:-–—") + "…"


class Sentences:
    """The sentences of a text; each is found in no more than the time of a bisection."""

    def __init__(self, text: str) -> None:
        ends = list(_SENTENCE.finditer(text))
        self._text = text
        self._starts = [0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]

    def around(self, position: int) -> str:
        """The sentence in which a character stands; of one that is too long to be one, what is near."""
        at = min(bisect_right(self._ends, position), len(self._ends) - 1)
        start, end = self._starts[at], self._ends[at]
        return self._text[max(start, position - LONGEST_SENTENCE) : min(end, position + LONGEST_SENTENCE)]


def last_sentence(text: str) -> str:
    """The last sentence of a text."""
    return _SENTENCE.split(text.rstrip())[-1] if text.strip() else ""


def address_title(url: str) -> str:
    """An address as a title: without scheme, `www.` and a slash at the end."""
    return cut(re.sub(r"^\w+://(?:www\.)?", "", url).rstrip("/") or url, 256)

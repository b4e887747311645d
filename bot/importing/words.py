"""The words of an index: what names a work and what is a mere label, in seven languages; kinds, years and authors.

A *label* says what a link leads to and not which one: "PDF", "[code]", "Запись", "论文". A *part* is one that needs its
work: "Part 2", "Week 1", "3". Neither can be a title.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from bot.catalog.labels import FILLERS, has_words, is_label
from bot.characters import without_hidden

TABLE: dict[str, Any] = yaml.safe_load(files("bot.importing").joinpath("words.yaml").read_text("utf-8"))
"""What words, headings and addresses mean: the data of this package."""


def pattern(section: str, name: str) -> re.Pattern[str]:
    """A regular expression of the table."""
    return re.compile(TABLE[section][name].replace("\n", ""), re.IGNORECASE)


_PART = re.compile(
    r"(?:(?:and\s|&\s)?(?:appendix|ch|chap|chapter|class|day|ep|episode|hw|homework|kapitel|lab|lec|lecture|"
    r"lektion|lesson"
    r"|leçon|module|no|page|part|parte|partie|pt|section|semana|semaine|session|step|teil|unit|video|vol|volume|week"
    r"|woche|assignment|exercise|capítulo|chapitre|cours|урок|глава|лекция|неделя|семинар|часть)s?"
    r"[\s._:#-]*)?\d{1,4}(?:[./-]\d{1,4})*[a-z]?|(?:chapter|part|volume|week|lecture)s?\s(?:[ivx]{1,4}|one|"
    r"two|three|four|five)|第?[0-9一二三四五六七八九十]+[章节節課课讲講周週部回集]",
    re.IGNORECASE,
)
_PART_FIRST = re.compile(r"(?:part|chapter|lesson|teil|partie|parte|часть|глава)\s+\d+\b", re.IGNORECASE)
_GENERIC = frozenset(
    """about archive article articles blog blogs content course courses detail docs document en entry home html index
    item lecture lectures main news p page pages post posts prep projects pub questions r reel s status story
    topic u user users video videos view watch web wiki www""".split()
)
"""Parts of an address that stand in front of what it leads to."""
_PROVIDER = re.compile(
    r"\b(?:univ(?:ersity|\.)?|universit\w+|universidad|université|университет|college|institute|academy|school of"
    r"|coursera|edx|udacity|udemy|mit|stanford|berkeley|harvard|caltech|princeton|khan academy|ocw)\b|大学|大學",
    re.IGNORECASE,
)

_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:(?!\w)")
_MARKERS = re.compile(
    r"\{[:#.%][^{}]{0,200}\}|\{\{[^{}]{0,200}\}\}|\[\^?[!^]\w+\]|¶|%%[^%]{0,200}%%|==|\s\^[\w-]{2,30}$"
    r"|(?<!\S)#[^\W\d][\w/-]*(?=(?:\s+#[^\W\d][\w/-]*)*\s*$)"
)
_WIKI = re.compile(r"!?\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,200}))?\]\]")
_EMPTY_BRACKETS = re.compile(r"[(\[{（【〔「][\s|,;:/·•&+、，-]*[)\]}）】〕」]")
_PICTURES = (
    "\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\u20e3\u200d"
    "\U0001f000-\U0001faff"
)
_PICTURE = re.compile(rf"[{_PICTURES}]+")
_LEADING = re.compile(
    rf"^(?:\[[\d .,/-]{{1,10}}\](?=\s|$)|\[[ xX-]\](?=\s)|[\s{_PICTURES}:：,，;。|"
    rf"/·•*)\]）】」』》>»–—―\-−~、－]|\.(?=\s))+"
)
_LEADING_IN_TITLE = re.compile(
    rf"(?:\[[\d .,/-]{{1,10}}\](?=\s|$)|\[[ xX-]\](?=\s)|[\s{_PICTURES}|·•*>»–—−]+(?=[\s\w(\[\"“«]|$)|"
    rf"[-:：,;/]\s+|[:：](?=[^\W\d]+\s*$)\s)+"
)
_SEPARATORS_AT_END = " \t\n:：,，;|/·•*([（【–—―-−~<>«、"
_PICTURES_AT_END = re.compile(rf"[{_PICTURES}]$")
_LABEL_AT_END = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]{1,30})[)\]）】]$")
_BACK = re.compile(
    r"\s*[(\[]?\s*(?:[⬆↑🔝⏫⤴]\ufe0f?|\^|(?<=\s)#+|\bback to (?:the )?(?:top|index|contents|toc)|"
    r"\[?toc\]?|nach oben|"
    r"volver arriba|retour en haut|наверх|返回顶部|回到顶部|トップへ戻る)[\s)\]⬆↑🔝⏫\ufe0f]*$",
    re.IGNORECASE,
)
_NOTION = re.compile(r"\s[0-9a-f]{32}$")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bal\.)(?<!\b[Vv]s\.)(?<!\bDr\.)(?<!\b[ei]\.[ge]\.)\s+(?=[^\W\d_a-z])|(?<=[。！？])"
)
"""Where a sentence ends: not behind an initial ("J. Weston") or "et al."."""

MAX_CLEANED = 3_000
"""Characters of a text that are looked at: five times the longest summary."""
LONGEST_SENTENCE = 600
"""Characters before and behind a link that are looked at. What is longer is a list of links without an end."""
MAX_SUBJECT = 160
"""The longest text before a "[PDF]" that is its title. A citation fits; a paragraph doesn't."""


# -- labels


def label_name(text: str) -> str:
    """The text of a label as the name of a link; empty if it is but "here" or "see"."""
    words = [word.casefold() for word in re.findall(r"[^\W_]+(?:[-'’.][^\W_]+)*", text)]
    return clean(text) if any(word not in FILLERS for word in words) and has_words(text) else ""


def is_part(text: str) -> bool:
    """Whether a text names a part of a work that is named elsewhere: "Part 2", "Week 01", "III"."""
    return _PART.fullmatch(text.strip(" \t[](){}.:#*_")) is not None


def begins_with_part(text: str) -> bool:
    """Whether a title is that of a part, which needs its work before it: "Part 2: Lexing"."""
    return _PART_FIRST.match(text) is not None


def is_provider(text: str, url: str) -> bool:
    """Whether a link's text says only who offers the work: "Uni A / Provider B", or the name of its site."""
    if " / " in text or (_PROVIDER.search(text) and len(text.split()) <= 4):
        return True
    name = "".join(re.findall(r"[a-z0-9]", text.casefold()))
    host = urlsplit_host(url)
    return len(name) > 3 and name in {part.replace("-", "") for part in host.split(".")[:-1]}


# -- cleaning


def one_line(text: str) -> str:
    """The text without line breaks, characters that aren't seen, and repeated spaces."""
    return " ".join(without_hidden(text).split())


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """A text without empty brackets, stray separators at its ends, and marks that only a renderer reads."""
    text = _without_end(_LEADING.sub("", _unmarked(text), count=1))
    return re.sub(r"\s+(?=[,.;:!?)\]](?:\s|$))", "", " ".join(text.split()))


@lru_cache(maxsize=8192)
def clean_title(text: str) -> str:
    """The text of a link as a title: `.NET`, `*args` and `#100DaysOfCode` keep what they begin with."""
    text = _unmarked(text)
    if lead := _LEADING_IN_TITLE.match(text):
        text = text[lead.end() :]
    text = " ".join(_without_end(text).split())
    while (behind := _LABEL_AT_END.search(text)) and is_label(behind[1]) and not re.search(r"\d", behind[1]):
        text = text[: behind.start()]
    text = _NOTION.sub("", text)
    if (
        len(text) > 2
        and text[0] + text[-1] in ('""', "“”", "«»", "''", "‘’", "『』", "《》")
        and text[0] not in text[1:-1]
    ):
        text = text[1:-1]
    return re.sub(r"^@(?:article|video|official|course|book|podcast|feed|opensource|roadmap)@", "", text).strip()


def kind_mark(text: str) -> str:
    """The kind before the title of a link of roadmap.sh: `@article@What is sourdough?`."""
    match = re.match(r"@(\w+)@", text)
    return match[1] if match else ""


def _without_end(text: str) -> str:
    """A text without separators and pictures at its end."""
    while (shorter := text.rstrip(_SEPARATORS_AT_END)) and _PICTURES_AT_END.search(shorter[-1]):
        text = shorter[:-1]
    return shorter


def _unmarked(text: str) -> str:
    text = without_hidden(text[:MAX_CLEANED])
    if not text.isascii() or re.search(r"[:\[({%#=^!]", text):
        text = _MARKERS.sub("", _SHORTCODE.sub("", _WIKI.sub(lambda link: link[2] or link[1], text)))
        while (shorter := _EMPTY_BRACKETS.sub(" ", text)) != text:
            text = shorter
    return text


def heading_text(text: str) -> str:
    """A heading without anchors, pictures and "back to top"."""
    text = text[:MAX_CLEANED]
    text = re.sub(r"\{#[\w-]+\}\s*$", "", text)
    text = _PICTURE.sub(" ", _BACK.sub("", _BACK.sub("", text))) if _PICTURE.sub("", text).strip() else text
    return clean(clean_title(text)) or clean(text)


def is_back_to_top(text: str) -> bool:
    """Whether a link only leads to the top of the page."""
    return len(text) < 60 and not has_words(_BACK.sub("", text)) and _BACK.search(text) is not None


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters: a longer one ends with a sentence, else at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    ends = [end.start() for end in _SENTENCE.finditer(text[: limit + 2]) if end.start() <= limit]
    if ends and ends[-1] > limit // 3:
        return text[: ends[-1]].rstrip()
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


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return _SENTENCE.split(text.strip(), maxsplit=1)[0]


# -- addresses as names


def urlsplit_host(url: str) -> str:
    """The host of an address without `www.`; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def address_title(url: str) -> str:
    """A title made of an address, for a link that nothing names: the words of its path, then its host."""
    host = urlsplit_host(url)
    path = unquote(url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0])
    parts = [re.sub(r"\.(?:html?|php|aspx?|pdf|md|ipynb)$", "", part) for part in path.split("/") if part]
    for part in reversed([part for part in parts if part.casefold() not in _GENERIC]):
        words = [word for word in re.split(r"[\W_]+", part) if word]
        if sum(word.isalpha() and len(word) > 1 for word in words) >= min(2, len(words)) and has_words(part):
            named = " ".join(word for word in words if not re.fullmatch(r"[0-9a-f]{8,}|\d{5,}", word))
            return cut(f"{named[:1].upper()}{named[1:]} ({host})", 200)
    return cut(re.sub(r"^\w+://(?:www\.)?", "", url).rstrip("/") or url, 200)


# -- kinds, years, authors

_REPOSITORY = re.compile(r"(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+/?$", re.I)
_SITES = re.compile("|".join(f"(?P<{kind}>{pattern('sites', kind).pattern})" for kind in TABLE["sites"]), re.IGNORECASE)
_KIND_WORDS: dict[str, str] = {word: kind for kind, words in TABLE["kinds"].items() for word in words}
_HEADING_KINDS = frozenset(
    {"article", "book", "course", "dataset", "lecture", "paper", "podcast", "talk", "tutorial", "video"}
)
"""Kinds that a heading gives to all links under it. Under "Code" or "Documentation" stands too much else."""

_ARXIV = re.compile(r"arxiv\.org/\w+/(?:(\d\d)(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z.-]+/(\d\d)\d{5})", re.IGNORECASE)
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])/")
_BRACKETED_YEAR = re.compile(r"[(\[](?:[^()\[\]]{0,40}[, ])?((?:19|20)\d\d)[)\]]")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:[-/.]\d\d?){0,2}")

_NAME = r"[^\W\d_a-z][\w'’-]*(?:\.(?=[\s,;&)\]–—(|-]|$))?"
_PARTICLE = r"(?:van|von|der|den|de|da|di|del|la|le|bin|al|De|Van|Von)"
_FULL_NAME = rf"{_NAME}(?: {_PARTICLE}){{0,2}}(?: {_NAME}){{1,3}}"
_NAMES = rf"{_FULL_NAME}(?:(?:, | and | & |, and ){_FULL_NAME}){{0,12}}"
_BYLINE = re.compile(rf"(?<![-\w])(?P<verb>\w+ )?[Bb]y (?P<names>{_NAMES})(?=$|[.,;:)\]]|\s[-–—(|])")
_ONLY_NAMES = re.compile(rf"{_NAMES}(?:,? et al)?\.?")
_SEPARATORS = re.compile(r",? and |,? & |[,;] ?")
_AUTHORED = frozenset("book course edited lecture made paper presented taught talk written blog post created".split())
_NOT_A_NAME = re.compile(
    r".*(?:ing|ed|tion|sion|ical|ness|ment|ics|ism|ity|ology|ware|ance|ence)s?$"
    r"|(?:the|example|step|real|your|our|side|models?|graph|graphs|systems?|language|data|network|networks|learning"
    r"|comparison|hand|heart|default|apps?|knowledge|large|design|code|java|python|rust|go|google|microsoft|team)s?$",
    re.IGNORECASE,
)


def kind_of(url: str, label: str = "", headings: Iterable[str] = ()) -> str | None:
    """The kind of a link: what its label says ("PDF", "Slides"), else its site, else the nearest heading.

    `headings` are those above the link, the nearest first. None if none of them says it.
    """
    address = url.partition("://")[2]
    match = _SITES.match(address)
    site = match.lastgroup if match else None
    word = label.casefold().strip(" \t[](){}:.!*_|")
    if (named := _KIND_WORDS.get(word)) and not (named == "repository" and not _is_repository(address)):
        return named
    if site:
        return site
    if re.search(r"\.ipynb(?:$|[?#])", url):
        return "notebook"
    heading = next((kind for text in headings if (kind := _kind_in_heading(text))), None)
    return heading or ("repository" if _is_repository(address) else None)


def year_of(url: str, text: str) -> int | None:
    """The year of a link: that of its arXiv number or dated path, else the one year in brackets beside it."""
    if number := _ARXIV.search(url):
        short = int(number[1] or number[2])
        return short + (1900 if short > 90 else 2000)
    if dated := _DATED_PATH.search(url):
        return int(dated[1])
    years = set(_BRACKETED_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def year_in(cell: str) -> int | None:
    """The year of a text that is a date; None if it is anything else."""
    match = _YEAR.fullmatch(cell)
    return int(match[1]) if match else None


def authors_in(text: str) -> tuple[str, ...]:
    """The people of a byline such as "by Chip Huyen and Andrej Karpathy"; empty if there is none.

    A name has two words or more, each with a capital: "by Stanford" and "by doing" name nobody for certain, nor does
    "Powered by Large Models".
    """
    byline = _BYLINE.search(text) if "by " in text or "By " in text else None
    if byline is None:
        return ()
    verb = (byline["verb"] or "").strip().casefold()
    if verb not in _AUTHORED and re.search(r"(?:ed|en|n)$", verb) and verb.endswith(("ed", "driven", "given", "shown")):
        return ()
    return _people(byline["names"])


def without_byline(text: str) -> tuple[tuple[str, ...], str]:
    """The people of a byline at the beginning of a text, and the text behind it; nobody and the whole without one."""
    byline = _BYLINE.match(text)
    names = authors_in(text) if byline and not byline["verb"] else ()
    return (names, text[byline.end() :]) if byline and names else ((), text)


def only_authors(text: str, fewest: int = 2) -> tuple[str, ...]:
    """The people of a line that names people and nothing else, two at least; empty for any other line."""
    found = _ONLY_NAMES.fullmatch(text.strip(" *_"))
    names = _people(text.strip(" *_.").removesuffix(" et al")) if found else ()
    return names if len(names) >= fewest else ()


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list of names."""
    return tuple(filter(None, (name.strip(" *_") for name in _SEPARATORS.split(text))))


def _people(text: str) -> tuple[str, ...]:
    names = tuple(name.rstrip(".") if not re.search(r"\b\w\.$", name) else name for name in split_names(text))
    return () if any(_NOT_A_NAME.match(word) for name in names for word in name.split()) else names


def _kind_in_heading(heading: str) -> str | None:
    """The kind of everything under a heading such as "Research papers"; none for "Books and papers"."""
    words = re.findall(r"\w+", heading.casefold())
    if not 0 < len(words) < 4 or re.search(r"[&/,+|]|\b(?:and|or|on|for|of|with)\b", heading.casefold()):
        return None
    kind = _KIND_WORDS.get(words[-1])
    return kind if kind in _HEADING_KINDS else None


def _is_repository(address: str) -> bool:
    return _REPOSITORY.match(address.partition("?")[0].partition("#")[0]) is not None

"""What a link's site and the words beside it say for certain: its kind, its year, its authors. Else nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_KINDS_BY_SITE: tuple[tuple[str, str], ...] = (
    (r"(?:\w+\.)?arxiv\.org/(?:abs|pdf|html)/", "paper"),
    (r"openreview\.net/(?:forum|pdf)", "paper"),
    (r"(?:www\.)?aclanthology\.org/\w", "paper"),
    (r"(?:www\.)?aclweb\.org/anthology/\w", "paper"),
    (r"proceedings\.mlr\.press/.+", "paper"),
    (r"(?:proceedings\.neurips\.cc|papers\.n(?:eur)?ips\.cc)/paper", "paper"),
    (r"(?:www\.)?(?:biorxiv|medrxiv)\.org/content/", "paper"),
    (r"huggingface\.co/papers/", "paper"),
    (r"(?:(?:www|m|music)\.)?youtube\.com/(?:watch|playlist|embed|shorts|live)", "video"),
    (r"youtu\.be/\w", "video"),
    (r"(?:www\.)?vimeo\.com/\d", "video"),
    (r"colab\.research\.google\.com/", "notebook"),
    (r"nbviewer\.(?:jupyter|ipython)\.org/", "notebook"),
    (r"(?:www\.)?kaggle\.com/datasets/", "dataset"),
    (r"huggingface\.co/datasets/", "dataset"),
    (r"(?:www\.)?coursera\.org/(?:learn|specializations|professional-certificates)/", "course"),
    (r"(?:www\.)?edx\.org/(?:course|learn)/", "course"),
    (r"(?:www\.)?udemy\.com/course/", "course"),
    (r"(?:www\.)?udacity\.com/course/", "course"),
    (r"ocw\.mit\.edu/courses/", "course"),
    (r"(?:www\.)?deeplearning\.ai/(?:short-)?courses/", "course"),
    (r"(?:www\.)?(?:slideshare\.net|speakerdeck\.com)/[^/]+/[^/]", "slides"),
    (r"docs\.google\.com/presentation/", "slides"),
    (r"podcasts\.apple\.com/", "podcast"),
    (r"open\.spotify\.com/(?:show|episode)/", "podcast"),
    (r"[\w-]+\.readthedocs\.(?:io|org)(?:/|$)", "documentation"),
    (r"docs\.rs/\w", "documentation"),
    (r"(?:[a-z]{2,3}\.)?wikipedia\.org/wiki/", "article"),
    (r"(?:www\.)?(?:twitter|x)\.com/\w+/status/", "thread"),
    (r"news\.ycombinator\.com/item", "thread"),
)
_REPOSITORY = re.compile(r"(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+/?$", re.I)
_SITES = re.compile("|".join(f"({pattern})" for pattern, _ in _KINDS_BY_SITE), re.IGNORECASE)

_KIND_WORDS = {
    "article": "article", "articles": "article", "blog": "blog", "blogs": "blog", "blog post": "article",
    "blog posts": "article", "blogpost": "article", "book": "book", "books": "book", "ebook": "book", "ebooks": "book",
    "code": "repository", "colab": "notebook", "course": "course", "courses": "course", "dataset": "dataset",
    "datasets": "dataset", "docs": "documentation", "documentation": "documentation", "github": "repository",
    "lecture": "lecture", "lectures": "lecture", "moocs": "course", "notebook": "notebook", "notebooks": "notebook",
    "open in colab": "notebook", "paper": "paper", "papers": "paper", "playlist": "video", "podcast": "podcast",
    "podcasts": "podcast", "repo": "repository", "slide": "slides", "slides": "slides", "talk": "talk",
    "talks": "talk", "textbook": "book", "textbooks": "book", "tutorial": "tutorial", "tutorials": "tutorial",
    "video": "video", "videos": "video", "youtube": "video",
}  # fmt: skip
_HEADING_KINDS = frozenset(
    {"article", "book", "course", "dataset", "lecture", "paper", "podcast", "talk", "tutorial", "video"}
)
"""Kinds that a heading gives to all links under it. Under "Code" or "Documentation" stands too much else."""

_ARXIV = re.compile(r"arxiv\.org/\w+/(?:(\d\d)(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z.-]+/(\d\d)\d{5})", re.IGNORECASE)
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])/")
_BRACKETED_YEAR = re.compile(r"[(\[](?:[^()\[\]]{0,40}[, ])?((?:19|20)\d\d)[)\]]")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:[-/.]\d\d?){0,2}")

_NAME = r"[^\W\d_a-z][\w.'’-]*"
_PARTICLE = r"(?:van|von|der|den|de|da|di|del|la|le|bin|al)"
_FULL_NAME = rf"{_NAME}(?: {_PARTICLE})*(?: {_NAME}){{1,2}}"
_BYLINE = re.compile(rf"(?<![-\w])by ({_FULL_NAME}(?:(?:, | and | & |, and ){_FULL_NAME})*)(?=$|[.,;:)\]]|\s[-–—(|])")
_SEPARATORS = re.compile(r",? and |,? & |[,;] ?")
_NOT_A_NAME = re.compile(r"(?:ing|ed)$|^(?:The|Example|Step|Real|Your|Our)s?$", re.IGNORECASE)


def kind_of(url: str, label: str = "", headings: Iterable[str] = ()) -> str | None:
    """The kind of a link: what its label says ("PDF", "Slides"), else its site, else the nearest heading.

    `headings` are those above the link, the nearest first. None if none of them says it.
    """
    address = _without_scheme(url)
    match = _SITES.match(address)
    site = _KINDS_BY_SITE[match.lastindex - 1][1] if match and match.lastindex else None
    if (named := _KIND_WORDS.get(_word(label))) and not (named == "repository" and not _is_repository(address)):
        return named
    if site:
        return site
    if ".ipynb" in url and urlsplit(url).path.endswith(".ipynb"):
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
    """The year of a table's cell that holds a date; None if it holds anything else."""
    match = _YEAR.fullmatch(cell)
    return int(match[1]) if match else None


def authors_in(text: str) -> tuple[str, ...]:
    """The people of a byline such as "by Chip Huyen and Andrej Karpathy"; empty if there is none.

    A name has two words or more, each with a capital: "by Stanford" and "by doing" name nobody for certain.
    """
    byline = _BYLINE.search(text) if "by " in text else None
    names = split_names(byline[1]) if byline else ()
    return () if any(_NOT_A_NAME.search(word) for name in names for word in name.split()) else names


def without_byline(text: str) -> tuple[tuple[str, ...], str]:
    """The people of a byline at the beginning of a text, and the text behind it; nobody and the whole without one."""
    byline = _BYLINE.match(text)
    names = authors_in(text) if byline else ()
    return (names, text[byline.end() :]) if byline and names else ((), text)


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list of names."""
    return tuple(filter(None, (name.strip() for name in _SEPARATORS.split(text))))


def _kind_in_heading(heading: str) -> str | None:
    """The kind of everything under a heading such as "Research papers"; none for "Books and papers"."""
    words = re.findall(r"\w+", heading.casefold())
    if not words or re.search(r"[&/,+|]|\b(?:and|or|on|for|of|with)\b", heading.casefold()):
        return None
    kind = _KIND_WORDS.get(words[-1])
    return kind if kind in _HEADING_KINDS else None


def _is_repository(address: str) -> bool:
    return _REPOSITORY.match(address.partition("?")[0].partition("#")[0]) is not None


def _without_scheme(url: str) -> str:
    return url.partition("://")[2]


def _word(label: str) -> str:
    return label.casefold().strip(" \t[](){}:.!*_|")

"""What a resource is found by: which of its words count, in which field, and for how much.

topics, aliases   phrases that the curator chose: the strongest        (phrases.py)
title, authors, site, summary   single words                           (postings.py)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from bot.catalog.model import Resource
from bot.search.fillers import STOP_WORDS
from bot.search.postings import Credit
from bot.search.text import words

TITLE, TITLE_SHARE = 0.72, 0.18
"""A title's word is worth TITLE, and up to TITLE_SHARE more the larger its share of the title. Under a topic's 1: the
curator says with topics what a resource is about, a title may only play with words. At 0.5 a catalog without topics
would answer next to nothing."""
AUTHOR = 0.9
"""A last name alone is how people ask for an author."""
SITE = 0.75
"""A site's name, below the author's: "openai" the site, and not everything that treats OpenAI."""
SUMMARY = 0.3
"""A word of the summary helps to order what is found; alone it stays under the cutoff."""
INSIDE = 0.9
"""The share of its credit that a part of a word has: "gpt" in "gpt3"."""
CENTRAL = (1.0, 0.92, 0.84, 0.76, 0.7, 0.65, 0.6)
"""What a resource's first, second, … topic is worth; the last holds for all that follow. At 1 for all, what a resource
is about could not be told from what it mentions."""

_NOT_NAMES = frozenset("www com org net edu io ai co blog github gitlab medium html http https en m app dev".split())
_LETTERS = re.compile(r"[a-z]{2,}")
_KNOWN_SITES = {"youtu": "youtube"}


def site_names(url: str) -> list[str]:
    """The words of an address's host that name the site: `["huggingface"]`, `["kipp", "kipply"]`."""
    host = (urlsplit(url).hostname or "").split(".")
    names = [_KNOWN_SITES.get(label, label) for label in host[:-1] if label not in _NOT_NAMES]
    whole = "".join(label for label in host if label != "www")
    split = [word for name in names for word in words(name)]
    # A host such as kipp.ly is spoken as one word.
    return [*split, *([whole] if len(host[-1]) == 2 and len(host) == 2 else [])]


def title_words(resource: Resource) -> list[str]:
    """The words of a title in order."""
    return words(resource.title)


def parts(word: str) -> list[str]:
    """The runs of letters inside a word with digits: "gpt" in "gpt3"."""
    return _LETTERS.findall(word) if not word.isalpha() and word.isascii() else []


def weighty(title: Iterable[str]) -> list[str]:
    """The words of a title without stop words; all of them if it has no others."""
    listed = list(title)
    return [word for word in listed if word not in STOP_WORDS] or listed


def field_credits(
    resource: Resource, title: list[str], term: Callable[[str], str], weight: Callable[[str], float]
) -> Iterator[tuple[str, Credit]]:
    """Every term of a resource's fields with its credit; a term may come more than once."""
    for word in words(resource.summary):
        yield term(word), Credit(SUMMARY, "summary")
    for word in site_names(resource.url):
        yield term(word), Credit(SITE, "site")
    for author in resource.authors:
        for word in words(author):
            yield term(word), Credit(AUTHOR, "author")
    yield from _title_credits(title, term, weight)


def _title_credits(
    title: list[str], term: Callable[[str], str], weight: Callable[[str], float]
) -> Iterator[tuple[str, Credit]]:
    terms = {word: term(word) for word in title}
    whole = sum(weight(one) for one in set(terms.values())) or 1.0
    for word, one in terms.items():
        credit = round(TITLE + TITLE_SHARE * weight(one) / whole, 2)
        for part in parts(word):
            yield term(part), Credit(round(credit * INSIDE, 2), "title")
        yield one, Credit(credit, "title")

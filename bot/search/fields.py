"""What a resource is found by: which of its words count, in which field, and for how much.

topics, aliases   phrases that the curator chose: the strongest        (phrases.py)
title, authors, site, summary   single words                           (postings.py)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple
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

_SUMMARY, _SITE, _AUTHOR = Credit(SUMMARY, "summary"), Credit(SITE, "site"), Credit(AUTHOR, "author")
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


class Said(NamedTuple):
    """The words of a resource, field by field, in order; `inside` are the parts of the title's words."""

    title: list[str]
    inside: dict[str, list[str]]
    summary: list[str]
    site: list[str]
    authors: list[str]
    aliases: list[str]

    def names(self) -> Iterator[str]:
        """The words that people name it by: all but the summary's."""
        return chain(self.title, *self.inside.values(), self.site, self.authors, self.aliases)


def said(resource: Resource) -> Said:
    """The words of a resource."""
    title = words(resource.title)
    return Said(
        title,
        {word: found for word in title if (found := parts(word))},
        words(resource.summary),
        site_names(resource.url),
        [word for name in resource.authors for word in words(name)],
        [word for name in resource.aliases for word in words(name)],
    )


def parts(word: str) -> list[str]:
    """The runs of letters inside a word with digits: "gpt" in "gpt3"."""
    return _LETTERS.findall(word) if not word.isalpha() and word.isascii() else []


def weighty(title: Iterable[str]) -> list[str]:
    """The words of a title without stop words; all of them if it has no others."""
    listed = list(title)
    return [word for word in listed if word not in STOP_WORDS] or listed


def field_credits(
    one: Said, term: Callable[[str], str], weight: Callable[[str], float]
) -> Iterator[tuple[str, Credit]]:
    """Every term of a resource's fields with its credit; a term may come more than once."""
    for found, credit in ((one.summary, _SUMMARY), (one.site, _SITE), (one.authors, _AUTHOR)):
        for word in found:
            yield term(word), credit
    terms = {word: term(word) for word in one.title}
    whole = sum([weight(found) for found in set(terms.values())]) or 1.0
    for word, key in terms.items():
        worth = round(TITLE + TITLE_SHARE * weight(key) / whole, 2)
        for part in one.inside.get(word, ()):
            yield term(part), Credit(round(worth * INSIDE, 2), "title")
        yield key, Credit(worth, "title")

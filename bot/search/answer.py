"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.catalog.model import Resource, Topic


class Reason(NamedTuple):
    """Which of the query's words matched which field of a resource, and how.

    `field` is "title", "topic", "alias", "author", "site", "heading", "summary", "kind", "level" or "path"; `how` is
    "exact", "stem", "alias", "narrower", "acronym", "prefix", "part", "typo" or "joined"; `matched` is what the words
    matched there. A reason of a topic says in `beside` what the resource is mainly about, if that is another topic.
    """

    words: str
    field: str
    how: str
    matched: str
    beside: str = ""


class Hit(NamedTuple):
    """A resource that answers the query; `score` is from 0 to 1 and comparable between queries."""

    resource: Resource
    score: float
    why: tuple[Reason, ...]


class Related(NamedTuple):
    """A resource that is no hit but shares these topics with the first; or one of the closest in a silence."""

    resource: Resource
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `query`, which may be that nothing fits.

    `suggestion` is what was probably meant, if that differs from the query; `nearest` are topics and headings near to
    what was asked, and there only when there are no hits; `cut` says that the query was longer than what is read of it;
    `excluded` counts what fits but for the kind or level that was asked for, 100 at most; `ignored` are specific words
    of the query that no hit has ("4" of "gpt-4"), or without hits, that the list does not know; `start` says that the
    query asks where to begin, so that the hits are the beginning of the path.
    """

    query: str
    hits: tuple[Hit, ...]
    related: tuple[Related, ...]
    suggestion: str | None
    nearest: tuple[Topic, ...]
    cut: bool = False
    excluded: int = 0
    ignored: tuple[str, ...] = ()
    start: bool = False

"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.catalog.model import Resource, Topic

_WHERE = {
    "title": "in the title",
    "alias": "a name for it",
    "author": "an author",
    "site": "its site",
    "heading": "the heading above it",
    "summary": "in the summary",
    "kind": "its kind",
    "level": "its level",
    "path": "where the path begins",
}
_HOW = {"alias": "means", "initials": "stands for", "stem": "as", "derived": "as"}


class Reason(NamedTuple):
    """Which of the query's words matched which field of a resource, and how.

    `field` is "title", "topic", "alias", "author", "site", "heading", "summary", "kind", "level" or "path"; `how` is
    "exact", "stem", "derived", "alias", "narrower", "initials", "prefix", "typo" or "joined"; `matched` is what the
    words matched there. A reason of a topic says in `beside` what the resource is mainly about, if that is another
    topic. `str()` is short: `kv cache: topic`, `atention ≈ attention: title`.
    """

    words: str
    field: str
    how: str
    matched: str
    beside: str = ""

    def __str__(self) -> str:
        if not self._differs:
            return f"{self.words}: {self.field}"
        return f"{self.words} {'≈' if self.how == 'typo' else '='} {self.matched}: {self.field}"

    def spoken(self) -> str:
        """The reason as a person would say it: `“atention” read as “attention”, in the title`."""
        text = f"“{self.words}”"
        if self.field == "topic" and self.how in ("alias", "narrower"):
            return f"{text}: listed under “{self.matched}”{self._beside}"
        if self._differs:
            text += f" {_HOW.get(self.how, 'read as')} “{self.matched}”"
        if self.field == "topic":
            return f"{text}, {'one of its topics' if self.beside else 'its main topic'}{self._beside}"
        return f"{text}, {_WHERE[self.field]}"

    @property
    def _beside(self) -> str:
        return f" beside “{self.beside}”" if self.beside else ""

    @property
    def _differs(self) -> bool:
        return self.how != "exact" and self.words.casefold() != self.matched.casefold()


class Hit(NamedTuple):
    """A resource that answers the query; `score` is from 0 to 1 and comparable between queries."""

    resource: Resource
    score: float
    why: tuple[Reason, ...]


class Related(NamedTuple):
    """A resource that is no hit but shares these topics with one."""

    resource: Resource
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `query`, which may be that nothing fits.

    `suggestion` is what was probably meant, if that differs from the query; `nearest` are topics and headings near to
    what was asked, and there only when there are no hits; `cut` says that the query was longer than what is read of it;
    `excluded` counts what fits but for the kind or level that was asked for, 100 at most; `ignored` are telling words
    of the query that no hit has ("4" of "gpt-4"); `start` says that the query asks where to begin, so that the hits are
    the beginning of the path.
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

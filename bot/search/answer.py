"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.catalog.model import Resource, Topic

_WHERE = {
    "title": "in the title",
    "topic": "one of its topics",
    "alias": "a name for it",
    "author": "an author",
    "site": "its site",
    "heading": "the heading above it",
    "summary": "in the summary",
    "kind": "its kind",
    "level": "its level",
    "path": "the path begins here",
}
_HOW = {"alias": "means", "initials": "stands for", "stem": "as"}


class Reason(NamedTuple):
    """Which of the query's words matched which field of a resource, and how.

    `field` is "title", "topic", "alias", "author", "site", "heading", "summary", "kind", "level" or "path"; `how` is
    "exact", "stem", "alias", "initials", "prefix", "typo" or "joined"; `matched` is what the words matched there.
    `str()` is short: `kv cache: topic`, `atention ≈ attention: title`.
    """

    words: str
    field: str
    how: str
    matched: str

    def __str__(self) -> str:
        if not self._differs:
            return f"{self.words}: {self.field}"
        return f"{self.words} {'≈' if self.how == 'typo' else '='} {self.matched}: {self.field}"

    def spoken(self) -> str:
        """The reason as a person would say it: `“atention” read as “attention”, in the title`."""
        text = f"“{self.words}”"
        if self._differs:
            text += f" {_HOW.get(self.how, 'read as')} “{self.matched}”"
        return f"{text}, {_WHERE[self.field]}"

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

    `suggestion` is what was probably meant, if that differs from the query; `nearest` are topics to try instead, and
    there only when there are no hits; `cut` says that the query was longer than what is read of it.
    """

    query: str
    hits: tuple[Hit, ...]
    related: tuple[Related, ...]
    suggestion: str | None
    nearest: tuple[Topic, ...]
    cut: bool = False

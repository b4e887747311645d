"""The catalog that is being served, and the search index made from it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog.model import Catalog, Resource, Stage, Track
from bot.path import Step, steps
from bot.search import Hit, SearchIndex
from bot.search.text import words

CANDIDATES = 3
"""Resources that are offered where it is not clear which one was meant: few enough to read before one is pressed."""
RIVAL = 0.8
"""The part of the best hit's score at which another makes it unclear. At 1 "quantization" is the one with that word in
its title, though four treat it; at 0 only a single hit is ever clear."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What words that are no id and no title may name: one that is clearly `meant`, or a few to choose from."""

    meant: Resource | None = None
    candidates: tuple[Resource, ...] = ()


class Library:
    """One catalog with what is computed from it once: its index and the step of every resource."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.index = SearchIndex(catalog)
        self.steps = steps(catalog)
        self._step_by_id = {step.resource.id: step for step in self.steps}
        self._steps_by_group: dict[str, list[Step]] = {}
        for step in self.steps:
            self._steps_by_group.setdefault(step.group.id, []).append(step)
        # The first of those that share a title: the path's order decides.
        self._by_title = {_folded(resource.title): resource for resource in reversed(catalog.resources)}

    def step(self, resource: Resource) -> Step:
        """The place of a resource on the path; raises KeyError for one of another catalog."""
        return self._step_by_id[resource.id]

    def steps_of(self, group: Stage | Track) -> list[Step]:
        """The steps of a stage or track, in order."""
        return self._steps_by_group.get(group.id, [])

    def find(self, text: str) -> Resource | None:
        """The resource that a text names: its id, its title, else the best that a search finds; None if nothing fits.

        What an autocomplete offers may be typed instead of picked, so any text may come.
        """
        if (named := self.named(text)) is not None:
            return named
        hits = self.index.search(text, limit=1).hits
        return hits[0].resource if hits else None

    def named(self, text: str) -> Resource | None:
        """The resource with this id or title, or None."""
        return self.catalog.get(text.strip().casefold()) or self._by_title.get(_folded(text))

    def guess(self, text: str) -> Guess:
        """What a text names that is no id and no title.

        The best hit is meant if all its words are of its title or of another name for it, and no other hit has as many
        of its own or a score near it. A kind alone ("video") names nothing.
        """
        hits = [hit for hit in self.index.search(text).hits if any(reason.field != "kind" for reason in hit.why)]
        if not hits:
            return Guess()
        best, *others = hits
        near = any(_names(one) >= _names(best) or one.score >= RIVAL * best.score for one in others)
        if _names(best) == _said(best) and not near:
            return Guess(best.resource)
        return Guess(candidates=tuple(hit.resource for hit in hits[:CANDIDATES]))


def _said(hit: Hit) -> int:
    """How many words found it, that of a kind aside."""
    return sum(len(reason.words.split()) for reason in hit.why if reason.field != "kind")


def _names(hit: Hit) -> int:
    """How many of them are of its title or of another name for it."""
    own = set(words(" ".join((hit.resource.title, *hit.resource.aliases))))
    return sum(
        len(reason.words.split())
        for reason in hit.why
        if reason.field in ("title", "alias") or (reason.field != "kind" and own.issuperset(words(reason.matched)))
    )


def _folded(text: str) -> str:
    """A title as it is compared: case and spaces aside."""
    return " ".join(text.split()).casefold()

"""The catalog that is being served, and the search index made from it."""

from __future__ import annotations

from bot.catalog.model import Catalog, Resource, Stage, Track
from bot.path import Step, steps
from bot.search import SearchIndex


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
        named = self.catalog.get(text.strip().casefold()) or self._by_title.get(_folded(text))
        if named is not None:
            return named
        hits = self.index.search(text, limit=1).hits
        return hits[0].resource if hits else None


def _folded(text: str) -> str:
    """A title as it is compared: case and spaces aside."""
    return " ".join(text.split()).casefold()

"""The catalog that is being served, and the search index made from it."""

from __future__ import annotations

from bot.catalog.model import Catalog, Resource
from bot.path import Step, steps
from bot.search import SearchIndex


class Library:
    """One catalog with what is computed from it once: its index and the step of every resource."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.index = SearchIndex(catalog)
        self.steps = steps(catalog)
        self._step_by_id = {step.resource.id: step for step in self.steps}

    def step(self, resource: Resource) -> Step:
        """The place of a resource on the path; raises KeyError for one of another catalog."""
        return self._step_by_id[resource.id]

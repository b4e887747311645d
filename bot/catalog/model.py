"""The catalog as the rest of studybot sees it: plain, immutable, in path order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Topic:
    """A concept that resources treat.

    `id` is its slug; `name` is how it is shown; `aliases` are other things people type for it;
    `broader` are the ids of the topics that this one is a part of.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One link of the index.

    `id` is a slug that outlives any change of title; `kind` is one word ("paper", "video");
    `level` and `year` are None where they are not known; `topics` and `requires` hold ids;
    `aliases` are what people call this very resource ("the BERT paper");
    `prompts` are discussion questions that need the resource to answer.
    """

    id: str
    title: str
    url: str
    kind: str = "link"
    authors: tuple[str, ...] = ()
    year: int | None = None
    level: str | None = None
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    summary: str = ""
    requires: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the path that everybody walks, with its goal and its resources in order."""

    id: str
    title: str
    goal: str = ""
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """A direction to go on in after the stages; it may have no resources yet, only a note."""

    id: str
    title: str
    note: str = ""
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """A curated index: stages in order, then tracks.

    `prerequisites` says in words what a reader should know before the first resource;
    `source` says where the index comes from. `catalog["slug"]` is a resource (KeyError if there is none).
    """

    title: str
    description: str = ""
    source: str = ""
    prerequisites: tuple[str, ...] = ()
    topics: Mapping[str, Topic] = field(default_factory=lambda: MappingProxyType({}))
    stages: tuple[Stage, ...] = ()
    tracks: tuple[Track, ...] = ()

    @property
    def groups(self) -> tuple[Stage | Track, ...]:
        """The stages, then the tracks."""
        return (*self.stages, *self.tracks)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource in path order: the stages', then the tracks'."""
        return tuple(resource for group in self.groups for resource in group.resources)

    @cached_property
    def _by_id(self) -> dict[str, Resource]:
        return {resource.id: resource for resource in self.resources}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {resource.id: place for place, resource in enumerate(self.resources, start=1)}

    def place(self, slug: str) -> int:
        """The place of a resource on the path, from 1; raises KeyError if there is none with this id."""
        return self._places[slug]

    def finished(self, pages: Collection[str]) -> frozenset[str]:
        """The ids of the resources of which the page is among `pages`."""
        return frozenset(resource.id for resource in self.resources if resource.url in pages)

    def get(self, slug: str) -> Resource | None:
        """The resource with this id, or None."""
        return self._by_id.get(slug)

    def __getitem__(self, slug: str) -> Resource:
        return self._by_id[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_id

    def __len__(self) -> int:
        return len(self.resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

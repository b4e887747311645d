"""The path: every resource of the catalog in one order, numbered through all stages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.catalog.model import Catalog, Resource, Stage, Track


@dataclass(frozen=True, slots=True)
class Step:
    """A resource's place on the path: `number` counts from 1 through all stages and then the tracks."""

    number: int
    resource: Resource
    group: Stage | Track


@dataclass(frozen=True, slots=True)
class NextPrompt:
    """What a week's prompt is about.

    `step` of `total` is the place of `resource` on the path; `following` is what comes the week after;
    `begins_again` is true for the first prompt after the path's last resource.
    """

    resource: Resource
    step: int
    total: int
    following: Resource
    begins_again: bool


def steps(catalog: Catalog) -> list[Step]:
    """Every resource with its number, in path order."""
    groups: tuple[Stage | Track, ...] = (*catalog.stages, *catalog.tracks)
    pairs = [(group, resource) for group in groups for resource in group.resources]
    return [Step(number, resource, group) for number, (group, resource) in enumerate(pairs, start=1)]


def next_prompt(catalog: Catalog, posted: Collection[str], chosen: str | None = None) -> NextPrompt | None:
    """The first resource on the path that has not been posted in this round, or the one already `chosen`.

    `posted` holds the ids of the round so far; ids, not positions, so that a resource that is added,
    moved or removed is neither skipped nor repeated. When all were posted a new round begins. A `chosen` id that
    the catalog does not have (any more) counts for nothing. None for a catalog without resources.
    """
    resources = catalog.resources
    if not resources:
        return None
    left = [number for number, resource in enumerate(resources) if resource.id not in posted]
    begins_again = not left
    ahead = left or list(range(len(resources)))
    this = next((number for number in ahead if resources[number].id == chosen), ahead[0])
    following = next((number for number in ahead if number != this), 0)
    return NextPrompt(resources[this], this + 1, len(resources), resources[following], begins_again)

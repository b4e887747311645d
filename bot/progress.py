"""A member's progress on the path: how much is done, what is next, what waits for what.

`done` is always what a member has finished as ids; ids that the catalog does not have (any more) count for nothing, so
that a resource that is added, moved or retired leaves nobody at 22 of 23.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bot.catalog.model import Catalog, Resource

ALTERNATIVES = 3
"""Other open resources that are named beside the next one. At 0 there is no choice; many are no help to choose."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of `total` resources are `done`."""

    done: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left, of something."""
        return self.done == self.total > 0


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a member should take next.

    `resource` is None if nothing is left. `blocked` is an unfinished resource earlier on the path that still waits for
    prerequisites. `builds_on` are the finished prerequisites of the next one, `unlocks` what it is the last missing
    prerequisite of, `alternatives` others that can be done now, of other kinds first.
    """

    resource: Resource | None
    blocked: Resource | None = None
    builds_on: tuple[Resource, ...] = ()
    unlocks: tuple[Resource, ...] = ()
    alternatives: tuple[Resource, ...] = ()


def tally(catalog: Catalog, done: Collection[str]) -> Tally:
    """The whole path: every resource of the catalog counts, those of the tracks too."""
    return _tally(catalog.resources, done)


def unmet(catalog: Catalog, resource: Resource, done: Collection[str]) -> tuple[Resource, ...]:
    """The prerequisites of a resource that are not done, in path order; one that the catalog lacks counts as met."""
    missing = {slug for slug in resource.requires if _missing(catalog, slug, done)}
    return tuple(one for one in catalog.resources if one.id in missing) if missing else ()


def unlocked_by(catalog: Catalog, resource: Resource, done: Collection[str]) -> tuple[Resource, ...]:
    """What a resource is the last missing prerequisite of, in path order."""
    return tuple(
        one
        for one in catalog.resources
        if resource.id in one.requires
        and one.id not in done
        and not any(_missing(catalog, slug, done) for slug in one.requires if slug != resource.id)
    )


def next_step(catalog: Catalog, done: Collection[str]) -> NextStep:
    """The first unfinished resource on the path whose prerequisites are met: there is one, since prerequisites are
    acyclic."""
    unfinished = [one for one in catalog.resources if one.id not in done]
    if not unfinished:
        return NextStep(None)
    resource, *others = [one for one in unfinished if not any(_missing(catalog, slug, done) for slug in one.requires)]
    return NextStep(
        resource,
        blocked=unfinished[0] if unfinished[0] is not resource else None,
        builds_on=tuple(catalog[slug] for slug in resource.requires if slug in catalog and slug in done),
        unlocks=unlocked_by(catalog, resource, done),
        alternatives=tuple(islice(_varied(resource, others), ALTERNATIVES)),
    )


def _tally(resources: Collection[Resource], done: Collection[str]) -> Tally:
    return Tally(sum(one.id in done for one in resources), len(resources))


def _missing(catalog: Catalog, slug: str, done: Collection[str]) -> bool:
    return slug not in done and slug in catalog


def _varied(beside: Resource, resources: list[Resource]) -> Iterator[Resource]:
    """The first of each other kind, then the rest, each in path order: who is not up to a paper may be to a talk."""
    by_kind = {one.kind: one for one in reversed(resources) if one.kind != beside.kind}
    others = [one for one in resources if by_kind.get(one.kind) is one]
    yield from chain(others, (one for one in resources if one not in others))

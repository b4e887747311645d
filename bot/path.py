"""The path: every resource of the catalog in one order, numbered through all stages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from rapidfuzz import fuzz, process, utils

from bot.catalog.model import Catalog, Resource, Stage, Track

OPTIONS = 4
"""Most resources to choose the next one from: with five a poll is a survey."""
PATH, SHUFFLED = "path", "shuffled"
"""The two orders that are not a stage's or a track's."""
NEAR_ENOUGH = 60
"""The lowest score (0 to 100) at which free text names a stage. At 0 any text would name one; at 100 only its exact
title would. A word or two of a title, mistyped, score above 75; unrelated words below 50."""


@dataclass(frozen=True, slots=True)
class Step:
    """A resource's place on the path: `number` counts from 1 through all stages and then the tracks."""

    number: int
    resource: Resource
    group: Stage | Track


@dataclass(frozen=True, slots=True)
class NextPrompt:
    """What a week's prompt is about.

    `step` of `total` is the place of `resource` on the path; `following` is next week's, `ahead` begins
    with it and goes on, OPTIONS of them at the most, to the end of this walk; `begins_again` is true for the first
    prompt after the path's last resource.
    """

    resource: Resource
    step: int
    total: int
    following: Resource
    begins_again: bool
    ahead: tuple[Resource, ...] = ()


def steps(catalog: Catalog) -> list[Step]:
    """Every resource with its number, in path order."""
    pairs = [(group, resource) for group in catalog.groups for resource in group.resources]
    return [Step(number, resource, group) for number, (group, resource) in enumerate(pairs, start=1)]


def find_group(catalog: Catalog, text: str) -> Stage | Track | None:
    """The stage or track with this id, number (from 1) or title, or the nearest title: a choice may be typed instead of
    picked. An id that looks like a number means the id."""
    groups, key = catalog.groups, text.strip().casefold()
    named = {str(number): group for number, group in enumerate(groups, start=1)} | {group.id: group for group in groups}
    if (group := named.get(key)) is not None:
        return group
    titles = [group.title for group in groups]
    near = process.extractOne(
        text, titles, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=NEAR_ENOUGH
    )
    return groups[near[2]] if near else None


def group_order(group_id: str) -> str:
    """The order that follows one stage or track; no id, "path" included, is taken for another order."""
    return f"group:{group_id}"


def group_of(catalog: Catalog, order: str) -> Stage | Track | None:
    """The stage or track that an order follows; None for another order, or if it's gone."""
    return next((group for group in catalog.groups if group_order(group.id) == order), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """In which order the prompts of one schedule come.

    `order` is PATH, SHUFFLED or `group_order` of a stage or track; `seed` tells one shuffled order from another;
    `start` is the id of the resource at which this round begins, if not at the first.
    """

    order: str = PATH
    seed: int = 0
    start: str | None = None

    def sequence(self, catalog: Catalog) -> Sequence[Resource]:
        """The resources in this order; none if the stage or track is empty or gone."""
        if self.order == SHUFFLED:
            # Each has its own place, so that one that is added or removed leaves the others where they are.
            return sorted(catalog.resources, key=lambda one: sha256(f"{self.seed}:{one.id}".encode()).digest())
        if self.order == PATH:
            return catalog.resources
        group = group_of(catalog, self.order)
        return group.resources if group else ()


def next_prompt(
    catalog: Catalog, posted: Collection[str], chosen: str | None = None, plan: Plan | None = None
) -> NextPrompt | None:
    """The first resource of a plan (path order without one) that was not posted in this round, or the one `chosen`.

    `posted` holds the ids of the round so far; ids, not positions, so that a resource that is added,
    moved or removed is neither skipped nor repeated. When all were posted a new round begins. A `chosen` id that
    the catalog does not have (any more) counts for nothing. None for an order without resources.
    """
    plan = plan or Plan()
    sequence = plan.sequence(catalog)
    if not sequence:
        return None
    ids = [resource.id for resource in sequence]
    first = ids.index(plan.start) if plan.start in ids else 0
    left = [one for one in sequence[first:] if one.id not in posted]
    begins_again = not left
    ahead = left or list(sequence)
    this = next((one for one in catalog.resources if one.id == chosen), ahead[0])
    others = tuple(islice((one for one in ahead if one is not this), OPTIONS))
    following = others[0] if others else sequence[0]
    return NextPrompt(this, catalog.place(this.id), len(catalog), following, begins_again, others)

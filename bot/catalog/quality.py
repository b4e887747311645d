"""Where a catalog is thin: what a curator could still write, none of which is a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.catalog.model import Catalog, Resource


class Gap(StrEnum):
    """What a resource lacks."""

    SUMMARY = "no summary"
    KIND = "no kind"
    TOPICS = "no topics"
    PROMPTS = "no prompt"


_LACKS: dict[Gap, Callable[[Resource], bool]] = {
    Gap.SUMMARY: lambda resource: not resource.summary,
    Gap.KIND: lambda resource: not resource.kind,
    Gap.TOPICS: lambda resource: not resource.topics,
    Gap.PROMPTS: lambda resource: not resource.prompts,
}


@dataclass(frozen=True, slots=True)
class Thin:
    """A resource with what it lacks, in the order of `Gap`."""

    resource: Resource
    gaps: tuple[Gap, ...]


def thin_resources(catalog: Catalog) -> list[Thin]:
    """The resources that lack something, in path order."""
    found = ((one, tuple(gap for gap, lacks in _LACKS.items() if lacks(one))) for one in catalog)
    return [Thin(resource, gaps) for resource, gaps in found if gaps]

"""Where a catalog is incomplete: what a curator could still write or should look at, none of which is a problem."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.catalog.labels import is_label
from bot.catalog.model import Catalog, Resource

REPEATED = 3
"""Titles of a catalog that are equal from which they name nothing: "Part 1" of three series."""

_ADVERT = re.compile(
    r"\b(?:sponsor(?:s|ed|ing)?|advert(?:s|isement)?|ads?|promo(?:tion|ted)?|coupon|discount|\d+\s?% off|hiring|donate"
    r"|buy me a coffee|patreon|free trial|sign up|book a demo|deploy (?:now|in)|newsletter)\b",
    re.IGNORECASE,
)
_ADVERT_ADDRESS = re.compile(
    r"[?&]utm_(?:campaign|medium)=|//(?:www\.)?(?:patreon|buymeacoffee|ko-fi|opencollective)\.com|github\.com/sponsors/",
    re.IGNORECASE,
)


class Gap(StrEnum):
    """What a resource lacks."""

    TITLE = "a title that looks like a label"
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
class Incomplete:
    """A resource with what it lacks, in the order of `Gap`."""

    resource: Resource
    gaps: tuple[Gap, ...]


def incomplete_resources(catalog: Catalog) -> list[Incomplete]:
    """The resources that lack something, in path order."""
    titles = Counter(resource.title.casefold() for resource in catalog)

    def gaps(resource: Resource) -> tuple[Gap, ...]:
        unnamed = is_label(resource.title) or titles[resource.title.casefold()] >= REPEATED
        return ((Gap.TITLE,) if unnamed else ()) + tuple(gap for gap, lacks in _LACKS.items() if lacks(resource))

    return [Incomplete(resource, found) for resource in catalog if (found := gaps(resource))]


def looks_like_advert(resource: Resource) -> bool:
    """Whether a resource seems to be there for its sponsor: by its words, or by an address that counts campaigns."""
    return any(map(_ADVERT.search, (resource.title, resource.summary))) or bool(_ADVERT_ADDRESS.search(resource.url))

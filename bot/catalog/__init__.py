"""The curated index: what it holds (`model`) and how `catalog.yaml` becomes one (`loading`)."""

from bot.catalog.identity import canonical_page
from bot.catalog.loading import load_catalog, parse_catalog, shipped_catalog
from bot.catalog.model import Catalog, Resource, Stage, Topic, Track

__all__ = [
    "Catalog",
    "Resource",
    "Stage",
    "Topic",
    "Track",
    "canonical_page",
    "load_catalog",
    "parse_catalog",
    "shipped_catalog",
]

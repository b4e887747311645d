"""Judged queries, and the figures that an engine reaches on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.catalog import Catalog, load_catalog, shipped_catalog

JUDGED = Path(__file__).with_name("judged.yaml")
LISTS = Path(__file__).with_name("lists")
OFF_TOPIC = LISTS / "off_topic.txt"
GOOD = 1.5
"""The grade from which a first hit is right."""

Queries = Sequence[dict[str, Any]]


class JudgedList(NamedTuple):
    """A catalog with queries to it: each with grades by resource id, or `none: true` if nothing fits."""

    name: str
    catalog: Catalog
    queries: Queries


class Figures(NamedTuple):
    """nDCG@5, the share of queries whose first hit is right, recall and precision of five hits, and silence."""

    ndcg: float
    first: float
    recall: float
    precision: float
    silence: float


def judged_lists() -> Iterator[JudgedList]:
    """The shipped catalog, then the public lists."""
    yield JudgedList("shipped", load_catalog(shipped_catalog()), _load(JUDGED))
    for path in sorted(LISTS.glob("*.queries.yaml")):
        name = path.name.removesuffix(".queries.yaml")
        yield JudgedList(name, load_catalog(path.with_name(f"{name}.yaml")), _load(path))


def _load(path: Path) -> Queries:
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))


def figures(search: Callable[[str], list[str]], queries: Queries) -> Figures:
    """The figures of a search, which goes from a query to at most five ids."""
    answers = [(query, search(query["q"])) for query in queries]
    asked = [(query["grades"], ids) for query, ids in answers if "grades" in query]
    return Figures(
        ndcg=mean([ndcg(grades, ids) for grades, ids in asked]),
        first=mean([bool(ids) and grades.get(ids[0], 0) >= GOOD for grades, ids in asked]),
        recall=mean([sum(one in grades for one in ids) / min(5, len(grades)) for grades, ids in asked]),
        precision=mean([mean([one in grades for one in ids]) for grades, ids in asked if ids]),
        silence=mean([not ids for query, ids in answers if query.get("none")]),
    )


def ndcg(grades: dict[str, float], ranked: list[str]) -> float:
    """nDCG@5 with the gain 2**grade - 1 (Järvelin and Kekäläinen, 2002)."""
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:5]
    gained = sum((2 ** grades.get(one, 0) - 1) / math.log2(place + 2) for place, one in enumerate(ranked))
    return gained / sum(gain / math.log2(place + 2) for place, gain in enumerate(ideal))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

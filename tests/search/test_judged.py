"""Figures over judged queries: our own, and those of the shared set where it is at hand."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalog import Catalog
from bot.search import SearchIndex

JUDGED = Path(__file__).with_name("judged.yaml")
SHARED = Path(__file__).parents[3] / "shared" / "eval"


def ndcg(grades: dict[str, float], ranked: list[str]) -> float:
    """nDCG@5 with the gain 2**grade - 1 (Järvelin and Kekäläinen, 2002)."""
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:5]
    gained = sum((2 ** grades.get(one, 0) - 1) / math.log2(place + 2) for place, one in enumerate(ranked))
    return gained / sum(gain / math.log2(place + 2) for place, gain in enumerate(ideal))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def figures(index: SearchIndex, queries: list[dict[str, Any]]) -> dict[str, float]:
    answers = [(query, [hit.resource.id for hit in index.search(query["q"]).hits]) for query in queries]
    asked = [(query["grades"], ids) for query, ids in answers if "grades" in query]
    return {
        "ndcg": mean([ndcg(grades, ids) for grades, ids in asked]),
        "first": mean([bool(ids) and grades.get(ids[0], 0) >= 1.5 for grades, ids in asked]),
        "precision": mean([mean([one in grades for one in ids]) for grades, ids in asked if ids]),
        "silence": mean([not ids for query, ids in answers if query.get("none")]),
    }


def test_our_own_judged_queries(index: SearchIndex, catalog: Catalog) -> None:
    queries = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))
    assert all(one in catalog for query in queries for one in query.get("grades", {}))
    found = figures(index, queries)
    assert found["ndcg"] >= 0.94, found
    assert found["first"] >= 0.9, found
    assert found["precision"] >= 0.88, found
    assert found["silence"] == 1, found


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared judged queries are not at hand")
def test_the_shared_judged_queries(index: SearchIndex) -> None:
    spec = importlib.util.spec_from_file_location("metrics", SHARED / "metrics.py")
    assert spec is not None
    assert spec.loader is not None
    metrics = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(metrics)
    queries = metrics.load(SHARED / "dev_queries.yaml")
    found = metrics.judge(queries, lambda query: [hit.resource.url for hit in index.search(query).hits])
    assert found["ndcg5"] >= 0.95, found
    assert found["p1"] >= 0.95, found
    assert found["precision"] >= 0.8, found
    assert found["silent"] == 1, found

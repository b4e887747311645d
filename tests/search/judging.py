"""Judged queries, and the figures that an engine reaches on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.catalog import Catalog, Resource, Stage, load_catalog, shipped_catalog

HERE = Path(__file__).parent
LISTS = HERE / "lists"
OFF_TOPIC = LISTS / "off_topic.txt"
GOOD = 1.5
"""The grade from which a first hit is right."""
TUNED = ("shipped", "econ", "music", "sre", "cs", "math")
"""The lists on which constants were chosen; the figures of the others were seen beside them."""

Queries = Sequence[dict[str, Any]]
Search = Callable[[str], list[str]]
"""From a query to the ids of at most five resources, the best first."""


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


def judged_lists(folder: Path | None = None) -> Iterator[JudgedList]:
    """The shipped catalog and the committed lists; those of a further folder too, two files a list as here."""
    yield JudgedList("shipped", load_catalog(shipped_catalog()), _load(HERE / "judged.yaml"))
    for place in (LISTS, folder) if folder else (LISTS,):
        for path in sorted(place.glob("*.queries.yaml")):
            name = path.name.removesuffix(".queries.yaml")
            yield JudgedList(name, load_catalog(path.with_name(f"{name}.yaml")), _load(path))


def judged_messages() -> Iterator[JudgedList]:
    """The judged messages, list by list; `q` is the text."""
    catalogs = {one.name: one.catalog for one in judged_lists()}
    messages = [{"q": one["text"], "group": "message", **one} for one in _load(HERE / "messages.yaml")]
    for name in dict.fromkeys(one["list"] for one in messages):
        yield JudgedList(name, catalogs[name], [one for one in messages if one["list"] == name])


def judged_languages() -> Iterator[JudgedList]:
    """The same small list in six languages; the first wanted resource must come first."""
    for code, one in _load(HERE / "languages.yaml").items():  # type: ignore[attr-defined]
        queries = [
            {"q": query, "none": True} if wanted == "none" else {"q": query, "grades": {wanted[0]: 3}}
            for query, wanted in one["queries"].items()
        ]
        yield JudgedList(code, language_list(code, one["list"]), queries)


def language_list(code: str, listed: dict[str, dict[str, str]]) -> Catalog:
    """The catalog of one language: headings, and for each id the title and the summary."""
    stages = []
    for number, (heading, entries) in enumerate(listed.items()):
        texts = {slug: text.split(" | ") for slug, text in entries.items()}
        resources = tuple(
            Resource(slug, title, f"https://example.org/{code}/{slug}", summary=summary)
            for slug, (title, summary) in texts.items()
        )
        stages.append(Stage(f"s{number}", heading, resources=resources))
    return Catalog(code, stages=tuple(stages))


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def figures(search: Search, queries: Queries) -> Figures:
    """The figures of a search on some queries."""
    answers = [(query, search(query["q"])[:5]) for query in queries]
    asked = [(query["grades"], ids) for query, ids in answers if "grades" in query]
    return Figures(
        ndcg=mean([ndcg(grades, ids) for grades, ids in asked]),
        first=mean([bool(ids) and grades.get(ids[0], 0) >= GOOD for grades, ids in asked]),
        recall=mean([sum(one in grades for one in ids) / min(5, len(grades)) for grades, ids in asked]),
        precision=mean([mean([one in grades for one in ids]) for grades, ids in asked if ids]),
        silence=mean([not ids for query, ids in answers if query.get("none")]),
    )


def ndcg_by_kind(search: Search, queries: Queries) -> dict[str, list[float]]:
    """nDCG@5 of each query with grades, by the kind of query ("typo", "question", …)."""
    found: dict[str, list[float]] = {}
    for query in queries:
        if "grades" in query:
            found.setdefault(query.get("group", "all"), []).append(ndcg(query["grades"], search(query["q"])[:5]))
    return found


def ndcg(grades: dict[str, float], ranked: list[str]) -> float:
    """nDCG@5 with the gain 2**grade - 1 (Järvelin and Kekäläinen, 2002)."""
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:5]
    gained = sum((2 ** grades.get(one, 0) - 1) / math.log2(place + 2) for place, one in enumerate(ranked))
    return gained / sum(gain / math.log2(place + 2) for place, gain in enumerate(ideal))


def mean(values: Sequence[float]) -> float:
    """The mean; 1 of nothing, since nothing went wrong."""
    return sum(values) / len(values) if values else 1.0

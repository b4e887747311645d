"""`python -m tests.benchmarks`: studybot's search beside its peers, quality and time, in one run.

First judged queries: on the shipped catalog (tests/search/judged.yaml), and on public lists that were imported by their
Markdown alone, without topics or aliases (tests/search/lists). Then, for each size, known-item search in a generated
index: how often the one title that a mistyped query was made from comes first. Everything runs in one thread, one
engine after another.
"""

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bot.catalog import Catalog
from bot.search import SearchIndex
from tests.benchmarks.generator import make_catalog
from tests.benchmarks.known_item import known_items
from tests.benchmarks.peers import PEERS, Search, node_peers
from tests.search.judging import OFF_TOPIC, Figures, figures, judged_lists, mean

ROOT = Path(__file__).parents[2]
PLOT = ROOT / "docs" / "benchmark.svg"
SIZES = {1_000: 400, 12_000: 400, 100_000: 100}
"""How many resources, and how many known-item queries are asked of them."""


class Row(NamedTuple):
    size: int
    engine: str
    first: float
    five: float
    median: float  # milliseconds
    late: float  # the 99th percentile, milliseconds
    build: float  # seconds


def timed(search: Search, queries: Sequence[str]) -> tuple[list[list[int]], list[float]]:
    """What is found for each query, and the milliseconds it took, sorted."""
    answers, took = [], []
    for query in queries:
        begun = time.process_time()
        answers.append(search(query))
        took.append((time.process_time() - begun) * 1000)
    return answers, sorted(took)


class Judged(NamedTuple):
    name: str
    engine: str
    figures: Figures
    off_topic: float  # the share of queries that no list is about and that get no answer


def judged(folder: Path | None = None) -> Iterator[Judged]:
    """Every engine on every list that has judged queries; those of a further folder too."""
    off_topic = OFF_TOPIC.read_text(encoding="utf-8").splitlines()
    for one in judged_lists(folder):
        for engine, make in (PEERS | node_peers()).items():
            search = make(one.catalog)
            found = figures(partial(_ids, one.catalog, search), one.queries)
            yield Judged(one.name, engine, found, mean([not search(query) for query in off_topic]))


def _ids(catalog: Catalog, search: Search, query: str) -> list[str]:
    return [catalog.resources[number].id for number in search(query)]


def judged_table(found: Sequence[Judged]) -> str:
    lines = [
        "| list | engine | nDCG@5 | first right | recall@5 | precision | silence | off topic |",
        "|---|---|" + "---:|" * 6,
    ]
    for name, engine, of, off_topic in found:
        values = (of.ndcg, of.first, of.recall, of.precision, of.silence, off_topic)
        lines.append(f"| {name} | {engine} | {' | '.join(f'{value:.2f}' for value in values)} |")
    return "\n".join(lines)


def remembered(catalog: Catalog, engine: str, make: Callable[[Catalog], Search]) -> Row:
    items = known_items([resource.title for resource in catalog], SIZES[len(catalog)])
    search, build = built(catalog, make)
    answers, took = timed(search, [item.query for item in items])
    first = mean([found[:1] == [item.wanted] for item, found in zip(items, answers, strict=True)])
    five = mean([item.wanted in found for item, found in zip(items, answers, strict=True)])
    return row(catalog, engine, first, five, took, build)


def built(catalog: Catalog, make: Callable[[Catalog], Search]) -> tuple[Search, float]:
    gc.collect()
    begun = time.process_time()
    search = make(catalog)
    took = time.process_time() - begun
    gc.collect()
    gc.freeze()  # as the bot does when it starts
    return search, took


def row(catalog: Catalog, engine: str, first: float, five: float, took: list[float], build: float) -> Row:
    return Row(len(catalog), engine, first, five, took[len(took) // 2], took[int(len(took) * 0.99)], build)


def rows(sizes: Sequence[int]) -> Iterator[Row]:
    for size in sizes:
        catalog = make_catalog(size)
        for engine, make in PEERS.items():
            yield remembered(catalog, engine, make)


def table(found: Sequence[Row]) -> str:
    lines = [
        "| resources | engine | first | in five | median | 99th percentile | build |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        lines.append(
            f"| {one.size:,} | {one.engine} | {one.first:.2f} | {one.five:.2f} "
            f"| {one.median:.2f} ms | {one.late:.1f} ms | {one.build:.2f} s |"
        )
    return "\n".join(lines)


def own_costs(size: int) -> str:
    """What one resource costs in memory, and a keystroke of autocomplete beside a search."""
    catalog = make_catalog(size)
    gc.collect()
    tracemalloc.start()
    index = SearchIndex(catalog)
    gc.collect()
    memory = tracemalloc.get_traced_memory()[0] / size
    tracemalloc.stop()
    gc.freeze()
    queries = [item.query for item in known_items([one.title for one in catalog], 200)]
    keystrokes = [query[:end] for query in queries for end in range(1, len(query) + 1)]
    _, search = timed(lambda query: [len(index.search(query).hits)], queries)
    _, keys = timed(lambda typed: [len(index.suggest(typed))], keystrokes)
    ratio = keys[len(keys) // 2] / search[len(search) // 2]
    return (
        f"At {size:,} resources the index takes {memory / 1000:.1f} kB of memory for each, and a keystroke of "
        f"autocomplete {ratio:.2f} of the time of a search (medians)."
    )


def plot(found: Sequence[Row]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "studybot"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for engine, marker in zip(PEERS, "osv^x", strict=True):
        own = [one for one in found if one.engine == engine]
        axes.plot([one.size for one in own], [one.median for one in own], marker=marker, label=engine)
    axes.set(xscale="log", yscale="log", xlabel="resources", ylabel="median time of a query, ms")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", type=int, choices=SIZES, default=list(SIZES))
    parser.add_argument("--plot", action="store_true", help="draw docs/benchmark.svg")
    parser.add_argument("--lists", type=Path, help="a folder of further lists, NAME.yaml beside NAME.queries.yaml")
    given = parser.parse_args()
    found = list(rows(given.sizes))
    text = f"{judged_table(list(judged(given.lists)))}\n\n{table(found)}\n\n{own_costs(12_000)}"
    print(text)
    if given.plot:
        plot(found)


if __name__ == "__main__":
    main()

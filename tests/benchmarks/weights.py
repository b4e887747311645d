"""`python -m tests.benchmarks.weights`: what each constant of the search is worth.

Each constant of `bot.search.constants.Constants` is lowered and raised by 30 %, and every set of judged queries asked
again: the committed lists, messages, languages and mistyped titles; with `--lists FOLDER` the lists of that folder too.
Printed is what moves by more than 0.002, and where. A constant that moves nothing anywhere goes. With `--off` each
mechanism that has a constant is switched off instead (the constant is 0, or for "from" lengths 99).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from bot.catalog import Catalog, Resource, Stage
from bot.search import SearchIndex
from bot.search.constants import Constants
from tests.benchmarks.known_item import known_items
from tests.search.judging import JudgedList, figures, judged_languages, judged_lists, judged_messages

KNOWN_ITEMS = 200
MOVED = 0.002


def mistyped(typos: int, folder: Path | None) -> JudgedList:
    """All titles of the lists, and parts of them to be found again with so many typos."""
    titles = list(dict.fromkeys(one.title for each in judged_lists(folder) for one in each.catalog))
    resources = tuple(Resource(f"k{n}", title, f"https://example.org/{n}") for n, title in enumerate(titles))
    queries = [
        {"q": item.query, "grades": {f"k{item.wanted}": 3}} for item in known_items(titles, KNOWN_ITEMS, typos=typos)
    ]
    return JudgedList(f"{typos} typo", Catalog("Titles", stages=(Stage("all", "All", resources=resources),)), queries)


def measured(constants: Constants, folder: Path | None) -> dict[str, float]:
    """The figures of each set: nDCG@5, and the share of silences where there are any."""
    found: dict[str, float] = {}
    for name, one, message in _sets(folder):
        index = SearchIndex(one.catalog, constants)
        search = index.search_message if message else index.search
        of = figures(lambda query, search=search: [hit.resource.id for hit in search(query).hits], one.queries)
        found[name] = of.ndcg
        found[f"{name} silence"] = of.silence
    return found


def _sets(folder: Path | None) -> Iterator[tuple[str, JudgedList, bool]]:
    for one in (*judged_lists(folder), mistyped(1, folder), mistyped(2, folder), *judged_languages()):
        yield one.name, one, False
    for one in judged_messages():
        yield f"messages {one.name}", one, True


def varied(*, off: bool) -> Iterator[tuple[str, Constants]]:
    """The constants with one of them changed, and what was changed."""
    usual = Constants()
    for name, value in asdict(usual).items():
        changes = [99 if name.endswith("_from") else 0] if off else [value * 0.7, value * 1.3]
        for changed in changes:
            whole = round(changed) if isinstance(value, int) else min(changed, 100.0)
            yield f"{name} {value} → {whole:.4g}", replace(usual, **{name: whole})


def main() -> None:
    """Vary each constant and print what moves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lists", type=Path, help="a folder of further lists, NAME.yaml beside NAME.queries.yaml")
    parser.add_argument("--off", action="store_true", help="switch each mechanism off instead")
    given = parser.parse_args()
    usual = measured(Constants(), given.lists)
    print("as it is:", ", ".join(f"{name} {value:.3f}" for name, value in usual.items()))
    for change, constants in varied(off=given.off):
        found = measured(constants, given.lists)
        moved = {name: found[name] - usual[name] for name in usual if abs(found[name] - usual[name]) > MOVED}
        print(f"{change}:", ", ".join(f"{name} {by:+.3f}" for name, by in moved.items()) or "moves nothing", flush=True)


if __name__ == "__main__":
    main()

"""Lists that nobody annotated: titles, urls, headings, sometimes a summary. What is found, in which order, and why."""

from __future__ import annotations

from functools import lru_cache

import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.search import SearchIndex
from tests.search.conftest import short

LIST = {
    "Start Here": ["How to use this list"],
    "Core CS · Systems": [
        "Operating Systems: Three Easy Pieces | Processes, memory and files.",
        "Computer Networking: a Top-Down Approach",
    ],
    "Core CS · Compilers (and interpreters)": [
        "Crafting a language | Two ways to run a program that you wrote.",
        "The dragon book | Parsing, and code for real machines.",
    ],
    "Languages · Go": ["A tour in ten steps", "Concurrency patterns"],
    "Languages · R": ["Graphics made simple"],
    "Operations": ["SRE in practice | Keeping sites up.", "On-call without burnout"],
    "Machine Learning": [
        "The Notebook of tricks | Recipes for training neural networks on a laptop.",
        "Internet of Things: a survey",
        "FastAPI for model serving",
    ],
    "Tutorials": ["Ten lessons"],
    "Data/Visualization": ["Plots that tell a story", "A converter between formats"],
}


@lru_cache
def index() -> SearchIndex:
    stages, number = [], 0
    for place, (heading, entries) in enumerate(LIST.items()):
        resources = []
        for title, _, summary in (entry.partition(" | ") for entry in entries):
            number += 1
            resources.append(Resource(f"r{number}", title, f"https://site{number}.example/", summary=summary))
        stages.append(Stage(f"s{place}", heading, resources=tuple(resources)))
    return SearchIndex(Catalog("A list of computing", stages=tuple(stages)))


FOUND = [
    # query, the titles that come first in this order, the reasons for the first, why
    ("compilers", ["Crafting", "The dragon"], "compilers: heading", "only the heading says so"),
    ("interpreters", ["Crafting", "The dragon"], "interpreters: heading", "and what is in its brackets"),
    ("core cs systems", ["Operating", "Computer"], "core cs: heading", "a path of headings"),
    ("visualisation", ["Plots", "A converter"], "visualisation = Visualization: heading", "one of two, British"),
    ("OSTEP", ["Operating"], "ostep = Operating Systems: Three Easy Pieces: title", "initials of a whole title"),
    ("iot", ["Internet"], "iot = Internet of Things: a survey: title", "initials with a stop word, before a colon"),
    ("ml", ["The Notebook", "Internet", "FastAPI"], "ml = Machine Learning: heading", "initials of a heading"),
    ("go", ["A tour", "Concurrency"], "go: heading", "a stop word that is a heading"),
    ("learn r", ["Graphics"], "r: heading", "a letter that is one"),
    ("note book", ["The Notebook"], "note book = notebook: title", "neighbours are joined"),
    ("fast api", ["FastAPI"], "fast api = fastapi: title", "and a word with capitals inside taken apart"),
    ("convert formats", ["A converter"], "convert = converter: title", "the same root"),
    ("neural networks", ["The Notebook"], "neural networks: summary", "only the summary says so"),
    ("how does memory work in an operating system", ["Operating"], "memory: summary", "a question"),
    ("what is a good book about parsing", ["The dragon"], "parsing: summary", "a kind that nothing is stated to be"),
    ("tutorials", ["Ten"], "tutorials: heading", "a word of asking that is a heading"),
    ("concurency patern", ["Concurrency"], "concurency ≈ concurrency: title", "two typos"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "first", "reason", "why"), FOUND, ids=[row[0] for row in FOUND])
def test_what_comes_first(query: str, first: list[str], reason: str, why: str) -> None:
    hits = index().search(query).hits
    titles = [hit.resource.title for hit in hits]
    assert [title[: len(start)] for title, start in zip(titles, first, strict=False)] == first, why
    assert short(hits[0].why[0]) == reason, why


SILENCE = [
    ("coffee machine", "one general word of two, the other unknown"),
    ("movie tickets", "nothing of it"),
    ("how do I go about cooking", "a stop word in a question is no heading"),
    ("what does it really do", "words that tell nothing"),
    ("baby names", "a word of the language is no typo of another"),
    ("thanks for the book!", "thanks ask for nothing"),
]


@pytest.mark.parametrize(("query", "why"), SILENCE, ids=[row[0] for row in SILENCE])
def test_silence(query: str, why: str) -> None:
    assert index().search(query).hits == (), why


def test_what_is_near_is_offered_and_nothing_else() -> None:
    assert [topic.name for topic in index().search("compiler optimisation flags for arm").nearest] == ["Compilers"]
    assert index().search("🦙").nearest == ()


def test_related_share_a_heading() -> None:
    (related,) = index().search("graphics made simple plots").related[:1] or index().search("on-call").related[:1]
    assert related.topics


@pytest.mark.parametrize("query", ["what should I read first?", "where do I start", "which would you begin with"])
def test_where_to_begin_is_the_beginning_of_the_path(query: str) -> None:
    answer = index().search(query)
    assert answer.start
    assert answer.hits[0].resource.id == "r1"
    assert answer.hits[0].why[0].field in ("path", "heading")


def test_a_heading_for_beginners_is_where_to_begin() -> None:
    stages = [Stage(name, name, resources=(Resource(name, f"About {name}", f"https://{name}.example/"),))
              for name in ("advanced", "beginner")]  # fmt: skip
    answer = SearchIndex(Catalog("Levels", stages=tuple(stages))).search("something for a beginner")
    assert [hit.resource.id for hit in answer.hits] == ["beginner", "advanced"]

"""The library: what a text names."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Resource, Stage
from bot.catalogs import Library


@pytest.mark.parametrize(
    "text",
    [
        "kv-cache-explainer",
        " KV-Cache-Explainer ",
        "KV Cache brief explainer",
        "kv  cache BRIEF explainer",
        "kv cache brief explaner",
        "kvcache",
    ],
)
def test_id_title_and_free_text_all_name_it(library: Library, text: str) -> None:
    found = library.find(text)
    assert found is not None
    assert found.id == "kv-cache-explainer"


def test_every_id_and_every_title_names_its_own_resource(library: Library) -> None:
    for resource in library.catalog:
        assert library.find(resource.id) is resource
        assert library.find(resource.title) is resource


@pytest.mark.parametrize("text", ["", "   ", "sourdough bread", "@everyone", "\u200b"])
def test_what_names_nothing(library: Library, text: str) -> None:
    assert library.find(text) is None


def test_of_two_with_one_title_the_first_on_the_path() -> None:
    one, other = (Resource(slug, "Same", f"https://example.org/{slug}") for slug in "ab")
    library = Library(Catalog("Index", stages=(Stage("s", "S", resources=(one, other)),)))
    assert library.find("same") is one


def same_titles(*groups: tuple[str, tuple[str, ...]]) -> Library:
    """A list of stages with these titles and the titles of their resources; ids are r1, r2, …"""
    number = itertools.count(1)
    stages = [
        Stage(f"s{at}", title, resources=tuple(resource(next(number), one) for one in titles))
        for at, (title, titles) in enumerate(groups)
    ]
    return Library(Catalog("Index", stages=tuple(stages)))


def resource(number: int, title: str) -> Resource:
    return Resource(f"r{number}", title, f"https://example.org/{number}")


def test_a_title_that_stands_more_than_once_has_its_stage_or_step_beside_it() -> None:
    library = same_titles(("Rust", ("Introduction", "Loops")), ("Go", ("introduction", "Maps", "Maps")))
    assert [library.label(one) for one in library.catalog] == [
        "Introduction · Rust", "Loops", "introduction · Go", "Maps · step 4", "Maps · step 5",
    ]  # fmt: skip


def test_a_title_of_several_asks_which() -> None:
    library = same_titles(("Rust", ("Introduction", "Loops")), ("Go", ("Introduction",)))
    one, other = library.catalog["r1"], library.catalog["r3"]
    assert library.named("introduction") is None
    assert library.guess("Introduction").candidates == (one, other)
    assert library.find("Introduction") is one
    assert (library.named("introduction · go"), library.named("r3")) == (other, other)
    assert library.named("Loops") is library.catalog["r2"]


TITLES = st.text("ab ", min_size=1, max_size=60).filter(str.strip)


@given(
    groups=st.lists(st.tuples(TITLES, st.lists(TITLES, max_size=5).map(tuple)), max_size=4),
    limit=st.sampled_from([55, 80, 100]),
)
def test_labels_fit_and_are_all_different(groups: list[tuple[str, tuple[str, ...]]], limit: int) -> None:
    library = same_titles(*groups)
    labels = [library.label(one, limit) for one in library.catalog]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(label) <= limit for label in labels)
    assert all(library.named(library.label(one)) is one for one in library.catalog)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kv cache brief explaner", "kv-cache-explainer"),
        ("few-shot learners", "few-shot-learners"),
        ("lora", "lora-explained"),
        ("the bert paper", "bert"),
        ("karpathy's state of gpt", "state-of-gpt"),
        ("paged attention", "paged-attention"),
        ("attention", None),  # in several titles
        ("kv cache", None),
        ("quantization", None),  # a topic of several, in no title
        ("gpt", None),
        ("video", None),
        ("sourdough", None),
    ],
)
def test_what_is_clearly_meant(library: Library, text: str, meant: str | None) -> None:
    found = library.guess(text).meant
    assert (found and found.id) == meant


def test_what_is_not_clear_has_candidates_and_a_kind_has_none(library: Library) -> None:
    assert [one.id for one in library.guess("kv cache").candidates][:2] == [
        "kv-cache-explainer",
        "understanding-llama2",
    ]
    assert len(library.guess("attention").candidates) == 3
    assert library.guess("papers").candidates == ()
    assert library.guess("sourdough").candidates == ()


@given(st.text(max_size=200))
def test_any_text_may_come(library: Library, text: str) -> None:
    found = library.find(text)
    assert found is None or found in library.catalog.resources

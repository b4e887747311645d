"""The library: what a text names."""

from __future__ import annotations

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

"""A catalog that is built in Python: checked like a file, immutable, and found by page."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from pydantic import ValidationError

from bot.catalog import Catalog, Resource, Stage, Topic, Track, parse_catalog

MOVED = Resource(id="b", title="B", url="https://example.org/b", former_urls=("http://www.example.org/old/",))
CATALOG = Catalog(
    "Bread for beginners",
    topics={"bread": Topic("bread", "Bread")},
    stages=(Stage("1", "First", resources=(Resource("a", "A", "https://youtu.be/abc"), MOVED)),),
    tracks=(Track("more", "More", resources=(Resource("c", "C", "https://example.org/c"),)),),
)


def test_an_id_is_made_from_the_title_and_kept() -> None:
    assert CATALOG.id == "bread-for-beginners"
    assert replace(CATALOG, title="Bread").id == "bread-for-beginners"
    assert Catalog(id="loaves", title="Bread").id == "loaves"
    assert Catalog("。。。").id == "list"


def test_pages_that_were_finished_are_resources_that_are_done() -> None:
    assert CATALOG.finished([]) == frozenset()
    assert CATALOG.finished({"youtube.com/watch?v=abc", "example.com/of-another-list"}) == {"a"}
    assert CATALOG.finished(["example.org/old"]) == {"b"}
    assert CATALOG.finished([page for one in CATALOG for page in one.pages]) == {"a", "b", "c"}


def test_a_page_that_two_resources_share() -> None:
    """The check of a file refuses it; one that is built in Python counts for both."""
    twice = Catalog("Twice", stages=(Stage("s", "S", resources=(MOVED, replace(MOVED, id="other"))),))
    assert twice.finished(["example.org/b"]) == {"b", "other"}


def test_an_address_of_any_form_leads_to_its_resource() -> None:
    """By its page, then a former page, then a further link that no other resource has."""
    paper = Resource(
        "paper", "Paper", "https://x.example/paper",
        links={"pdf": "https://x.example/paper.pdf", "code": "https://x.example/code", "film": "https://youtu.be/abc"},
        former_urls=("https://x.example/draft",),
    )  # fmt: skip
    film = Resource("film", "Film", "https://www.youtube.com/watch?v=abc", links={"code": "https://x.example/code"})
    catalog = Catalog("Links", stages=(Stage("s", "S", resources=(paper, film)),))
    found = {
        "http://www.x.example/paper/": paper,
        "https://x.example/draft": paper,
        "https://x.example/paper.pdf?utm_source=x": paper,
        "https://m.youtube.com/watch?v=abc": film,
        "https://x.example/code": None,  # of both
        "https://x.example/other": None,
        "no address": None,
    }
    assert {address: catalog.resource_at(address) for address in found} == found
    assert paper.pages == ("x.example/paper", "x.example/draft")
    assert catalog.finished(["x.example/paper.pdf"]) == frozenset()


def test_further_links_are_checked_and_fixed() -> None:
    with pytest.raises(ValidationError):
        Resource("x", "X", "https://x.example", links={"pdf": "ftp://x.example"})
    one = Resource("x", "X", "https://x.example", links={" pdf ": "https://x.example/pdf"})
    assert (dict(one.links), hash(one) == hash(replace(one))) == ({"pdf": "https://x.example/pdf"}, True)
    with pytest.raises(TypeError):
        one.links["code"] = "https://x.example/code"  # type: ignore[index]


def test_equal_catalogs_are_equal_and_hash_alike() -> None:
    other = replace(CATALOG)
    assert (other, hash(other)) == (CATALOG, hash(CATALOG))
    assert replace(MOVED, title="Another") != MOVED
    assert {MOVED: 1}[replace(MOVED)] == 1
    assert MOVED.page == replace(MOVED).page


def test_nothing_of_it_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        MOVED.title = "Another"  # type: ignore[misc]
    with pytest.raises(TypeError):
        CATALOG.topics["new"] = Topic("new", "New")  # type: ignore[index]


@pytest.mark.parametrize(
    "keys",
    [{"url": "ftp://example.org"}, {"title": ""}, {"id": "No slug"}, {"kind": "papr"}, {"nonsense": 1}],
)
def test_it_is_checked_like_a_file(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Resource(**({"id": "x", "title": "X", "url": "https://example.org"} | keys))


def test_a_retired_resource_is_in_nothing_that_is_shown(catalog: Catalog) -> None:
    first = replace(catalog.resources[0], retired=True)
    stage = replace(catalog.stages[0], resources=(first, *catalog.stages[0].resources[1:]))
    less = replace(catalog, stages=(stage, *catalog.stages[1:]))
    assert less.retired == (first,)
    assert [one.id for one in less] == [one.id for one in catalog.resources[1:]]
    assert (len(less), less.get(first.id), first.id in less, less.place(catalog.resources[1].id)) == (
        22,
        None,
        False,
        1,
    )
    assert less.finished([first.page]) == frozenset()


def test_a_prerequisite_that_is_retired_binds_nobody() -> None:
    text = """\
title: L
stages:
  - title: S
    resources:
      - {id: a, title: A, url: "https://x.example/a", retired: yes}
      - {id: b, title: B, url: "https://x.example/b", requires: [a, c]}
      - {id: c, title: C, url: "https://x.example/c", added: 2026-03-14}
"""
    catalog = parse_catalog(text, "catalog.yaml")
    assert catalog["b"].requires == ("c",)
    assert str(catalog["c"].added) == "2026-03-14"

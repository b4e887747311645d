"""Progress on the path: sums, prerequisites, and what is next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Resource, Stage, Track
from bot.progress import NextStep, Tally, next_step, tally, unlocked_by, unmet


def resource(slug: str, *requires: str, kind: str = "paper", level: str | None = None) -> Resource:
    return Resource(slug, slug.upper(), f"https://example.org/{slug}", kind=kind, level=level, requires=requires)


def catalog_of(*resources: Resource) -> Catalog:
    half = (len(resources) + 1) // 2
    return Catalog(
        "Index",
        stages=(Stage("one", "One", resources=resources[:half]),),
        tracks=(Track("empty", "Empty"), Track("last", "Last", resources=resources[half:])),
    )


SMALL = catalog_of(
    resource("a"),
    resource("b", "a"),
    resource("c", "b", kind="video", level="beginner"),
    resource("d", kind="video"),
    resource("e", "a", "d", kind="talk", level="beginner"),
)


def ids(found: NextStep) -> tuple[str | None, str | None, list[str], list[str], list[str]]:
    return (
        found.resource.id if found.resource else None,
        found.blocked.id if found.blocked else None,
        [one.id for one in found.builds_on],
        [one.id for one in found.unlocks],
        [one.id for one in found.alternatives],
    )


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("", ("a", None, [], ["b"], ["d"])),
        ("a", ("b", None, ["a"], ["c"], ["d"])),
        ("ab", ("c", None, ["b"], [], ["d"])),
        ("abc", ("d", None, [], ["e"], [])),
        ("ad", ("b", None, ["a"], ["c"], ["e"])),
        ("d", ("a", None, [], ["b", "e"], [])),
        ("abcd", ("e", None, ["a", "d"], [], [])),
        ("abcde", (None, None, [], [], [])),
        ("bcde", ("a", None, [], [], [])),  # done out of order: what is left is next, and unlocks nothing
    ],
)
def test_the_next_in_path_order_whose_prerequisites_are_met(done: str, expected: object) -> None:
    assert ids(next_step(SMALL, set(done))) == expected


def test_alternatives_are_of_other_kinds_first() -> None:
    papers = [resource(f"p{number}") for number in range(6)]
    catalog = catalog_of(*papers, resource("talk", kind="talk"), resource("video", kind="video"))
    assert ids(next_step(catalog, set()))[4] == ["talk", "video", "p1"]


def test_a_prerequisite_that_the_catalog_lost_counts_as_met() -> None:
    catalog = catalog_of(resource("a", "gone"), resource("b", "a", "gone"))
    assert unmet(catalog, catalog["a"], set()) == ()
    assert [one.id for one in unmet(catalog, catalog["b"], set())] == ["a"]
    assert ids(next_step(catalog, set()))[:2] == ("a", None)


def test_unlocked_is_what_waits_for_nothing_else() -> None:
    assert [one.id for one in unlocked_by(SMALL, SMALL["a"], set())] == ["b"]
    assert [one.id for one in unlocked_by(SMALL, SMALL["a"], {"d"})] == ["b", "e"]
    assert [one.id for one in unlocked_by(SMALL, SMALL["a"], {"d", "b"})] == ["e"]


def test_sums_are_of_ids() -> None:
    assert tally(SMALL, {"a", "e", "retired"}) == Tally(2, 5)
    assert Tally(2, 2).complete
    assert not Tally(1, 2).complete
    assert not Tally(0, 0).complete


def test_nobody_stays_at_22_of_23(catalog: Catalog) -> None:
    """Added, moved or retired: who goes on with /next gets to the end of the path."""
    done = {one.id for one in catalog.resources[:-1]}
    first = catalog.stages[0]
    retired = replace(catalog, stages=(replace(first, resources=first.resources[1:]), *catalog.stages[1:]))
    moved = replace(catalog, stages=catalog.stages[::-1])
    added = replace(
        catalog, stages=(replace(first, resources=(resource("new"), *first.resources)), *catalog.stages[1:])
    )
    for changed, total in ((catalog, 23), (retired, 22), (moved, 23), (added, 24)):
        reached = set(done)
        while (step := next_step(changed, reached)).resource:
            reached.add(step.resource.id)
        assert tally(changed, reached) == Tally(total, total)


SLUGS = [f"r{number}" for number in range(12)]


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Resources in any order on the path, each requiring some of the earlier ones of another order, and some gone."""
    slugs = draw(st.lists(st.sampled_from(SLUGS), unique=True, min_size=1))
    resources = [
        resource(
            slug,
            *draw(st.lists(st.sampled_from([*slugs[:place], "gone-1", "gone-2"]), unique=True, max_size=3)),
            kind=draw(st.sampled_from(["paper", "video", "talk"])),
            level=draw(st.sampled_from([None, "beginner", "advanced"])),
        )
        for place, slug in enumerate(slugs)
    ]
    return catalog_of(*draw(st.permutations(resources)))


DONE = st.sets(st.sampled_from([*SLUGS, "gone-1", "retired"]))


@given(catalogs(), DONE)
def test_following_it_reaches_the_end_and_repeats_nothing(catalog: Catalog, done: set[str]) -> None:
    left = tally(catalog, done).total - tally(catalog, done).done
    for _ in range(left):
        step = next_step(catalog, done)
        assert step.resource is not None
        assert step.resource.id not in done
        assert not unmet(catalog, step.resource, done)
        done = done | {step.resource.id}
    assert next_step(catalog, done) == NextStep(None)
    assert tally(catalog, done).complete


@given(catalogs(), DONE)
def test_what_it_says_is_so(catalog: Catalog, done: set[str]) -> None:
    step, left = next_step(catalog, done), [one for one in catalog if one.id not in done]
    if step.resource is None:
        assert not left
        return
    assert step.blocked is (left[0] if left[0] is not step.resource else None)
    assert step.blocked is None or unmet(catalog, step.blocked, done)
    assert all(one in left and not unmet(catalog, one, done) for one in step.alternatives)
    assert step.resource not in step.alternatives
    for one in step.unlocks:
        assert unmet(catalog, one, done) == (step.resource,)


@given(catalogs(), DONE)
def test_sums_stay_in_bounds_and_add_up(catalog: Catalog, done: set[str]) -> None:
    whole = tally(catalog, done)
    assert 0 <= whole.done <= whole.total == len(catalog)
    assert whole.complete == (next_step(catalog, done).resource is None)

"""The path: numbers, and which resource a week is about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Resource, Stage, Track
from bot.path import SHUFFLED, Plan, group_order, next_prompt, steps


def catalog_of(*ids: str) -> Catalog:
    resources = tuple(Resource(id=slug, title=slug.upper(), url=f"https://example.org/{slug}") for slug in ids)
    half = len(resources) // 2
    return Catalog(
        title="Index",
        stages=(Stage("one", "One", resources=resources[:half]),),
        tracks=(Track("empty", "Empty"), Track("last", "Last", resources=resources[half:])),
    )


def test_numbers_run_through_stages_and_tracks(catalog: Catalog) -> None:
    numbered = steps(catalog)
    assert [step.number for step in numbered] == list(range(1, 24))
    assert [step.resource for step in numbered] == list(catalog.resources)
    assert numbered[13].group is catalog.stages[1]


def test_the_next_is_the_first_that_was_not_posted() -> None:
    prompt = next_prompt(catalog_of("a", "b", "c", "d"), {"a", "c"})
    assert prompt is not None
    assert (prompt.resource.id, prompt.following.id, prompt.step, prompt.total) == ("b", "d", 2, 4)


def test_the_last_is_followed_by_the_first() -> None:
    prompt = next_prompt(catalog_of("a", "b"), {"a"})
    assert prompt is not None
    assert (prompt.resource.id, prompt.following.id, prompt.begins_again) == ("b", "a", False)


def test_after_all_it_begins_again() -> None:
    prompt = next_prompt(catalog_of("a", "b"), {"a", "b"})
    assert prompt is not None
    assert (prompt.resource.id, prompt.following.id, prompt.begins_again) == ("a", "b", True)


def test_what_was_chosen_stays_chosen_unless_it_is_gone() -> None:
    catalog = catalog_of("a", "b", "c")
    chosen = next_prompt(catalog, {"a"}, "c")
    assert chosen is not None
    assert (chosen.resource.id, chosen.following.id) == ("c", "b")
    gone = next_prompt(catalog, {"a"}, "z")
    assert gone is not None
    assert gone.resource.id == "b"


def test_an_added_resource_is_neither_skipped_nor_does_it_repeat_others() -> None:
    smaller, larger = catalog_of("a", "c"), catalog_of("a", "b", "c")
    posted = {"a", "c"}
    assert (prompt := next_prompt(larger, posted)) is not None
    assert prompt.resource.id == "b"
    assert (again := next_prompt(smaller, posted)) is not None
    assert again.begins_again


def test_an_empty_catalog_has_none() -> None:
    assert next_prompt(catalog_of(), set()) is None


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), unique=True, min_size=1, max_size=12))
def test_walking_it_visits_each_once_in_order(ids: list[str]) -> None:
    catalog, posted = catalog_of(*ids), []
    for _ in ids:
        prompt = next_prompt(catalog, posted)
        assert prompt is not None
        assert not prompt.begins_again
        posted.append(prompt.resource.id)
    assert posted == ids


def walk(catalog: Catalog, plan: Plan, count: int) -> list[str]:
    """The ids of the next prompts, each posted in turn; a new round forgets the one before."""
    found: list[str] = []
    posted: set[str] = set()
    for _ in range(count):
        prompt = next_prompt(catalog, posted, None, plan)
        assert prompt is not None
        if prompt.begins_again:
            posted, plan = set(), Plan(plan.order, plan.seed)
        posted.add(prompt.resource.id)
        found.append(prompt.resource.id)
    return found


def test_shuffled_repeats_nothing_until_all_were_used() -> None:
    catalog = catalog_of(*"abcdefgh")
    first = walk(catalog, Plan(SHUFFLED, seed=1), 8)
    assert sorted(first) == list("abcdefgh")
    assert first == walk(catalog, Plan(SHUFFLED, seed=1), 8)
    assert first != walk(catalog, Plan(SHUFFLED, seed=2), 8)


def test_one_stage_goes_round_and_an_empty_one_has_no_prompt() -> None:
    catalog = catalog_of(*"abcd")
    assert walk(catalog, Plan(group_order("one")), 4) == ["a", "b", "a", "b"]
    assert (
        next_prompt(catalog, set(), None, Plan(group_order("empty")))
        is next_prompt(catalog, set(), None, Plan(group_order("gone")))
        is None
    )
    prompt = next_prompt(catalog, set(), None, Plan(group_order("last")))
    assert prompt is not None
    assert (prompt.resource.id, prompt.step, prompt.total) == ("c", 3, 4)


def test_a_walk_that_begins_elsewhere_begins_at_the_first_the_next_time() -> None:
    assert walk(catalog_of(*"abcd"), Plan(start="c"), 5) == ["c", "d", "a", "b", "c"]
    assert walk(catalog_of(*"abcd"), Plan(start="gone"), 2) == ["a", "b"]

"""What the store promises of the members' marks, on every engine."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.store import Store
from bot.store.tables import PAGE_LIMIT

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MIA, ADA, SHY, TOM = 1, 2, 3, 2**63 - 1  # the last is the largest id that Discord can ever give


async def test_a_mark_is_kept_with_its_first_instant(store: Store) -> None:
    assert await store.marks.mark(TOM, ("a.org/bert",), NOW)
    assert not await store.marks.mark(TOM, ("a.org/bert",), LATER)
    assert await store.marks.of(TOM) == {"a.org/bert": NOW}
    assert await store.marks.of(MIA) == {}


async def test_the_longest_page_fits(store: Store) -> None:
    page = "a.org/" + "𝒳" * (PAGE_LIMIT - 6)  # four bytes each
    assert await store.marks.mark(MIA, (page,), NOW)
    assert await store.marks.of(MIA) == {page: NOW}


async def test_instants_come_back_in_utc_and_in_order(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    await store.marks.mark(MIA, ("b",), LATER.astimezone(tokyo))
    await store.marks.mark(MIA, ("c",), NOW)
    await store.marks.mark(MIA, ("a",), NOW)
    assert list((await store.marks.of(MIA)).items()) == [("a", NOW), ("c", NOW), ("b", LATER)]
    assert all(instant.tzinfo is UTC for instant in (await store.marks.of(MIA)).values())


async def test_unmark_takes_that_members_marks_at_those_pages_alone(store: Store) -> None:
    for user_id, page in ((MIA, "a"), (MIA, "a-before"), (MIA, "b"), (ADA, "a")):
        await store.marks.mark(user_id, (page,), NOW)
    assert await store.marks.unmark(MIA, ["a", "a-before", "never"])
    assert not await store.marks.unmark(MIA, ["a", "a-before", "never"])
    assert not await store.marks.unmark(MIA, [])
    assert (set(await store.marks.of(MIA)), set(await store.marks.of(ADA))) == ({"b"}, {"a"})


async def test_toggle_sets_and_takes(store: Store) -> None:
    assert await store.marks.toggle_mark(MIA, ["a"], NOW)
    assert await store.marks.of(MIA) == {"a": NOW}
    assert not await store.marks.toggle_mark(MIA, ["a"], LATER)
    assert await store.marks.of(MIA) == {}
    assert await store.marks.toggle_mark(MIA, ["a"], LATER)
    assert await store.marks.of(MIA) == {"a": LATER}


async def test_toggle_takes_the_mark_of_a_former_page_and_sets_that_of_the_first(store: Store) -> None:
    await store.marks.mark(MIA, ("before",), NOW)
    assert not await store.marks.mark(MIA, ("now", "before"), LATER)  # the page moved, and its mark counts
    assert not await store.marks.toggle_mark(MIA, ["a", "before"], LATER)
    assert await store.marks.of(MIA) == {}
    assert await store.marks.toggle_mark(MIA, ["a", "before"], LATER)
    assert await store.marks.of(MIA) == {"a": LATER}


async def test_of_many_presses_at_once_each_counts(store: Store) -> None:
    for count in (2, 5, 8):
        before = "a" in await store.marks.of(MIA)
        answers = await asyncio.gather(*(store.marks.toggle_mark(MIA, ["a"], NOW) for _ in range(count)))
        assert abs(answers.count(True) - answers.count(False)) == count % 2
        assert ("a" in await store.marks.of(MIA)) == (before != bool(count % 2))


async def test_members_do_not_wait_for_each_others_marks(store: Store) -> None:
    await asyncio.gather(*(store.marks.toggle_mark(user_id, ["a"], NOW) for user_id in range(1, 21)))
    assert all([await store.marks.of(user_id) == {"a": NOW} for user_id in range(1, 21)])


async def test_sharing_finishers_of_any_of_some_pages_are_latest_first_and_limited(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.marks.PARAMETERS_LIMIT", 1)
    assert await store.marks.sharing_finishers(["a", "b"], 10) == []
    await store.marks.mark(MIA, ("a",), NOW)
    await store.marks.mark(ADA, ("a",), NOW + timedelta(hours=1))
    await store.marks.mark(MIA, ("b",), LATER)
    await store.marks.mark(TOM, ("retired",), LATER)
    await store.marks.mark(SHY, ("a",), LATER)
    for user_id in (MIA, ADA, TOM):
        await store.marks.share(user_id, NOW)
    assert await store.marks.sharing_finishers(["a", "b"], 10) == [MIA, ADA]
    assert await store.marks.sharing_finishers(["a", "b"], 1) == [MIA]
    assert await store.marks.sharing_finishers(["a"], 10) == [ADA, MIA]
    assert await store.marks.sharing_finishers([], 10) == []


async def test_counts_are_of_the_asked_for_alone(store: Store) -> None:
    for user_id, page in ((MIA, "a"), (MIA, "b"), (ADA, "a"), (TOM, "a")):
        await store.marks.mark(user_id, (page,), NOW)
    assert await store.marks.counts({MIA, ADA}) == {"a": 2, "b": 1}
    assert await store.marks.counts({5}) == {}
    assert await store.marks.counts(frozenset()) == {}
    assert await store.marks.counts({TOM, *range(100, 1099)}) == {"a": 1}


async def test_sharing_is_off_until_asked_for_and_keeps_its_first_instant(store: Store) -> None:
    assert await store.marks.shared_since(MIA) is None
    await store.marks.share(MIA, NOW)
    await store.marks.share(MIA, LATER)
    assert await store.marks.shared_since(MIA) == NOW
    assert await store.marks.shared_since(ADA) is None
    await store.marks.unshare(MIA)
    await store.marks.unshare(MIA)
    assert await store.marks.shared_since(MIA) is None

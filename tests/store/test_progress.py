"""What the store promises of the members' progress, on every engine."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.store import Store

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MIA, ADA, TOM = 1, 2, 2**63 - 1  # the last is the largest id that Discord can ever give


async def test_a_finish_is_kept_with_its_first_instant(store: Store) -> None:
    assert await store.finish(TOM, "bert", NOW)
    assert not await store.finish(TOM, "bert", LATER)
    assert await store.finished_by(TOM) == {"bert": NOW}
    assert await store.finished_by(MIA) == {}


async def test_instants_come_back_in_utc_and_in_order(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    await store.finish(MIA, "b", LATER.astimezone(tokyo))
    await store.finish(MIA, "c", NOW)
    await store.finish(MIA, "a", NOW)
    assert list((await store.finished_by(MIA)).items()) == [("a", NOW), ("c", NOW), ("b", LATER)]
    assert all(instant.tzinfo is UTC for instant in (await store.finished_by(MIA)).values())


async def test_unfinish_takes_back_that_one_alone(store: Store) -> None:
    for user_id, resource_id in ((MIA, "a"), (MIA, "b"), (ADA, "a")):
        await store.finish(user_id, resource_id, NOW)
    assert await store.unfinish(MIA, "a")
    assert not await store.unfinish(MIA, "a")
    assert (set(await store.finished_by(MIA)), set(await store.finished_by(ADA))) == ({"b"}, {"a"})


async def test_toggle_turns_around(store: Store) -> None:
    assert await store.toggle_finished(MIA, "a", NOW)
    assert await store.finished_by(MIA) == {"a": NOW}
    assert not await store.toggle_finished(MIA, "a", LATER)
    assert await store.finished_by(MIA) == {}
    assert await store.toggle_finished(MIA, "a", LATER)
    assert await store.finished_by(MIA) == {"a": LATER}


async def test_of_many_presses_at_once_each_counts(store: Store) -> None:
    for count in (2, 5, 8):
        before = "a" in await store.finished_by(MIA)
        answers = await asyncio.gather(*(store.toggle_finished(MIA, "a", NOW) for _ in range(count)))
        assert abs(answers.count(True) - answers.count(False)) == count % 2
        assert ("a" in await store.finished_by(MIA)) == (before != bool(count % 2))


async def test_members_do_not_wait_for_each_others_marks(store: Store) -> None:
    await asyncio.gather(*(store.toggle_finished(user_id, "a", NOW) for user_id in range(1, 21)))
    assert sorted(await store.finishers("a", 100)) == list(range(1, 21))


async def test_finishers_come_latest_first_and_limited(store: Store) -> None:
    await store.finish(MIA, "a", NOW)
    await store.finish(ADA, "a", LATER)
    await store.finish(TOM, "b", LATER)
    assert await store.finishers("a", 10) == [ADA, MIA]
    assert await store.finishers("a", 1) == [ADA]
    assert await store.finishers("nothing", 10) == []


async def test_learners_are_all_who_finished_any_of_some(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.progress.IDS_AT_ONCE", 1)
    assert await store.learners(["a", "b"], 10) == []
    await store.finish(MIA, "a", NOW)
    await store.finish(ADA, "a", NOW + timedelta(hours=1))
    await store.finish(MIA, "b", LATER)
    await store.finish(TOM, "retired", LATER)
    assert await store.learners(["a", "b"], 10) == [MIA, ADA]
    assert await store.learners(["a", "b"], 1) == [MIA]
    assert await store.learners(["a"], 10) == [ADA, MIA]
    assert await store.learners([], 10) == []


async def test_counts_are_of_the_asked_for_alone(store: Store) -> None:
    for user_id, resource_id in ((MIA, "a"), (MIA, "b"), (ADA, "a"), (TOM, "a")):
        await store.finish(user_id, resource_id, NOW)
    assert await store.counts(frozenset({MIA, ADA})) == {"a": 2, "b": 1}
    assert await store.counts(frozenset({5})) == {}
    assert await store.counts(frozenset()) == {}
    assert await store.counts(frozenset({TOM, *range(100, 1099)})) == {"a": 1}


async def test_sharing_is_off_until_asked_for_and_keeps_its_first_instant(store: Store) -> None:
    assert await store.shared_since(MIA) is None
    await store.share(MIA, NOW)
    await store.share(MIA, LATER)
    assert await store.shared_since(MIA) == NOW
    assert await store.shared_since(ADA) is None
    await store.unshare(MIA)
    await store.unshare(MIA)
    assert await store.shared_since(MIA) is None

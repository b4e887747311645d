"""What the store promises, on every engine."""

from __future__ import annotations

import asyncio
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from bot.schedule import Schedule
from bot.store import Choice, Delivery, History, Store, WeeklySchedule
from bot.store.tables import schedules

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # nine o'clock in Berlin
NEXT = MONDAY + timedelta(weeks=1)
LEASE = timedelta(seconds=90)
BERLIN = Schedule(0, time(9), "Europe/Berlin")
SNOWFLAKE = 2**63 - 1  # the largest id that Discord can ever give


async def put(store: Store, guild_id: int = 1, now: datetime = NOW, **changed: Any) -> WeeklySchedule:
    given: dict[str, Any] = {"channel_id": 10, "role_id": None, "schedule": BERLIN, "created_by": 5} | changed
    return await store.put_schedule(guild_id=guild_id, now=now, **given)


async def claim(store: Store, weekly: WeeklySchedule, owner: str = "me", now: datetime = MONDAY) -> Delivery | None:
    claims = await store.claim_due(now, 100, owner=owner, lease_until=now + LEASE)
    return next((delivery for schedule, delivery in claims if schedule.id == weekly.id), None)


async def due(store: Store, now: datetime, limit: int = 10) -> list[int]:
    """The ids of the schedules that are due; they are claimed for a moment only."""
    return [one.id for one, _ in await store.claim_due(now, limit, owner="a look", lease_until=now)]


async def choose(store: Store, delivery: Delivery, resource_id: str, owner: str = "me", **given: Any) -> bool:
    choice = Choice(delivery, given.pop("round", 1), resource_id)
    return bool(await store.choose([choice], owner=owner, **({"now": MONDAY} | given)))


async def claimed(store: Store, weekly: WeeklySchedule) -> Delivery:
    delivery = await claim(store, weekly)
    assert delivery is not None
    return delivery


async def post(store: Store, weekly: WeeklySchedule, resource_id: str, *, round: int = 1) -> None:
    now = weekly.next_at
    delivery = await claim(store, weekly, now=now)
    assert delivery is not None
    assert await choose(store, delivery, resource_id, round=round, now=now)
    assert await store.record_posted(
        delivery, owner="me", message_id=7, channel_id=10, now=now, next_at=now + timedelta(weeks=1)
    )


async def test_a_schedule_comes_back_as_it_was_put(store: Store) -> None:
    weekly = await put(store, SNOWFLAKE, channel_id=SNOWFLAKE - 1, role_id=SNOWFLAKE - 2, created_by=SNOWFLAKE - 3)
    assert weekly == await store.schedule_for(SNOWFLAKE)
    assert (weekly.guild_id, weekly.channel_id, weekly.role_id) == (SNOWFLAKE, SNOWFLAKE - 1, SNOWFLAKE - 2)
    assert (weekly.schedule, weekly.next_at, weekly.paused_at) == (BERLIN, MONDAY, None)
    assert weekly.next_at.tzinfo is UTC


async def test_each_server_has_one(store: Store) -> None:
    first = await put(store, 1)
    await put(store, 2, channel_id=20)
    again = await put(store, 1, channel_id=11)
    assert (again.id, again.channel_id) == (first.id, 11)
    assert await store.schedule_for(3) is None


async def test_removing_forgets_its_deliveries_too(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    assert await store.remove_schedule(1)
    assert not await store.remove_schedule(1)
    assert await store.recent_deliveries(weekly.id, 5) == []


async def test_instants_of_any_zone_are_one_instant(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    await put(store, now=NOW.astimezone(tokyo))
    assert await due(store, (MONDAY - timedelta(microseconds=1)).astimezone(tokyo)) == []
    assert len(await due(store, MONDAY.astimezone(tokyo))) == 1


async def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="an instant needs a time zone"):
        await due(store, MONDAY.replace(tzinfo=None), 10)


async def test_due_is_in_order_and_limited(store: Store) -> None:
    late = await put(store, 1)
    early = await put(store, 2, schedule=replace(BERLIN, time=time(8)))
    await put(store, 3, schedule=replace(BERLIN, time=time(10)))
    assert await store.next_due() == MONDAY - timedelta(hours=1)
    assert await due(store, MONDAY, 10) == [early.id, late.id]
    assert await due(store, MONDAY, 1) == [early.id]


async def test_next_due_waits_for_leases_and_retries_and_ignores_pauses(store: Store) -> None:
    assert await store.next_due() is None
    weekly = await put(store)
    delivery = await claimed(store, weekly)
    assert await store.next_due() == MONDAY + LEASE
    await store.release(delivery, owner="me", error="503", retry_at=MONDAY + timedelta(hours=1))
    assert await store.next_due() == MONDAY + timedelta(hours=1)
    again = await claim(store, weekly, now=MONDAY + timedelta(hours=1))
    assert again is not None
    await store.record_failed(again, owner="me", reason="no", now=MONDAY)
    assert await store.next_due() is None


async def test_of_many_claims_one_wins(store: Store) -> None:
    weekly = await put(store)
    claims = await asyncio.gather(*(claim(store, weekly, f"owner-{number}") for number in range(20)))
    assert sum(one is not None for one in claims) == 1


async def test_a_claim_is_not_due_until_its_lease_runs_out(store: Store) -> None:
    weekly = await put(store)
    first = await claimed(store, weekly)
    assert first.attempts == 1
    assert await due(store, MONDAY + LEASE - timedelta(seconds=1), 10) == []
    assert await claim(store, weekly, "other", MONDAY + timedelta(seconds=30)) is None
    second = await claim(store, weekly, "other", MONDAY + LEASE)
    assert second is not None
    assert second.attempts == 2


async def test_only_the_next_occurrence_of_a_running_schedule_can_be_claimed(store: Store) -> None:
    weekly = await put(store)
    assert await claim(store, weekly, now=MONDAY - timedelta(microseconds=1)) is None
    await store.pause(1, reason="no", now=NOW)
    assert await claim(store, weekly, now=NEXT) is None


async def test_who_lost_the_claim_records_nothing(store: Store) -> None:
    weekly = await put(store)
    mine = await claimed(store, weekly)
    await claim(store, weekly, "other", MONDAY + LEASE)
    assert not await choose(store, mine, "a")
    assert not await store.record_posted(mine, owner="me", message_id=1, channel_id=10, now=MONDAY, next_at=NEXT)
    assert not await store.record_skipped(mine, owner="me", reason="x", next_at=NEXT)
    assert not await store.record_failed(mine, owner="me", reason="x", now=MONDAY)
    assert not await store.release(mine, owner="me", error="x", retry_at=NEXT)
    (delivery,) = await store.recent_deliveries(weekly.id, 5)
    assert (delivery.state, delivery.resource_id) == ("claimed", None)


async def test_what_was_chosen_and_when_it_was_first_sent_survive_a_second_try(store: Store) -> None:
    weekly = await put(store)
    first = await claimed(store, weekly)
    await choose(store, first, "a", round=2)
    second = await claim(store, weekly, "other", MONDAY + LEASE)
    assert second is not None
    assert await choose(store, second, "a", "other", round=2, now=MONDAY + LEASE)
    (chosen,) = await store.recent_deliveries(weekly.id, 5)
    assert (chosen.first_sent_at, chosen.resource_id, chosen.round) == (MONDAY, "a", 2)


async def test_posted_moves_on_to_the_next(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    after = await store.schedule_for(1)
    assert after is not None
    assert after.next_at == NEXT
    assert await due(store, MONDAY, 10) == []
    (delivery,) = await store.recent_deliveries(weekly.id, 5)
    assert (delivery.state, delivery.message_id, delivery.error) == ("posted", 7, None)


async def test_skipped_moves_on_and_says_why(store: Store) -> None:
    weekly = await put(store)
    assert await store.record_skipped(await claimed(store, weekly), owner="me", reason="x" * 999, next_at=NEXT)
    (delivery,) = await store.recent_deliveries(weekly.id, 5)
    assert (delivery.state, delivery.error) == ("skipped", "x" * 300)
    assert await store.next_due() == NEXT


async def test_failed_pauses_until_it_is_set_again(store: Store) -> None:
    weekly = await put(store)
    await store.record_failed(await claimed(store, weekly), owner="me", reason="the channel is gone", now=MONDAY)
    paused = await store.schedule_for(1)
    assert paused is not None
    assert (paused.paused_at, paused.paused_reason) == (MONDAY, "the channel is gone")
    assert await due(store, NEXT, 10) == []
    resumed = await put(store, now=MONDAY + timedelta(hours=1))
    assert (resumed.paused_at, resumed.paused_reason, resumed.next_at) == (None, None, NEXT)


async def test_released_is_due_again_later(store: Store) -> None:
    weekly = await put(store)
    await store.release(await claimed(store, weekly), owner="me", error="503", retry_at=MONDAY + timedelta(minutes=5))
    assert await due(store, MONDAY + timedelta(minutes=4), 10) == []
    assert len(await due(store, MONDAY + timedelta(minutes=5), 10)) == 1
    (delivery,) = await store.recent_deliveries(weekly.id, 5)
    assert (delivery.state, delivery.error) == ("claimed", "503")


async def test_a_round_knows_what_was_posted_in_it(store: Store) -> None:
    weekly = await put(store)
    assert (await store.histories([weekly.id]))[weekly.id] == History(1, frozenset(), None)
    for resource_id, round in (("a", 1), ("b", 1), ("a", 2)):
        current = await store.schedule_for(1)
        assert current is not None
        await post(store, current, resource_id, round=round)
    recent = await store.recent_deliveries(weekly.id, 2)
    assert (await store.histories([weekly.id]))[weekly.id] == History(2, frozenset("a"), recent[0])
    assert [one.round for one in recent] == [2, 1]


async def test_a_changed_day_does_not_post_twice_in_a_week(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    friday = await put(store, now=MONDAY + timedelta(hours=1), schedule=replace(BERLIN, weekday=4))
    assert friday.next_at == MONDAY + timedelta(days=11)


async def test_a_changed_day_after_a_try_that_may_have_been_posted(store: Store) -> None:
    weekly = await put(store)
    await choose(store, await claimed(store, weekly), "a")
    for day in (4, 3):  # changed once, and once more
        changed = await put(store, now=MONDAY + timedelta(hours=1), schedule=replace(BERLIN, weekday=day))
        assert changed.next_at == MONDAY + timedelta(days=7 + day)
    (overtaken,) = await store.recent_deliveries(weekly.id, 5)
    assert overtaken.state == "skipped"


async def test_a_changed_schedule_takes_the_claim_from_who_has_not_sent_yet(store: Store) -> None:
    weekly = await put(store)
    delivery = await claimed(store, weekly)
    changed = await put(store, now=MONDAY, schedule=replace(BERLIN, weekday=4))
    assert changed.next_at == MONDAY + timedelta(days=4)
    assert not await choose(store, delivery, "a")


async def test_a_changed_channel_does_not_lose_the_prompt_that_is_due(store: Store) -> None:
    await put(store)
    changed = await put(store, now=MONDAY + timedelta(seconds=10), channel_id=11)
    assert (changed.channel_id, changed.next_at) == (11, MONDAY)


async def test_notes(store: Store) -> None:
    assert await store.get_state("key") is None
    await store.put_state("key", "one")
    await store.put_state("key", "two")
    assert await store.get_state("key") == "two"


async def test_tasks_do_not_see_each_others_transactions(store: Store) -> None:
    """Twenty at once, each writing and reading: none fails, none is lost."""
    await asyncio.gather(*(put(store, guild_id) for guild_id in range(1, 21)))
    assert len(await due(store, MONDAY, 100)) == 20


async def test_a_pause_ends_when_somebody_ends_it(store: Store) -> None:
    await put(store)
    paused = await store.pause(1, reason="an admin paused it", now=NOW)
    assert paused is not None
    assert (paused.paused_at, paused.paused_reason, paused.resume_at) == (NOW, "an admin paused it", None)
    assert await due(store, NEXT, 10) == []
    assert await store.resume_due(NEXT) == 0
    resumed = await store.resume(1, MONDAY + timedelta(hours=1))
    assert resumed is not None
    assert (resumed.paused_at, resumed.next_at) == (None, NEXT)
    assert await store.pause(2, reason="x", now=NOW) is None
    assert await store.resume(2, NOW) is None


async def test_a_pause_until_a_day_ends_by_itself(store: Store) -> None:
    await put(store)
    await store.pause(1, reason="holidays", now=NOW, resume_at=MONDAY + timedelta(days=1))
    assert await store.next_due() == MONDAY + timedelta(days=1)
    assert await store.resume_due(MONDAY) == 0
    assert await store.resume_due(MONDAY + timedelta(days=1)) == 1
    assert await store.next_due() == NEXT


async def test_a_short_pause_before_the_prompt_does_not_move_it(store: Store) -> None:
    await put(store)
    await store.pause(1, reason="x", now=NOW)
    resumed = await store.resume(1, NOW + timedelta(hours=1))
    assert resumed is not None
    assert resumed.next_at == MONDAY


async def test_skipping_leaves_out_one_and_is_seen(store: Store) -> None:
    weekly = await put(store)
    skipped = await store.skip_next(1)
    assert skipped is not None
    assert skipped.next_at == NEXT
    (delivery,) = await store.recent_deliveries(weekly.id, 5)
    assert (delivery.state, delivery.occurrence, delivery.error) == ("skipped", MONDAY, "an admin left it out")
    assert await store.skip_next(2) is None


async def test_what_is_being_posted_cannot_be_skipped(store: Store) -> None:
    weekly = await put(store)
    await claimed(store, weekly)
    assert await store.skip_next(1) is None
    after = await store.schedule_for(1)
    assert after is not None
    assert after.next_at == MONDAY


async def test_an_extra_delivery_leaves_the_schedule_where_it_is(store: Store) -> None:
    weekly = await put(store)
    extra = await store.claim_unscheduled(weekly.id, owner="me", now=NOW, lease_until=NOW + LEASE)
    assert extra is not None
    assert await store.claim_unscheduled(weekly.id, owner="you", now=NOW, lease_until=NOW + LEASE) is None
    assert await choose(store, extra, "a", now=NOW, scheduled=False)
    assert await store.record_posted(extra, owner="me", message_id=1, channel_id=10, now=NOW, next_at=NEXT)
    after = await store.schedule_for(1)
    assert after is not None
    assert after.next_at == MONDAY
    assert (await store.histories([weekly.id]))[weekly.id].posted == {"a"}


async def test_one_beside_the_rhythm_takes_no_week_its_own(store: Store) -> None:
    weekly = await put(store)
    extra = await store.claim_unscheduled(weekly.id, owner="me", now=MONDAY - timedelta(hours=2), lease_until=MONDAY)
    assert extra is not None
    assert await choose(store, extra, "a", scheduled=False)
    await store.record_posted(extra, owner="me", message_id=1, channel_id=10, now=NOW, next_at=MONDAY)
    changed = await put(store, now=MONDAY - timedelta(hours=1), schedule=replace(BERLIN, time=time(10)))
    assert changed.next_at == MONDAY + timedelta(hours=1)


async def test_a_server_that_left_is_forgotten_in_time(store: Store) -> None:
    await put(store, 1)
    await put(store, 2)
    await store.mark_left(1, NOW)
    assert (await store.guilds_with_schedules(), await store.guilds_left()) == ({2}, {1})
    assert len(await due(store, MONDAY, 10)) == 1
    assert await store.forget_left(NOW) == 0
    assert await store.forget_left(NOW + timedelta(seconds=1)) == 1
    assert await store.schedule_for(1) is None
    assert await store.schedule_for(2) is not None


async def test_a_server_that_came_back_is_kept(store: Store) -> None:
    await put(store)
    await store.mark_left(1, NOW)
    await store.mark_returned(1)
    assert await store.forget_left(NEXT) == 0
    weekly = await store.schedule_for(1)
    assert weekly is not None
    assert "removed from this server" in str(weekly.paused_reason)


async def test_order_start_and_thread_are_changed_one_by_one(store: Store) -> None:
    weekly = await put(store)
    assert (weekly.order, weekly.start_id, weekly.start_round, weekly.thread) == ("path", None, 1, False)
    await store.put_ritual(1, thread=True)
    await store.put_ritual(1, order="shuffled")
    changed = await put(store, channel_id=11)
    assert (changed.order, changed.start_id, changed.thread) == ("shuffled", None, True)
    assert await store.put_ritual(2, thread=True) is None


async def test_a_start_begins_a_new_walk(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    begun = await store.put_ritual(1, start_id="c")
    assert begun is not None
    assert (begun.start_id, begun.start_round) == ("c", 2)
    again = await store.put_ritual(1, start_id="d")
    assert again is not None
    assert again.start_round == 3


async def test_what_followed_a_post_leaves_the_post_what_it_is(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    (delivery,) = await store.recent_deliveries(weekly.id, 1)
    await store.record_extras(delivery, thread_id=8, poll_id=None, error="its poll could not be started")
    await store.record_finished(7, 3)
    (noted,) = await store.recent_deliveries(weekly.id, 1)
    assert (noted.state, noted.thread_id, noted.poll_id, noted.finished) == ("posted", 8, None, 3)
    assert noted.error == "its poll could not be started"
    assert await store.last_post_about(1, "a") == noted
    assert await store.last_post_about(1, "b") is None
    assert await store.last_post_about(2, "a") is None


async def test_extras_that_nobody_ended_are_taken_once(store: Store) -> None:
    weekly = await put(store)
    delivery = await claimed(store, weekly)
    recorded = await store.record_posted(
        delivery, owner="me", message_id=7, channel_id=10, now=MONDAY, next_at=NEXT, extras_at=MONDAY + LEASE
    )
    assert recorded
    assert await store.next_due() == MONDAY + LEASE
    assert await store.take_extras(MONDAY, 10) == []
    taken = await asyncio.gather(*(store.take_extras(MONDAY + LEASE, 10) for _ in range(5)))
    assert sorted(len(one) for one in taken) == [0, 0, 0, 0, 1]
    assert await store.next_due() == NEXT


async def test_many_owners_share_what_is_due(store: Store) -> None:
    for guild_id in range(1, 41):
        await put(store, guild_id)
    taken = await asyncio.gather(
        *(store.claim_due(MONDAY, 10, owner=f"owner-{n}", lease_until=MONDAY + LEASE) for n in range(6))
    )
    ids = [one.id for claims in taken for one, _ in claims]
    assert len(ids) == len(set(ids)) <= 40
    rest = await store.claim_due(MONDAY, 100, owner="me", lease_until=MONDAY + LEASE)
    assert len(ids) + len(rest) == 40


@pytest.fixture
def berlin_keeps_the_time_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Zone data that changes: Berlin's becomes another zone's."""

    def change(name: str) -> None:
        (tmp_path / "Europe").mkdir()
        data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
        (tmp_path / "Europe" / "Berlin").write_bytes(data)
        zoneinfo.reset_tzpath([str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()

    before = zoneinfo.TZPATH
    yield change
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize(("name", "hours"), [("Africa/Cairo", -1), ("Atlantic/Azores", 2), ("Europe/Paris", 0)])
async def test_new_zone_data_moves_what_is_to_come_and_nothing_else(
    store: Store, berlin_keeps_the_time_of: Callable[[str], None], name: str, hours: int
) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    await put(store, 2, schedule=replace(BERLIN, zone="Asia/Tokyo"))
    tokyo = await store.schedule_for(2)
    berlin_keeps_the_time_of(name)
    assert await store.realign(MONDAY + timedelta(hours=12)) == (1 if hours else 0)
    moved = await store.schedule_for(1)
    assert moved is not None
    assert moved.next_at == NEXT + timedelta(hours=hours)
    assert [one.occurrence for one in await store.recent_deliveries(weekly.id, 5)] == [MONDAY]
    assert await store.schedule_for(2) == tokyo
    assert await store.realign(MONDAY + timedelta(hours=12)) == 0


async def test_realigning_goes_through_all_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.schedules.PAGE", 2)
    for guild_id in range(1, 6):
        await put(store, guild_id)
    hour_late = schedules.update().values(next_at=MONDAY + timedelta(hours=1))
    await store.write(lambda connection: connection.execute(hour_late))
    assert await store.realign(NOW) == 5
    assert await store.next_due() == MONDAY

"""What the store promises of schedules and jobs, on every engine."""

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
from sqlalchemy import func, insert, select, update

from bot.errors import StoreError
from bot.jobs import Choice, History, Job, WeeklySchedule, queue, reminders, schedules, tag, toggle_press
from bot.jobs.due import enqueue_due, enqueue_now, realign, resume_due
from bot.jobs.history import delivery_before, history_of, job_with, post_of_week, recent_deliveries
from bot.jobs.queue import Begun
from bot.outcomes import Reason, State
from bot.schedule import Schedule
from bot.shards import GUILD_ID_BITS, Shards
from bot.store import Store, tables
from bot.store.tables import jobs

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # nine o'clock in Berlin
NEXT = MONDAY + timedelta(weeks=1)
LEASE = timedelta(seconds=90)
BERLIN = Schedule(0, time(9), "Europe/Berlin")
SNOWFLAKE = 2**63 - 1  # the largest id that Discord can ever give


async def put(store: Store, guild_id: int = 1, now: datetime = NOW, **changed: Any) -> WeeklySchedule:
    given: dict[str, Any] = {
        "catalog_id": "list", "channel_id": 10, "role_id": None, "schedule": BERLIN, "created_by": 5,
    } | changed  # fmt: skip
    return await store.write(schedules.put, guild_id=guild_id, now=now, **given)


async def claim(store: Store, owner: str = "me", now: datetime = MONDAY, limit: int = 100) -> list[Job]:
    """Enqueue what is due and claim it."""
    await store.write(enqueue_due, now)
    return await store.write(queue.claim, now, limit, owner=owner, lease=LEASE)


async def due(store: Store, now: datetime, limit: int = 10) -> list[int]:
    """The ids of the schedules that have a job to be attempted; they are claimed for a moment only."""
    claimed = await claim(store, "a look", now, limit)
    for job in claimed:
        await store.write(queue.release, job, None, None, owner="a look", attempt_at=job.attempt_at)
    return [one.schedule_id for one in claimed]


async def expire(store: Store) -> None:
    """Let every lease run out: on PostgreSQL the database's own clock judges them."""
    over = update(jobs).where(jobs.c.lease_until.is_not(None)).values(lease_until=NOW - timedelta(days=9000))
    await store.write(lambda connection: connection.execute(over))


async def begin(store: Store, job: Job, resource_id: str, owner: str = "me", **given: Any) -> Begun | Reason | None:
    choice = Choice(given.pop("round", 1), resource_id, f"example.org/{resource_id}", resource_id.upper())
    options: dict[str, Any] = {"now": MONDAY, "owner": owner, "lease": LEASE} | given
    return await store.write(queue.begin, job, lambda schedule, history: choice, options.pop("now"), **options)


async def post(store: Store, weekly: WeeklySchedule, resource_id: str, *, round: int = 1, **given: Any) -> Job:
    now = weekly.next_at
    job = next(one for one in await claim(store, now=now) if one.schedule_id == weekly.id)
    assert isinstance(await begin(store, job, resource_id, round=round, now=now), Begun)
    assert await store.write(queue.record_sent, job, now=now, **({"channel_id": 10, "message_id": 7} | given))
    return await found(store, job)


async def found(store: Store, job: Job) -> Job:
    now = await store.look_up(job_with, job.id)
    assert now is not None
    return now


async def current(store: Store, guild_id: int = 1) -> WeeklySchedule:
    weekly = await store.look_up(schedules.of_guild, guild_id)
    assert weekly is not None
    return weekly


async def states(store: Store, schedule_id: int) -> list[tuple[str, State, Reason | None]]:
    recent = await store.read(recent_deliveries, schedule_id, 20)
    return [(one.post.week, one.post.state, one.post.reason) for one in recent]


async def test_a_schedule_comes_back_as_it_was_put(store: Store) -> None:
    ids = {"channel_id": SNOWFLAKE - 1, "role_id": SNOWFLAKE - 2, "created_by": SNOWFLAKE - 3}
    weekly = await put(store, SNOWFLAKE, **ids)
    assert weekly == await store.look_up(schedules.of_guild, SNOWFLAKE)
    assert {name: getattr(weekly, name) for name in ids} == ids
    assert (weekly.guild_id, weekly.catalog_id) == (SNOWFLAKE, "list")
    assert (weekly.schedule, weekly.next_at, weekly.paused_at) == (BERLIN, MONDAY, None)
    assert weekly.next_at.tzinfo is UTC


async def test_each_server_has_one(store: Store) -> None:
    first = await put(store, 1)
    await put(store, 2, channel_id=20)
    again = await put(store, 1, channel_id=11)
    assert (again.id, again.channel_id) == (first.id, 11)
    assert await store.look_up(schedules.of_guild, 3) is None


async def test_two_who_set_at_once_set_one(store: Store) -> None:
    put_at_once = await asyncio.gather(*(put(store, channel_id=number) for number in range(8)))
    assert len({one.id for one in put_at_once}) == 1


async def test_removing_forgets_its_jobs_too(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a", follow_ups=["thread"])
    assert await store.write(schedules.remove, 1)
    assert not await store.write(schedules.remove, 1)
    assert await store.read(lambda connection: connection.scalar(select(func.count()).select_from(jobs))) == 0


async def test_ids_are_never_used_again(store: Store) -> None:
    """A nonce is made of them."""
    weekly = await put(store)
    job = await post(store, weekly, "a")
    await store.write(schedules.remove, 1)
    again = await put(store)
    assert again.id > weekly.id
    assert (await post(store, again, "a")).id > job.id


async def test_instants_of_any_zone_are_one_instant(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    await put(store, now=NOW.astimezone(tokyo))
    assert await due(store, (MONDAY - timedelta(microseconds=1)).astimezone(tokyo)) == []
    assert len(await due(store, MONDAY.astimezone(tokyo))) == 1


async def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="an instant needs a time zone"):
        await due(store, MONDAY.replace(tzinfo=None), 10)


async def test_the_database_itself_refuses_a_second_prompt_in_a_week(store: Store) -> None:
    weekly = await put(store)
    await claim(store)
    columns = ("schedule_id", "week", "kind", "due_at", "enqueued_at", "attempt_at", "state")
    second = dict(zip(columns, (weekly.id, "2026-W02", "prompt", NEXT, NEXT, NEXT, "waiting"), strict=True))
    with pytest.raises(StoreError):
        await store.write(lambda connection: connection.execute(insert(jobs).values(second)))
    await store.write(lambda connection: connection.execute(update(tables.schedules).values(next_at=MONDAY)))
    assert await claim(store, "another") == []  # an occurrence of the same week is nothing but passed over
    assert (await current(store)).next_at == NEXT


async def test_due_is_in_order_and_limited(store: Store) -> None:
    late = await put(store, 1)
    early = await put(store, 2, schedule=replace(BERLIN, time=time(8)))
    await put(store, 3, schedule=replace(BERLIN, time=time(10)))
    assert await due(store, MONDAY, 10) == [early.id, late.id]
    assert await due(store, MONDAY, 1) == [early.id]


async def test_next_at_of_what_runs_is_in_the_future_once_it_is_enqueued(store: Store) -> None:
    await put(store)
    assert await store.write(enqueue_due, MONDAY) == 1
    assert (await current(store)).next_at == NEXT
    assert await store.write(enqueue_due, MONDAY) == 0


async def test_of_many_claims_one_wins(store: Store) -> None:
    await put(store)
    claims = await asyncio.gather(*(claim(store, f"owner-{number}") for number in range(20)))
    assert sum(len(one) for one in claims) == 1


async def test_many_owners_share_what_is_due(store: Store) -> None:
    for guild_id in range(1, 41):
        await put(store, guild_id)
    taken = await asyncio.gather(*(claim(store, f"owner-{number}", limit=10) for number in range(6)))
    ids = [job.id for claims in taken for job in claims]
    rest = await claim(store, "me")
    assert len(ids) == len(set(ids))
    assert len(ids) + len(rest) == 40


async def test_a_claim_is_not_to_be_had_until_its_lease_runs_out(store: Store) -> None:
    await put(store)
    (first,) = await claim(store)
    assert (first.attempts, first.under_way) == (1, True)
    assert await claim(store, "other") == []
    await expire(store)
    (second,) = await claim(store, "other")
    assert (second.id, second.attempts) == (first.id, 2)


async def test_a_lease_is_of_the_databases_clock_where_it_has_one(store: Store) -> None:
    """Two processes whose clocks are a day apart: on SQLite, which serves one machine, there is one clock."""
    await put(store)
    await claim(store)
    lease = await store.read(lambda connection: connection.scalar(select(jobs.c.lease_until)))
    kind = await store.read(lambda connection: connection.dialect.name)
    if kind == "postgresql":
        assert await claim(store, "a day ahead", MONDAY + timedelta(days=1)) == []
        assert abs(lease - datetime.now(UTC)) < timedelta(minutes=2)
    else:
        assert lease == MONDAY + LEASE


async def test_a_claim_is_prolonged_by_who_has_it(store: Store) -> None:
    await put(store)
    (job,) = await claim(store)
    await expire(store)
    assert await store.write(queue.renew, [job.id, 99], MONDAY, owner="me", lease=LEASE) == {job.id}
    assert await store.write(queue.renew, [job.id], MONDAY, owner="other", lease=LEASE) == frozenset()
    assert await claim(store, "other") == []


async def test_who_lost_the_claim_ends_nothing(store: Store) -> None:
    await put(store)
    (mine,) = await claim(store)
    await expire(store)
    await claim(store, "other")
    assert await begin(store, mine, "a") is None
    assert not await store.write(queue.record_skipped, mine, Reason.OFFLINE, None, MONDAY, owner="me")
    assert not await store.write(queue.record_failed, mine, Reason.FORBIDDEN, None, MONDAY, owner="me")
    assert not await store.write(queue.release, mine, Reason.OUTAGE, "x", owner="me", attempt_at=NEXT)
    job = await found(store, mine)
    assert (job.state, job.resource_id) == (State.WAITING, None)


async def test_what_was_sent_is_recorded_whoever_has_the_claim(store: Store) -> None:
    await put(store)
    (mine,) = await claim(store)
    await begin(store, mine, "a")
    await expire(store)
    (other,) = await claim(store, "other")
    assert await store.write(queue.record_sent, mine, now=MONDAY, channel_id=10, message_id=7)
    assert await begin(store, other, "a", "other") is None
    assert not await store.write(queue.record_sent, other, now=MONDAY, channel_id=10, message_id=8)
    assert (await found(store, mine)).message_id == 7


async def test_what_was_chosen_and_when_it_was_first_sent_survive_a_second_attempt(store: Store) -> None:
    await put(store)
    (first,) = await claim(store)
    await begin(store, first, "a", round=2)
    await expire(store)
    (second,) = await claim(store, "other")
    assert await begin(store, second, "a", "other", round=2, now=MONDAY + LEASE)
    job = await found(store, first)
    assert (job.send_started_at, job.resource_id, job.page, job.round) == (MONDAY, "a", "example.org/a", 2)
    assert job.channel_id == 10


async def test_nothing_to_post_is_no_beginning(store: Store) -> None:
    await put(store)
    (job,) = await claim(store)
    begun = await store.write(queue.begin, job, lambda *_: Reason.EMPTY_LIST, MONDAY, owner="me", lease=LEASE)
    assert begun is Reason.EMPTY_LIST
    assert (await found(store, job)).send_started_at is None


async def test_two_that_choose_at_once_know_of_each_other(store: Store) -> None:
    weekly = await put(store)
    await store.write(enqueue_now, weekly.id, MONDAY)
    used: list[frozenset[str]] = []

    def choose(schedule: Any, history: History) -> Choice:
        used.append(history.used)
        return Choice(1, "b" if history.used else "a")

    both = await claim(store)
    assert len(both) == 2
    await asyncio.gather(*(store.write(queue.begin, job, choose, MONDAY, owner="me", lease=LEASE) for job in both))
    assert used == [frozenset(), frozenset("a")]


async def test_what_was_sent_brings_its_follow_ups(store: Store) -> None:
    weekly = await put(store)
    job = await post(store, weekly, "a", finished=3, follow_ups=["thread", "poll"])
    assert (job.state, job.message_id, job.reason, job.finished) == (State.SENT, 7, None, 3)
    (delivery,) = await store.read(recent_deliveries, weekly.id, 5)
    assert delivery.post == job
    assert {kind: one.state for kind, one in delivery.follow_ups.items()} == dict.fromkeys(
        ("thread", "poll"), State.WAITING
    )
    assert await store.read(post_of_week, weekly.id, job.week) == delivery.post
    assert {one.kind for one in await claim(store)} == {"thread", "poll"}


async def test_skipped_says_why_and_tells_who_set_it_what_was_lost(store: Store) -> None:
    weekly = await put(store)
    for reason in (Reason.EMPTY_LIST, Reason.OUTAGE):
        now = (await current(store)).next_at
        (job,) = await claim(store, now=now)
        assert await store.write(queue.record_skipped, job, reason, "x" * 999, now, owner="me")
        after = await found(store, job)
        assert (after.state, after.reason, after.detail) == (State.SKIPPED, reason, "x" * 300)
    (notice,) = await claim(store, now=NEXT)
    assert (notice.kind, notice.week, notice.schedule_id) == ("notice", "2026-W03", weekly.id)


async def test_failed_pauses_until_it_is_set_again(store: Store) -> None:
    await put(store)
    (job,) = await claim(store)
    gone = Reason.CHANNEL_GONE
    assert await store.write(queue.record_failed, job, gone, "404", MONDAY, owner="me", pauses=gone)
    paused = await current(store)
    assert (paused.paused_at, paused.pause_reason) == (MONDAY, gone)
    assert [one.kind for one in await claim(store, now=NEXT)] == ["notice"]
    resumed = await put(store, now=MONDAY + timedelta(hours=1))
    assert (resumed.paused_at, resumed.pause_reason, resumed.next_at) == (None, None, NEXT)


async def test_released_is_to_be_had_again_later(store: Store) -> None:
    await put(store)
    (job,) = await claim(store)
    await store.write(queue.release, job, Reason.OUTAGE, "503", owner="me", attempt_at=MONDAY + timedelta(minutes=5))
    assert await claim(store, now=MONDAY + timedelta(minutes=4)) == []
    (again,) = await claim(store, now=MONDAY + timedelta(minutes=5))
    assert (again.reason, again.detail, again.attempts) == (Reason.OUTAGE, "503", 2)


async def test_a_walk_knows_what_was_used_on_it(store: Store) -> None:
    weekly = await put(store)
    assert await store.read(history_of, weekly.id) == History(1, frozenset(), None)
    for resource_id, round in (("a", 1), ("b", 1), ("a", 2)):
        last = await post(store, await current(store), resource_id, round=round)
    history = await store.read(history_of, weekly.id)
    assert history.last is not None
    assert (history.round, history.used, history.last.post) == (2, frozenset("a"), last)
    before = await store.read(delivery_before, last)
    assert before is not None
    assert before.post.resource_id == "b"


async def test_a_change_gives_a_week_that_has_its_prompt_no_second(store: Store) -> None:
    weekly = await put(store)
    await post(store, weekly, "a")
    for zone in ("Europe/Berlin", "Asia/Tokyo"):
        friday = await put(store, now=MONDAY + timedelta(hours=1), schedule=Schedule(4, time(9), zone))
        assert MONDAY + timedelta(days=10) < friday.next_at < MONDAY + timedelta(days=12)


async def test_what_is_due_when_the_rule_changes_is_enqueued_by_the_old_one(store: Store) -> None:
    await put(store)
    changed = await put(store, now=MONDAY + timedelta(seconds=10), schedule=replace(BERLIN, weekday=4))
    assert changed.next_at == MONDAY + timedelta(days=11)
    (job,) = await claim(store, now=MONDAY + timedelta(seconds=10))
    assert job.due_at == MONDAY


async def test_a_changed_channel_does_not_lose_the_prompt_that_is_due(store: Store) -> None:
    await put(store)
    changed = await put(store, now=MONDAY + timedelta(seconds=10), channel_id=11)
    assert (changed.channel_id, changed.next_at) == (11, MONDAY)


async def test_notes(store: Store) -> None:
    assert await store.state.get("key") is None
    await store.state.put("key", "one")
    await store.state.put("key", "two")
    assert await store.state.get("key") == "two"


async def test_tasks_do_not_see_each_others_transactions(store: Store) -> None:
    """Twenty at once, each writing and reading: none fails, none is lost."""
    await asyncio.gather(*(put(store, guild_id) for guild_id in range(1, 21)))
    assert len(await due(store, MONDAY, 100)) == 20


async def test_a_pause_ends_when_somebody_ends_it(store: Store) -> None:
    weekly = await put(store)
    paused = await store.write(schedules.pause, 1, by=7, now=NOW)
    assert paused is not None
    assert (paused.paused_at, paused.pause_reason, paused.paused_by) == (NOW, Reason.ADMIN_PAUSED, 7)
    assert await due(store, NEXT, 10) == []
    assert await store.write(resume_due, NEXT) == 0
    resumed = await store.write(schedules.resume, 1, MONDAY + timedelta(hours=1))
    assert resumed is not None
    assert (resumed.paused_at, resumed.paused_by, resumed.next_at) == (None, None, NEXT)
    assert await states(store, weekly.id) == [("2026-W02", State.SKIPPED, Reason.PAUSED)]
    assert await store.write(schedules.pause, 2, by=7, now=NOW) is None
    assert await store.write(schedules.resume, 2, NOW) is None


async def test_a_pause_that_an_admin_wanted_outlasts_a_change(store: Store) -> None:
    await put(store)
    await store.write(schedules.pause, 1, by=7, now=NOW, resume_at=NEXT)
    changed = await put(store, schedule=replace(BERLIN, time=time(10)))
    assert (changed.pause_reason, changed.resume_at) == (Reason.ADMIN_PAUSED, NEXT)


async def test_a_pause_until_a_day_ends_by_itself(store: Store) -> None:
    await put(store)
    await store.write(schedules.pause, 1, by=7, now=NOW, resume_at=MONDAY + timedelta(days=1))
    assert await store.write(resume_due, MONDAY) == 0
    assert await store.write(resume_due, MONDAY + timedelta(days=1)) == 1


async def test_what_came_due_after_a_pause_was_to_end_is_late_and_not_lost(store: Store) -> None:
    await put(store)
    await store.write(schedules.pause, 1, by=7, now=NOW, resume_at=MONDAY - timedelta(hours=1))
    assert await store.write(resume_due, MONDAY + timedelta(hours=2)) == 1
    (job,) = await claim(store, now=MONDAY + timedelta(hours=2))
    assert job.due_at == MONDAY


async def test_a_short_pause_before_the_prompt_does_not_move_it(store: Store) -> None:
    await put(store)
    await store.write(schedules.pause, 1, by=7, now=NOW)
    resumed = await store.write(schedules.resume, 1, NOW + timedelta(hours=1))
    assert resumed is not None
    assert resumed.next_at == MONDAY


async def test_skipping_leaves_out_one_and_is_seen(store: Store) -> None:
    weekly = await put(store)
    skipped = await store.write(schedules.skip_next, 1, NOW)
    assert skipped is not None
    assert (skipped[0].next_at, skipped[1]) == (NEXT, MONDAY)
    assert await states(store, weekly.id) == [("2026-W02", State.SKIPPED, Reason.ADMIN_SKIPPED)]
    assert await store.write(schedules.skip_next, 2, NOW) is None


async def test_what_is_being_posted_cannot_be_skipped_and_what_waits_can(store: Store) -> None:
    await put(store)
    (job,) = await claim(store)
    skipped = await store.write(schedules.skip_next, 1, MONDAY)
    assert skipped is not None
    assert (skipped[0].next_at, skipped[1]) == (NEXT, None)
    await store.write(queue.release, job, Reason.OUTAGE, "503", owner="me", attempt_at=MONDAY + timedelta(minutes=5))
    skipped = await store.write(schedules.skip_next, 1, MONDAY + timedelta(minutes=1))
    assert skipped is not None
    assert (skipped[0].next_at, skipped[1]) == (NEXT, MONDAY)
    (again,) = await claim(store, now=MONDAY + timedelta(minutes=1))
    assert again.cancelled is Reason.ADMIN_SKIPPED


async def test_a_prompt_at_once_leaves_the_schedule_where_it_is(store: Store) -> None:
    weekly = await put(store)
    job_id = await store.write(enqueue_now, weekly.id, NOW)
    assert await store.write(enqueue_now, weekly.id, NOW + timedelta(seconds=1)) == job_id
    (job,) = await claim(store, now=NOW)
    assert (job.id, job.manual) == (job_id, True)
    assert await begin(store, job, "a", now=NOW)
    assert await store.write(queue.record_sent, job, now=NOW, channel_id=10, message_id=1)
    assert await current(store) == weekly
    assert (await store.read(history_of, weekly.id)).used == {"a"}
    moved = await put(store, now=MONDAY - timedelta(hours=1), schedule=replace(BERLIN, time=time(10)))
    assert moved.next_at == MONDAY + timedelta(hours=1)  # it takes no week its own


async def test_a_server_that_left_is_forgotten_in_time(store: Store) -> None:
    await put(store, 1)
    await put(store, 2)
    await store.write(schedules.mark_left, 1, NOW)
    assert (await store.read(schedules.guilds_served), await store.read(schedules.guilds_left)) == ({2}, {1})
    assert len(await due(store, MONDAY, 10)) == 1
    assert await store.write(schedules.forget_left, NOW) == 0
    assert await store.write(schedules.forget_left, NOW + timedelta(seconds=1)) == 1
    assert await store.look_up(schedules.of_guild, 1) is None
    assert await store.look_up(schedules.of_guild, 2) is not None


async def test_a_server_that_came_back_is_kept_and_goes_on(store: Store) -> None:
    await put(store)
    await store.write(schedules.mark_left, 1, NOW)
    await store.write(schedules.mark_returned, 1, NOW + timedelta(hours=1))
    assert await store.write(schedules.forget_left, NEXT) == 0
    assert ((await current(store)).paused_at, (await current(store)).next_at) == (None, MONDAY)


async def test_a_pause_of_an_admins_outlasts_a_return(store: Store) -> None:
    await put(store)
    await store.write(schedules.mark_left, 1, NOW)
    await store.write(schedules.pause, 1, by=7, now=NOW)
    await store.write(schedules.mark_returned, 1, NOW)
    assert (await current(store)).pause_reason is Reason.ADMIN_PAUSED


async def test_the_options_of_each_prompt_are_changed_one_by_one(store: Store) -> None:
    weekly = await put(store)
    assert (weekly.order, weekly.start_id, weekly.start_round, weekly.follow_ups) == ("path", None, 1, frozenset())
    await put(store, thread=True)
    await put(store, order="shuffled", poll=True)
    changed = await put(store, channel_id=11, poll=False)
    assert (changed.order, changed.start_id, changed.follow_ups) == ("shuffled", None, {"thread"})


async def test_a_start_begins_a_new_walk(store: Store) -> None:
    begun = await put(store, start_id="c")
    assert (begun.start_id, begun.start_round) == ("c", 1)
    await post(store, begun, "c")
    again = await put(store, start_id="d", now=MONDAY)
    assert (again.start_id, again.start_round) == ("d", 2)


async def test_a_post_counts_who_pressed_on_it(store: Store) -> None:
    weekly = await put(store)
    job = await post(store, weekly, "a")
    pressed = [await store.write(toggle_press, 1, tag(job), user_id, MONDAY) for user_id in (1, 2, 2, 3)]
    assert pressed == [True, True, False, True]
    assert (await found(store, job)).finished == 2
    assert await store.write(toggle_press, 2, tag(job), 1, MONDAY) is None
    assert [one.kind for one in await claim(store)] == ["count"]


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
    tokyo = await store.look_up(schedules.of_guild, 2)
    berlin_keeps_the_time_of(name)
    assert await realign(store, MONDAY + timedelta(hours=12)) == (1 if hours else 0)
    moved = await store.look_up(schedules.of_guild, 1)
    assert moved is not None
    assert moved.next_at == NEXT + timedelta(hours=hours)
    assert [one.post.due_at for one in await store.read(recent_deliveries, weekly.id, 5)] == [MONDAY]
    assert await store.look_up(schedules.of_guild, 2) == tokyo
    assert await realign(store, MONDAY + timedelta(hours=12)) == 0


async def test_realigning_goes_through_all_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.due.AT_ONCE", 2)
    for guild_id in range(1, 6):
        await put(store, guild_id)
    hour_late = tables.schedules.update().values(next_at=MONDAY + timedelta(hours=1))
    await store.write(lambda connection: connection.execute(hour_late))
    assert await realign(store, NOW) == 5


async def test_a_process_looks_for_the_work_of_its_own_shards_alone(store: Store) -> None:
    """Whatever is looked for, three processes find all of it, and each thing once; a reminder is shard 0's."""
    processes = [Shards(3, (shard,)) for shard in range(3)]
    of_shard = [(number << GUILD_ID_BITS) + 5 for number in (30, 31, 32)]
    for guild_id in (*of_shard, SNOWFLAKE):
        await put(store, guild_id)
    member = {"user_id": 7, "catalog_id": "list", "channel_id": 70, "idle_only": False}
    reminder = await store.write(reminders.put, schedule=BERLIN, now=NOW, **member)
    owners = {one: one >> GUILD_ID_BITS for one in (*of_shard, SNOWFLAKE)}
    expected = [{one for one, number in owners.items() if number % 3 == shard} for shard in range(3)]
    assert [await store.read(schedules.guilds_served, one) for one in processes] == expected
    assert [await store.write(enqueue_due, MONDAY, one) for one in processes] == [2, 2, 1]
    found = [await store.write(queue.claim, MONDAY, 9, owner="me", lease=LEASE, shards=one) for one in processes]
    assert [len(jobs) for jobs in found] == [2, 2, 1]
    assert reminder.id in {job.schedule_id for job in found[0]}
    assert await store.write(queue.claim, MONDAY, 9, owner="me", lease=LEASE) == []


@pytest.mark.parametrize("work", [schedules.forget_left, resume_due], ids=["forgetting", "resuming"])
async def test_a_process_leaves_servers_of_other_shards_alone(store: Store, work: Callable[..., int]) -> None:
    guild_id = 4 << GUILD_ID_BITS
    await put(store, guild_id)
    await store.write(schedules.pause, guild_id, by=5, now=NOW, resume_at=MONDAY)
    await store.write(schedules.mark_left, guild_id, NOW)
    await store.write(lambda connection: connection.execute(update(tables.schedules).values(resume_at=MONDAY)))
    assert await store.read(schedules.guilds_left, Shards(3, (0, 2))) == set()
    assert [await store.write(work, NEXT, Shards(3, ids)) for ids in ((0, 2), (0, 1))] == [0, 1]

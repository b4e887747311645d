"""Delivering weekly prompts: a real store, real time as an argument, and a channel that remembers and can fail."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalogs import Library
from bot.errors import CannotPost, PostFailed
from bot.jobs import Prompt, schedules
from bot.jobs import prompt as prompt_job
from bot.jobs.attempt import NONCE_LENGTH, NONCE_WINDOW, nonce, tag
from bot.jobs.due import AT_ONCE, GRACE, enqueue_due, enqueue_now, resume_due
from bot.jobs.history import history_of
from bot.jobs.worker import LEASE
from bot.outcomes import Reason
from bot.path import group_order
from bot.schedule import Schedule
from bot.store import Store, tables
from tests.delivery_world import BERLIN, DUE, START, WEEK, Killed, World, fail

GONE = CannotPost(Reason.CHANNEL_GONE)
UNREADABLE = CannotPost(Reason.FORBIDDEN)
OUTAGE = PostFailed("503 Service Unavailable")


@pytest_asyncio.fixture
async def world(store: Store, catalog: Catalog) -> AsyncIterator[World]:
    world = World(store, catalog)
    await world.put()
    yield world


async def test_nothing_before_its_time(world: World) -> None:
    assert await world.tick(DUE - timedelta(seconds=1)) == {}
    assert world.channel.posts == []


async def test_once_at_its_time(world: World, catalog: Catalog) -> None:
    assert await world.tick(DUE) == {"sent": 1}
    assert await world.tick(DUE) == {}
    ((_, prompt, key),) = world.channel.posts
    assert prompt.resource == catalog.resources[0]
    assert (prompt.schedule.guild_id, prompt.schedule.channel_id, prompt.step, prompt.total) == (1, 10, 1, 23)
    assert (prompt.following, prompt.late, prompt.begins_again) == (catalog.resources[1], False, False)
    assert prompt.due_at == DUE
    assert len(key) <= NONCE_LENGTH


async def test_each_job_has_a_nonce_and_a_tag_of_its_own(world: World) -> None:
    await world.put(2)
    await world.tick(DUE)
    await world.tick(DUE + WEEK)
    assert len({key for _, _, key in world.channel.posts}) == 4
    made = [prompt.job for prompt in world.channel.prompts if prompt.job is not None]
    assert len({tag(job) for job in made}) == len({nonce(job) for job in made}) == 4
    assert {len(tag(job)) for job in made} == {4}


async def test_a_whole_walk_and_the_next(world: World, catalog: Catalog) -> None:
    for week in range(25):
        await world.tick(DUE + week * WEEK)  # before the clocks change, and then an hour late
    ids = [resource.id for resource in catalog]
    assert world.channel.resources == [*ids, *ids[:2]]
    assert [prompt.begins_again for prompt in world.channel.prompts] == [False] * 23 + [True, False]


async def test_each_walk_asks_the_next_question(store: Store) -> None:
    resource = Resource(id="a", title="A", url="https://example.org/a", prompts=("First?", "Second?"))
    world = World(store, Catalog("Index", stages=(Stage("s", "S", resources=(resource,)),)))
    await world.put()
    for week in range(3):
        await world.tick(DUE + week * WEEK)
    assert [prompt.question for prompt in world.channel.prompts] == ["First?", "Second?", "First?"]


async def test_a_resource_without_questions_gets_one(store: Store) -> None:
    resource = Resource(id="a", title="A", url="https://example.org/a")
    world = World(store, Catalog("Index", stages=(Stage("s", "S", resources=(resource,)),)))
    await world.put()
    await world.tick(DUE)
    assert world.channel.prompts[0].question.endswith("?")


async def test_of_many_processes_one_posts(world: World) -> None:
    await asyncio.gather(*(world.tick(DUE, f"process-{number}") for number in range(4)))
    assert len(world.channel.posts) == 1


async def test_an_outage_is_tried_again_with_growing_pauses(world: World) -> None:
    world.channel.before = [fail(OUTAGE) for _ in range(4)]
    now, tried = DUE, []
    while now < DUE + timedelta(minutes=20):
        if await world.tick(now):
            tried.append(now - DUE)
        now += timedelta(seconds=30)
    pauses = [(late - early).total_seconds() for early, late in itertools.pairwise(tried)]
    # Each up to a quarter longer than the one before doubled, and then until the next look.
    for pause, least in zip(pauses, (30, 60, 120, 240), strict=True):
        assert least <= pause <= least * 1.25 + 30
    assert len(world.channel.posts) == 1
    assert world.channel.prompts[0].late


async def test_an_outage_longer_than_the_grace_period_is_a_skip_that_is_seen_and_told(world: World) -> None:
    world.channel.before = [fail(OUTAGE) for _ in range(100)]
    now = DUE
    while now < DUE + GRACE + timedelta(hours=2):
        await world.tick(now)
        now += timedelta(minutes=5)
    assert await world.states() == [("skipped", "outage")]
    assert (await world.last())["prompt"].detail == "503 Service Unavailable"
    assert world.channel.tries < 40
    assert world.channel.told == ["outage"]
    world.channel.before = []
    assert await world.tick(DUE + WEEK) == {"sent": 1}
    assert world.channel.resources == [world.catalog.resources[0].id]
    assert world.channel.told == ["outage"]


async def test_a_lost_week_is_told_once_discord_is_back(world: World) -> None:
    world.channel.before = [fail(OUTAGE) for _ in range(100)]
    world.channel.telling = fail(OUTAGE)
    for hours in range(15):
        await world.tick(DUE + timedelta(hours=hours))
    assert world.channel.told == []
    world.channel.telling = None
    for hours in range(15, 20):
        await world.tick(DUE + timedelta(hours=hours))
    assert world.channel.told == ["outage"]


@pytest.mark.parametrize("late", [timedelta(minutes=1), timedelta(hours=1), GRACE])
async def test_offline_at_the_time_posts_once_late(world: World, late: timedelta) -> None:
    assert await world.tick(DUE + late) == {"sent": 1}
    assert world.channel.prompts[0].late == (late > timedelta(minutes=5))


async def test_what_waits_in_our_own_queue_does_not_apologise(world: World) -> None:
    """Enqueued in time, and begun minutes later because so many others were due."""
    world.now = DUE
    assert await world.store.write(enqueue_due, DUE) == 1
    assert await world.tick(DUE + timedelta(minutes=6)) == {"sent": 1}
    assert not world.channel.prompts[0].late


async def test_offline_for_longer_skips_to_the_present_and_writes_each_week_down(world: World) -> None:
    await world.tick(DUE + 5 * WEEK + timedelta(days=2))
    assert await world.states() == [("skipped", "offline")] * 6
    assert (await world.schedule()).next_at == DUE + 6 * WEEK
    assert world.channel.told == ["offline"]


async def test_back_within_the_grace_of_a_later_week_posts_that_one(world: World) -> None:
    assert await world.tick(DUE + 3 * WEEK + timedelta(hours=2)) == {"skipped": 3, "sent": 1}
    assert world.channel.prompts[0].due_at == DUE + 3 * WEEK


async def test_a_refusal_pauses_is_told_once_and_not_repeated(world: World) -> None:
    world.channel.before = [fail(GONE)]
    assert await world.tick(DUE) == {"failed": 1}
    for minutes in range(1, 200):
        assert await world.tick(DUE + timedelta(minutes=minutes)) == {}
    assert world.channel.tries == 1
    assert await world.states() == [("failed", "channel_gone")]
    assert (await world.schedule()).pause_reason is Reason.CHANNEL_GONE
    assert world.channel.told == ["channel_gone"]


async def test_nobody_to_tell_changes_nothing(world: World) -> None:
    world.channel.before = [fail(GONE)]
    world.channel.telling = fail(CannotPost(Reason.DM_CLOSED))
    assert await world.tick(DUE) == {"failed": 1}
    assert await world.tick(DUE + timedelta(minutes=2)) == {}


async def test_now_posts_beside_the_rhythm(world: World, catalog: Catalog) -> None:
    world.now = START
    await world.post_now()
    assert await world.tick(START) == {"sent": 1}
    assert await world.tick(DUE) == {"sent": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[:2]]


async def test_now_beside_the_due_prompt_and_twice_at_once_posts_no_resource_twice(
    world: World, catalog: Catalog
) -> None:
    world.now = DUE
    assert len({await world.post_now() for _ in range(2)}) == 1
    assert await world.tick(DUE) == {"sent": 2}
    assert sorted(world.channel.resources) == sorted(one.id for one in catalog.resources[:2])


async def test_now_after_the_prompt_is_switched_off(world: World) -> None:
    weekly = await world.schedule()
    await world.store.write(schedules.remove, 1)
    assert await world.store.write(enqueue_now, weekly.id, START) is None


@pytest.mark.parametrize(("when", "state"), [("after", "sent"), ("before", "skipped")])
async def test_killed_over_a_post_at_once(world: World, catalog: Catalog, when: str, state: str) -> None:
    world.now = START
    await world.post_now()
    setattr(world.channel, when, [fail(Killed())])
    await world.killed(START)
    assert await world.tick(START + LEASE - timedelta(seconds=1)) == {}
    world.channel.finding = fail(OUTAGE)
    assert await world.tick(START + LEASE) == {"retried": 1}
    world.channel.finding = None
    assert await world.tick(START + timedelta(minutes=10)) == {state: 1}
    assert await world.tick(DUE) == {"sent": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[: 2 if state == "sent" else 1]]


async def test_now_is_tried_for_five_minutes_and_no_longer(world: World) -> None:
    world.now = START
    await world.post_now()
    world.channel.before = [fail(OUTAGE) for _ in range(20)]
    for minutes in range(0, 120, 2):
        await world.tick(START + timedelta(minutes=minutes))
    assert world.channel.tries < 5
    assert await world.states() == [("skipped", "outage")]
    world.channel.before = []
    await world.tick(DUE)
    assert world.channel.resources == [world.catalog.resources[0].id]


async def test_now_that_is_refused_does_not_pause(world: World) -> None:
    world.now = START
    await world.post_now()
    world.channel.before = [fail(GONE)]
    assert await world.tick(START) == {"failed": 1}
    assert (await world.schedule()).paused_at is None


async def test_a_walk_can_begin_anywhere_and_goes_on_from_there(world: World, catalog: Catalog) -> None:
    await world.tick(DUE)
    await world.put(start_id=catalog.resources[20].id, now=DUE)
    for week in range(1, 5):
        await world.tick(DUE + week * WEEK)
    ids = [one.id for one in catalog]
    assert world.channel.resources == [ids[0], ids[20], ids[21], ids[22], ids[0]]


async def test_shuffled_uses_all_before_it_repeats_one(world: World, catalog: Catalog) -> None:
    await world.put(order="shuffled")
    for week in range(23):
        await world.tick(DUE + week * WEEK)
    assert sorted(world.channel.resources) == sorted(one.id for one in catalog)
    assert world.channel.resources != [one.id for one in catalog]


async def test_a_bug_is_a_failed_attempt_of_its_own_server(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for guild_id in range(2, 6):
        await world.put(guild_id)
    world.channel.before = [fail(RuntimeError("a bug"))]
    assert await world.tick(DUE) == {"sent": 4, "retried": 1}
    assert "a bug" in caplog.text
    assert await world.tick(DUE + timedelta(minutes=2)) == {"sent": 1}


async def test_a_bug_that_stays_ends_in_a_skip_and_the_next_week_comes(world: World) -> None:
    world.channel.before = [fail(RuntimeError("a bug")) for _ in range(100)]
    for minutes in range(0, 14 * 60, 10):
        await world.tick(DUE + timedelta(minutes=minutes))
    assert world.channel.tries < 40
    assert await world.states() == [("skipped", "broken")]
    world.channel.before = []
    assert await world.tick(DUE + WEEK) == {"sent": 1}


async def test_many_broken_servers_do_not_hold_up_the_others(world: World) -> None:
    for guild_id in range(2, 101):
        await world.put(guild_id)
    world.channel.before = [fail(RuntimeError("a bug")) for _ in range(75)]
    assert await world.tick(DUE) == {"sent": 25, "retried": 75}


async def test_an_unknown_zone_pauses_its_schedule_and_no_other(world: World) -> None:
    await world.put(2)
    lost = tables.schedules.update().where(tables.schedules.c.guild_id == 1).values(zone="Europe/Atlantis")
    await world.store.write(lambda connection: connection.execute(lost))
    assert await world.tick(DUE) == {"sent": 1}
    assert (await world.schedule()).pause_reason is Reason.UNKNOWN_ZONE
    assert world.channel.told == ["unknown_zone"]
    await world.put()
    assert (await world.schedule()).paused_at is None


ROOM = 40
"""Attempts under way at a time in these tests."""


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.worker.IN_FLIGHT_LIMIT", ROOM)


async def test_more_than_there_is_room_for_are_all_served(world: World, little_room: None) -> None:
    for guild_id in range(2, AT_ONCE + ROOM):
        await world.put(guild_id)
    assert await world.tick(DUE) == {"sent": AT_ONCE + ROOM - 1}


@pytest.mark.parametrize("hung", [1, ROOM - 5])
async def test_servers_that_hang_keep_no_other_waiting(
    world: World, little_room: None, monkeypatch: pytest.MonkeyPatch, hung: int
) -> None:
    for guild_id in range(2, 2 * ROOM):
        await world.put(guild_id)
    hanging, post = asyncio.Event(), world.channel.post

    async def hang(message: Any, key: str, check: Any) -> Any:
        if message.schedule.guild_id <= hung:
            await hanging.wait()
        return await post(message, key, check)

    monkeypatch.setattr(world.channel, "post", hang)
    worker = world.worker()
    await worker.tick()
    while len(world.channel.posts) < 2 * ROOM - 1 - hung:
        await asyncio.sleep(0.01)
        await worker.tick()
    hanging.set()
    await worker.idle()
    assert len(world.channel.posts) == 2 * ROOM - 1


async def test_when_all_hang_no_more_are_begun_and_all_come_in_the_end(
    world: World, little_room: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guild_id in range(2, 2 * ROOM):
        await world.put(guild_id)
    hanging, post, begun = asyncio.Event(), world.channel.post, list[int]()

    async def hang(message: Any, key: str, check: Any) -> Any:
        begun.append(message.schedule.guild_id)
        await hanging.wait()
        return await post(message, key, check)

    monkeypatch.setattr(world.channel, "post", hang)
    for _ in range(3):
        await world.worker().tick()
    while len(begun) < ROOM:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await world.worker().tick()
    assert len(begun) == ROOM
    hanging.set()
    await world.worker().idle()
    await world.tick(DUE)
    assert len(world.channel.posts) == 2 * ROOM - 1


async def test_killed_before_the_post(world: World) -> None:
    world.channel.before = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + timedelta(seconds=60)) == {}
    assert await world.tick(DUE + timedelta(seconds=90)) == {"sent": 1}
    assert len(world.channel.posts) == 1


@pytest.mark.parametrize("later", [timedelta(seconds=90), timedelta(minutes=30), timedelta(days=2)])
async def test_killed_after_the_post_and_before_it_was_recorded(world: World, later: timedelta) -> None:
    world.channel.after = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + later) == {"sent": 1}
    assert len(world.channel.posts) == 1
    assert await world.states() == [("sent", None)]


async def test_killed_long_before_and_never_posted_is_a_skip(world: World) -> None:
    world.channel.before = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + GRACE + timedelta(minutes=1)) == {"skipped": 1}
    assert world.channel.posts == []


async def test_a_process_that_slept_longer_than_its_claim_posts_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped just before its request; another has posted by the time it goes on."""
    world.channel.nonces = False
    post = world.channel.post

    async def after_a_sleep(message: Any, key: str, check: Any) -> Any:
        monkeypatch.setattr(world.channel, "post", post)
        world.now += LEASE
        world.monotonic += LEASE.total_seconds()
        await world.worker("another").tick()
        await world.worker("another").idle()
        return await post(message, key, check)

    monkeypatch.setattr(world.channel, "post", after_a_sleep)
    await world.tick(DUE)
    assert len(world.channel.posts) == 1
    assert await world.states() == [("sent", None)]


async def test_where_the_history_cannot_be_read_the_nonce_helps_for_a_while(world: World) -> None:
    world.channel.after = [fail(Killed())]
    world.channel.finding = fail(UNREADABLE)
    await world.killed(DUE)
    assert await world.tick(DUE + timedelta(seconds=90)) == {"sent": 1}
    assert len(world.channel.posts) == 1


async def test_and_after_that_missing_is_better_than_twice(world: World) -> None:
    world.channel.after = [fail(Killed())]
    world.channel.finding = fail(UNREADABLE)
    await world.killed(DUE)
    assert await world.tick(DUE + NONCE_WINDOW + timedelta(seconds=1)) == {"failed": 1}
    assert len(world.channel.posts) == 1


async def test_in_a_forum_there_is_no_nonce_to_rely_on(world: World) -> None:
    world.channel.forum = True
    world.channel.after = [fail(Killed())]
    world.channel.finding = fail(UNREADABLE)
    await world.killed(DUE)
    assert await world.tick(DUE + timedelta(seconds=90)) == {"failed": 1}
    assert len(world.channel.posts) == 1


async def test_an_answer_that_got_lost_is_found(world: World) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    assert await world.tick(DUE) == {"retried": 1}
    assert await world.tick(DUE + timedelta(minutes=10)) == {"sent": 1}
    assert len(world.channel.posts) == 1


@pytest.mark.parametrize("change", ["day", "zone", "channel", "role", "order", "start"])
async def test_an_answer_that_got_lost_is_found_whatever_an_admin_changes(
    world: World, catalog: Catalog, change: str
) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    changes: dict[str, dict[str, Any]] = {
        "day": {"schedule": replace(BERLIN, weekday=4)},
        "zone": {"schedule": replace(BERLIN, zone="Asia/Tokyo")},
        "channel": {"channel_id": 99},
        "role": {"role_id": 3},
        "order": {"order": "shuffled"},
        "start": {"start_id": catalog.resources[5].id},
    }
    await world.put(**changes[change], now=DUE + timedelta(seconds=10))
    for hours in range(1, 6 * 24, 6):
        await world.tick(DUE + timedelta(hours=hours))
    assert world.channel.resources == [catalog.resources[0].id]
    assert await world.states() == [("sent", None)]
    assert (await world.last())["prompt"].channel_id == 10


async def test_a_lost_answer_is_not_taken_for_another_posts(world: World) -> None:
    """The same resource, posted at once in the same channel a few hours before and forgotten since."""
    world.now = DUE - timedelta(hours=5)
    await world.post_now()
    await world.tick(world.now)
    await world.store.write(schedules.remove, 1)
    await world.put()
    world.channel.before = [fail(OUTAGE)]
    assert await world.tick(DUE) == {"retried": 1}
    assert await world.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert world.channel.resources == [world.catalog.resources[0].id] * 2


async def test_a_catalog_that_changes_between_two_tries_makes_no_second_post(world: World) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    stage = world.catalog.stages[0]
    new = Resource(id="new", title="New", url="https://example.org/new")
    grown = (replace(stage, resources=(new, *stage.resources)), *world.catalog.stages[1:])
    world.catalogs.serve(Library(replace(world.catalog, stages=grown)))
    assert await world.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert world.channel.resources == [stage.resources[0].id]
    await world.tick(DUE + WEEK)
    assert world.channel.resources[-1] == "new"


async def test_an_empty_catalog_skips(store: Store) -> None:
    world = World(store, Catalog("Empty"))
    weekly = await world.put()
    assert await world.tick(DUE) == {"skipped": 1}
    assert await world.states() == [("skipped", "empty_list")]
    history = await store.read(history_of, weekly.id)
    upcoming = await world.prompts.upcoming(weekly, history, world.catalogs, world.channel, DUE)
    assert upcoming is Reason.EMPTY_LIST


async def test_an_order_that_became_empty_skips_and_is_told_once(store: Store) -> None:
    one = Resource(id="a", title="A", url="https://example.org/a")
    stages = (Stage("s", "S", resources=(one,)),)
    world = World(store, Catalog("Index", stages=stages, tracks=(Track("t", "T"),)))
    await world.put(order=group_order("t"))
    for week in range(3):
        assert await world.tick(DUE + week * WEEK) == {"skipped": 1}
    assert await world.states() == [("skipped", "empty_order")] * 3
    assert world.channel.told == ["empty_order"]


async def test_upcoming_is_what_will_be_posted(world: World) -> None:
    await world.tick(DUE)
    weekly = await world.schedule()
    history = await world.store.read(history_of, weekly.id)
    preview = await world.prompts.upcoming(weekly, history, world.catalogs, world.channel, DUE)
    await world.tick(DUE + WEEK)
    assert isinstance(preview, Prompt)
    (sent,) = world.channel.prompts[1:]
    assert replace(sent, job=None, schedule=weekly) == preview


events = st.lists(
    st.tuples(
        st.sampled_from(["fine", "fine", "outage", "lost answer", "killed before", "killed after", "bug"]),
        st.integers(20, 5000),
    ),
    max_size=30,
)


@pytest.mark.slow
@given(events)
def test_whatever_happens_no_occurrence_is_posted_twice_and_the_path_keeps_its_order(
    catalog: Catalog, happened: list[tuple[str, int]]
) -> None:
    async def live() -> None:
        async with await Store.open("sqlite:///:memory:") as store:
            world = World(store, catalog)
            await world.put()
            now = DUE
            for number, (event, minutes) in enumerate(happened):
                harm = {"outage": PostFailed("503"), "lost answer": PostFailed("reset"), "bug": RuntimeError("bug")}
                error = harm.get(event, Killed())
                world.channel.before = [fail(error)] if event in ("outage", "killed before", "bug") else []
                world.channel.after = [fail(error)] if event in ("lost answer", "killed after") else []
                with suppress(Killed):
                    await world.tick(now, f"process-{number}")
                now += timedelta(minutes=minutes)
            world.channel.before, world.channel.after = [], []
            for _ in range(3):
                await world.tick(now)
            due = [prompt.due_at for prompt in world.channel.prompts]
            assert len(set(due)) == len(due)
            ids = [resource.id for resource in catalog]
            assert world.channel.resources == [ids[number % len(ids)] for number in range(len(due))]

    asyncio.run(live())


async def test_skipped_and_changed_gives_the_week_no_second_prompt(world: World) -> None:
    monday = DUE - timedelta(hours=2)
    await world.store.write(schedules.skip_next, 1, monday)
    friday = await world.put(schedule=replace(BERLIN, weekday=4), now=monday)
    assert friday.next_at == DUE + WEEK + timedelta(days=4)
    tokyo = await world.put(schedule=replace(BERLIN, zone="Asia/Tokyo"), now=monday)
    assert tokyo.next_at > DUE + timedelta(days=6)
    for hours in range(0, 12 * 24, 6):
        await world.tick(monday + timedelta(hours=hours))
    assert [prompt.due_at for prompt in world.channel.prompts] == [tokyo.next_at]


async def test_skip_leaves_out_the_prompt_that_waits_out_an_outage(world: World) -> None:
    world.channel.before = [fail(OUTAGE)]
    await world.tick(DUE)
    skipped = await world.store.write(schedules.skip_next, 1, DUE + timedelta(seconds=10))
    assert skipped is not None
    assert skipped[1] == DUE
    assert await world.tick(DUE + timedelta(minutes=10)) == {"skipped": 1}
    assert await world.states() == [("skipped", "admin_skipped")]
    assert world.channel.told == []


@pytest.mark.parametrize("change", ["now", "order", "start"])
async def test_what_a_lost_try_chose_stays_chosen_whatever_an_admin_does_meanwhile(
    world: World, catalog: Catalog, change: str
) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    world.now = DUE + timedelta(seconds=20)
    if change == "now":
        await world.post_now()
    elif change == "order":
        await world.put(order="shuffled", now=world.now)
    else:
        await world.put(start_id=catalog.resources[5].id, now=world.now)
    await world.tick(DUE + timedelta(minutes=5))
    scheduled = [prompt.resource.id for prompt in world.channel.prompts if prompt.due_at == DUE]
    assert scheduled == [catalog.resources[0].id]
    assert len(set(world.channel.resources)) == len(world.channel.resources)


@pytest.mark.parametrize("change", ["pause", "off"])
async def test_a_change_between_claim_and_post_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    history = prompt_job.history_of

    def changed(connection: Connection, *given: Any, **options: Any) -> Any:
        if change == "pause":
            schedules.pause(connection, 1, by=5, now=DUE)
        else:
            schedules.remove(connection, 1)
        return history(connection, *given, **options)

    monkeypatch.setattr(prompt_job, "history_of", changed)
    assert await world.tick(DUE) == ({"skipped": 1} if change == "pause" else {})
    assert world.channel.posts == []


async def test_a_pause_that_comes_over_a_lost_answer_still_finds_it(world: World) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    await world.store.write(schedules.pause, 1, by=5, now=DUE + timedelta(seconds=10))
    assert await world.tick(DUE + timedelta(minutes=1)) == {"sent": 1}
    assert len(world.channel.posts) == 1


async def test_weeks_of_a_pause_say_so(world: World) -> None:
    await world.store.write(schedules.pause, 1, by=5, now=START)
    await world.tick(DUE + WEEK + timedelta(days=1))
    await world.store.write(schedules.resume, 1, DUE + WEEK + timedelta(days=1))
    assert await world.states() == [("skipped", "paused")] * 2
    assert await world.tick(DUE + 2 * WEEK) == {"sent": 1}


async def test_a_pause_until_the_very_instant_loses_nothing(world: World) -> None:
    weekly = await world.put(2, Schedule(0, time(0), "Europe/Berlin"))
    await world.store.write(schedules.pause, 2, by=5, now=START, resume_at=weekly.next_at)
    assert await world.store.write(resume_due, weekly.next_at) == 1
    assert (await world.schedule(2)).next_at == weekly.next_at


async def test_resuming_what_runs_loses_no_try(world: World) -> None:
    world.channel.before = [fail(OUTAGE)]
    await world.tick(DUE)
    await world.store.write(schedules.resume, 1, DUE + timedelta(seconds=10))
    assert await world.tick(DUE + timedelta(minutes=1)) == {"sent": 1}


async def test_another_zone_gives_no_week_a_second_prompt(world: World) -> None:
    weekly = await world.put(2, Schedule(0, time(1), "Asia/Tokyo"))
    await world.tick(weekly.next_at)
    moved = await world.put(2, Schedule(0, time(9), "America/New_York"), now=weekly.next_at + timedelta(hours=1))
    assert moved.next_at - weekly.next_at > timedelta(days=6)

"""Delivering weekly prompts: a real store, real time as an argument, and a channel that remembers and can fail."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalog import Catalog, Resource, Stage
from bot.delivery import (
    BATCH,
    GRACE,
    NONCE_WINDOW,
    Prompt,
    Sent,
    deliver_due,
    deliver_now,
    finish_interrupted,
    upcoming_prompt,
)
from bot.delivery.errand import LEASE
from bot.delivery.letters import Letter
from bot.errors import CannotPost, PostFailed
from bot.schedule import Schedule
from bot.store import Choice, Store, WeeklySchedule
from bot.store.tables import schedules

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 1, 5, 8, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BERLIN = Schedule(0, time(9), "Europe/Berlin")


class Killed(BaseException):
    """The process was killed: nothing after this runs, no handler catches it."""


@dataclass
class Channel:
    """Stands where Discord stands: keeps what was posted, knows a nonce for a while, fails as it is told to."""

    now: datetime = DUE
    posts: list[tuple[datetime, Any, str]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)  # each happens instead of one post
    after: list[Callable[[], None]] = field(default_factory=list)  # each happens once a post was taken
    finding: Callable[[], None] | None = None
    threads: list[int] = field(default_factory=list)
    opening: Callable[[], None] | None = None
    pinning: Callable[[], None] | None = None
    asking: Callable[[], None] | None = None
    counting: Callable[[], None] | None = None
    pinned: tuple[int, int | None] | None = None
    polls: list[list[str]] = field(default_factory=list)
    votes: set[str] = field(default_factory=set)
    replied: int = 0
    tries: int = 0
    told: list[str] = field(default_factory=list)
    telling: Callable[[], None] | None = None

    async def post(self, prompt: Letter, nonce: str) -> Sent:
        self.tries += 1
        if self.before:
            self.before.pop(0)()
        for number, (at, _, known) in enumerate(self.posts):
            if known == nonce and self.now - at < timedelta(minutes=3):
                return Sent(prompt.channel_id, number)
        self.posts.append((self.now, prompt, nonce))
        if self.after:
            self.after.pop(0)()
        return Sent(prompt.channel_id, len(self.posts) - 1)

    async def find(self, prompt: Letter, since: datetime) -> Sent | None:
        if self.finding is not None:
            self.finding()
        found = (n for n, (at, made, _) in enumerate(self.posts) if at >= since and made.resource == prompt.resource)
        number = next(found, None)
        return None if number is None else Sent(prompt.channel_id, number)

    async def open_thread(self, prompt: Prompt, sent: Sent) -> int:
        if self.opening is not None:
            self.opening()
        self.threads.append(sent.message_id)
        return 1000 + sent.message_id

    async def pin(self, sent: Sent, instead_of: Sent | None) -> None:
        if self.pinning is not None:
            self.pinning()
        self.pinned = sent.message_id, instead_of.message_id if instead_of else None

    async def ask(self, prompt: Prompt, channel_id: int, nonce: str, closes_after: timedelta) -> int:
        if self.asking is not None:
            self.asking()
        self.polls.append([one.id for one in prompt.options])
        return 2000 + len(self.polls)

    async def favourites(self, poll: Sent, options: Sequence[Resource]) -> list[Resource]:
        if self.counting is not None:
            self.counting()
        return [one for one in options if one.id in self.votes]

    async def replies(self, thread_id: int) -> int:
        if self.counting is not None:
            self.counting()
        return self.replied

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        self.told.append(reason)
        if self.telling is not None:
            self.telling()

    @property
    def resources(self) -> list[str]:
        return [prompt.resource.id for _, prompt, _ in self.posts]


def fail(error: BaseException) -> Callable[[], None]:
    def failing() -> None:
        raise error

    return failing


async def put(store: Store, guild_id: int = 1, schedule: Schedule = BERLIN) -> WeeklySchedule:
    return await store.put_schedule(
        guild_id=guild_id, channel_id=guild_id * 10, role_id=None, schedule=schedule, created_by=5, now=START
    )


@dataclass
class World:
    store: Store
    catalog: Catalog
    channel: Channel

    async def tick(self, now: datetime, owner: str = "me") -> dict[str, int]:
        self.channel.now = now
        report = await deliver_due(self.store, self.catalog, self.channel, now=now, owner=owner)
        return dict(report.outcomes)

    async def killed(self, now: datetime) -> None:
        with pytest.raises(Killed):
            await self.tick(now, "the one that is killed")

    async def state(self, guild_id: int = 1) -> list[tuple[str, str | None]]:
        weekly = await self.store.schedule_for(guild_id)
        assert weekly is not None
        return [(one.state, one.error) for one in await self.store.recent_deliveries(weekly.id, 10)]


@pytest_asyncio.fixture
async def world(store: Store, catalog: Catalog) -> AsyncIterator[World]:
    await put(store)
    yield World(store, catalog, Channel())


async def test_nothing_before_its_time(world: World) -> None:
    assert await world.tick(DUE - timedelta(seconds=1)) == {}
    assert world.channel.posts == []


async def test_once_at_its_time(world: World, catalog: Catalog) -> None:
    assert await world.tick(DUE) == {"posted": 1}
    assert await world.tick(DUE) == {}
    ((_, prompt, nonce),) = world.channel.posts
    assert prompt.resource == catalog.resources[0]
    assert (prompt.guild_id, prompt.channel_id, prompt.step, prompt.total) == (1, 10, 1, 23)
    assert (prompt.following, prompt.late, prompt.begins_again) == (catalog.resources[1], False, False)
    assert prompt.occurrence == DUE
    assert len(nonce) <= 25


async def test_each_occurrence_has_a_nonce_of_its_own(world: World) -> None:
    await put(world.store, 2)
    await world.tick(DUE)
    await world.tick(DUE + WEEK)
    assert len({nonce for _, _, nonce in world.channel.posts}) == 4


async def test_a_whole_walk_and_the_next(world: World, catalog: Catalog) -> None:
    for week in range(25):
        await world.tick(DUE + week * WEEK)  # before the clocks change, and then an hour late
    ids = [resource.id for resource in catalog]
    assert world.channel.resources == [*ids, *ids[:2]]
    begins = [prompt.begins_again for _, prompt, _ in world.channel.posts]
    assert begins == [False] * 23 + [True, False]


async def test_each_walk_asks_the_next_question(store: Store) -> None:
    resource = Resource(id="a", title="A", url="https://example.org/a", prompts=("First?", "Second?"))
    world = World(store, Catalog("Index", stages=(Stage("s", "S", resources=(resource,)),)), Channel())
    await put(store)
    for week in range(3):
        await world.tick(DUE + week * WEEK)
    assert [prompt.question for _, prompt, _ in world.channel.posts] == ["First?", "Second?", "First?"]


async def test_a_resource_without_questions_gets_one(store: Store) -> None:
    resource = Resource(id="a", title="A", url="https://example.org/a")
    world = World(store, Catalog("Index", stages=(Stage("s", "S", resources=(resource,)),)), Channel())
    await put(store)
    await world.tick(DUE)
    assert world.channel.posts[0][1].question.endswith("?")


async def test_of_two_processes_one_posts(world: World) -> None:
    await asyncio.gather(*(world.tick(DUE, f"process-{number}") for number in range(4)))
    assert len(world.channel.posts) == 1


async def test_an_outage_is_tried_again_with_growing_pauses(world: World) -> None:
    world.channel.before = [fail(PostFailed("503")) for _ in range(4)]
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
    assert world.channel.posts[0][1].late


async def test_an_outage_longer_than_the_grace_period_is_a_skip_that_is_seen(world: World) -> None:
    world.channel.before = [fail(PostFailed("503 Service Unavailable")) for _ in range(100)]
    now = DUE
    while now < DUE + GRACE + timedelta(hours=2):
        await world.tick(now)
        now += timedelta(minutes=5)
    assert await world.state() == [("skipped", "503 Service Unavailable")]
    assert world.channel.tries < 40
    world.channel.before = []
    assert await world.tick(DUE + WEEK) == {"posted": 1}
    assert world.channel.resources == [world.catalog.resources[0].id]


@pytest.mark.parametrize("late", [timedelta(minutes=1), timedelta(hours=1), GRACE])
async def test_offline_at_the_time_posts_once_late(world: World, late: timedelta) -> None:
    assert await world.tick(DUE + late) == {"posted": 1}
    assert world.channel.posts[0][1].late == (late > timedelta(minutes=5))


async def test_offline_for_longer_skips_to_the_present(world: World) -> None:
    assert await world.tick(DUE + 5 * WEEK + timedelta(days=2)) == {"skipped": 1}
    (state,) = await world.state()
    assert state[0] == "skipped"
    assert "offline" in str(state[1])
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    assert weekly.next_at == DUE + 6 * WEEK


async def test_back_within_the_grace_of_a_later_week_posts_that_one(world: World) -> None:
    now = DUE + 3 * WEEK + timedelta(hours=2)
    assert await world.tick(now) == {"skipped": 1}
    assert await world.tick(now) == {"posted": 1}
    assert world.channel.posts[0][1].occurrence == DUE + 3 * WEEK


async def test_a_refusal_pauses_and_is_not_repeated(world: World) -> None:
    world.channel.before = [fail(CannotPost("the channel <#10> does not exist any more"))]
    assert await world.tick(DUE) == {"failed": 1}
    for minutes in range(1, 200):
        assert await world.tick(DUE + timedelta(minutes=minutes)) == {}
    assert world.channel.tries == 1
    assert await world.state() == [("failed", "the channel <#10> does not exist any more")]
    assert world.channel.told == ["the channel <#10> does not exist any more"]


async def test_nobody_to_tell_changes_nothing(world: World) -> None:
    world.channel.before = [fail(CannotPost("gone"))]
    world.channel.telling = fail(CannotPost("their messages are closed"))
    assert await world.tick(DUE) == {"failed": 1}
    assert await world.tick(DUE + timedelta(minutes=2)) == {}


async def test_now_posts_beside_the_rhythm(world: World, catalog: Catalog) -> None:
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    assert await deliver_now(world.store, catalog, world.channel, weekly, now=START, owner="me") == Sent(10, 0)
    assert await world.tick(DUE) == {"posted": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[:2]]


@pytest.mark.parametrize(("when", "posts"), [("after", 1), ("before", 0)])
async def test_killed_over_a_post_at_once(world: World, catalog: Catalog, when: str, posts: int) -> None:
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    setattr(world.channel, when, [fail(Killed())])
    with pytest.raises(Killed):
        await deliver_now(world.store, catalog, world.channel, weekly, now=START, owner="killed")
    given = (world.store, catalog, world.channel)
    assert await world.store.next_due() == START + LEASE
    assert await finish_interrupted(*given, now=START + LEASE - timedelta(seconds=1), owner="me") == 0
    world.channel.finding = fail(PostFailed("503"))
    assert await finish_interrupted(*given, now=START + LEASE, owner="me") == 1
    world.channel.finding = None
    assert await finish_interrupted(*given, now=START + 2 * LEASE, owner="me") == 1
    assert await finish_interrupted(*given, now=START + 4 * LEASE, owner="me") == 0
    ((state, _),) = await world.state()
    assert state == ("posted" if posts else "skipped")
    assert await world.tick(DUE) == {"posted": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[: posts + 1]]


async def test_now_tells_what_went_wrong_and_does_not_try_again(world: World, catalog: Catalog) -> None:
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    world.channel.before = [fail(PostFailed("503"))]
    with pytest.raises(PostFailed):
        await deliver_now(world.store, catalog, world.channel, weekly, now=START, owner="me")
    assert await world.tick(START + timedelta(hours=1)) == {}
    assert await world.state() == [("skipped", "503")]
    await world.tick(DUE)
    assert world.channel.resources == [catalog.resources[0].id]


async def test_a_thread_that_cannot_be_opened_costs_the_post_nothing(world: World) -> None:
    await world.store.put_ritual(1, thread=True)
    world.channel.opening = fail(CannotPost("I am not allowed to"))
    assert await world.tick(DUE) == {"posted": 1}
    assert await world.state() == [("posted", "its thread could not be opened: I am not allowed to")]
    world.channel.opening = None
    assert await world.tick(DUE + WEEK) == {"posted": 1}
    assert world.channel.threads == [1]


async def test_a_walk_can_begin_anywhere_and_goes_on_from_there(world: World, catalog: Catalog) -> None:
    await world.tick(DUE)
    await world.store.put_ritual(1, start_id=catalog.resources[20].id)
    for week in range(1, 5):
        await world.tick(DUE + week * WEEK)
    ids = [one.id for one in catalog]
    assert world.channel.resources == [ids[0], ids[20], ids[21], ids[22], ids[0]]


async def test_shuffled_uses_all_before_it_repeats_one(world: World, catalog: Catalog) -> None:
    await world.store.put_ritual(1, order="shuffled")
    for week in range(23):
        await world.tick(DUE + week * WEEK)
    assert sorted(world.channel.resources) == sorted(one.id for one in catalog)
    assert world.channel.resources != [one.id for one in catalog]


async def test_one_servers_bug_stays_its_own(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for guild_id in range(2, 6):
        await put(world.store, guild_id)
    world.channel.before = [fail(RuntimeError("a bug"))]
    assert await world.tick(DUE) == {"posted": 4, "broken": 1}
    assert "a bug" in caplog.text
    assert await world.tick(DUE + timedelta(minutes=2)) == {"posted": 1}


async def test_many_servers_are_served_in_several_goes(world: World) -> None:
    for guild_id in range(2, BATCH + 12):
        await put(world.store, guild_id)
    world.channel.now = DUE
    first = await deliver_due(world.store, world.catalog, world.channel, now=DUE, owner="me")
    assert (first.outcomes["posted"], first.more) == (BATCH, True)
    second = await deliver_due(world.store, world.catalog, world.channel, now=DUE, owner="me")
    assert (second.outcomes["posted"], second.more) == (11, False)


async def test_a_batch_in_which_all_breaks_does_not_go_on_at_once(world: World) -> None:
    for guild_id in range(2, BATCH + 12):
        await put(world.store, guild_id)
    world.channel.before = [fail(RuntimeError("a bug")) for _ in range(BATCH)]
    report = await deliver_due(world.store, world.catalog, world.channel, now=DUE, owner="me")
    assert not report.more


async def test_killed_before_the_post(world: World) -> None:
    world.channel.before = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + timedelta(seconds=60)) == {}
    assert await world.tick(DUE + timedelta(seconds=90)) == {"posted": 1}
    assert len(world.channel.posts) == 1


@pytest.mark.parametrize("later", [timedelta(seconds=90), timedelta(minutes=30), timedelta(days=2)])
async def test_killed_after_the_post_and_before_it_was_recorded(world: World, later: timedelta) -> None:
    world.channel.after = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + later) == {"posted": 1}
    assert len(world.channel.posts) == 1
    assert await world.state() == [("posted", None)]


async def test_killed_long_before_and_never_posted_is_a_skip(world: World) -> None:
    world.channel.before = [fail(Killed())]
    await world.killed(DUE)
    assert await world.tick(DUE + GRACE + timedelta(minutes=1)) == {"skipped": 1}
    assert world.channel.posts == []


async def test_where_the_history_cannot_be_read_the_nonce_helps_for_a_while(world: World) -> None:
    world.channel.after = [fail(Killed())]
    world.channel.finding = fail(CannotPost("I am not allowed to read <#10>"))
    await world.killed(DUE)
    assert await world.tick(DUE + timedelta(seconds=90)) == {"posted": 1}
    assert len(world.channel.posts) == 1


async def test_and_after_that_missing_is_better_than_twice(world: World) -> None:
    world.channel.after = [fail(Killed())]
    world.channel.finding = fail(CannotPost("I am not allowed to read <#10>"))
    await world.killed(DUE)
    assert await world.tick(DUE + NONCE_WINDOW + timedelta(seconds=1)) == {"failed": 1}
    assert len(world.channel.posts) == 1


async def test_an_answer_that_got_lost_is_found(world: World) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    assert await world.tick(DUE) == {"retried": 1}
    assert await world.tick(DUE + timedelta(minutes=10)) == {"posted": 1}
    assert len(world.channel.posts) == 1


async def test_a_catalog_that_changes_between_two_tries_makes_no_second_post(world: World) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    stage = world.catalog.stages[0]
    new = Resource(id="new", title="New", url="https://example.org/new")
    grown = replace(
        world.catalog, stages=(replace(stage, resources=(new, *stage.resources)), *world.catalog.stages[1:])
    )
    world.catalog = grown
    assert await world.tick(DUE + timedelta(minutes=1)) == {"posted": 1}
    assert world.channel.resources == [stage.resources[0].id]
    await world.tick(DUE + WEEK)
    assert world.channel.resources[-1] == "new"


async def test_an_empty_catalog_skips(store: Store) -> None:
    world = World(store, Catalog("Empty"), Channel())
    weekly = await put(store)
    assert await world.tick(DUE) == {"skipped": 1}
    assert await world.state() == [("skipped", "the index has no resources")]
    assert await upcoming_prompt(store, world.catalog, world.channel, weekly, now=DUE) is None


async def test_a_post_that_hangs_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.errand.SEND_SECONDS", 0.02)

    async def hang(prompt: Prompt, nonce: str) -> int:
        await asyncio.sleep(60)
        return 0

    monkeypatch.setattr(world.channel, "post", hang)
    assert await world.tick(DUE) == {"retried": 1}
    assert "did not answer" in str((await world.state())[0][1])


async def test_upcoming_is_what_will_be_posted(world: World, catalog: Catalog) -> None:
    await world.tick(DUE)
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    preview = await upcoming_prompt(world.store, catalog, world.channel, weekly, now=DUE)
    await world.tick(DUE + WEEK)
    assert preview == world.channel.posts[-1][1]


events = st.lists(
    st.tuples(
        st.sampled_from(["fine", "fine", "outage", "lost answer", "killed before", "killed after", "bug"]),
        st.integers(20, 5000),
    ),
    max_size=30,
)


@given(events)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_no_occurrence_is_posted_twice_and_the_path_keeps_its_order(
    catalog: Catalog, happened: list[tuple[str, int]]
) -> None:
    async def live() -> None:
        async with await Store.open("sqlite:///:memory:") as store:
            world = World(store, catalog, Channel())
            await put(store)
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
            occurrences = [prompt.occurrence for _, prompt, _ in world.channel.posts]
            assert len(set(occurrences)) == len(occurrences)
            ids = [resource.id for resource in catalog]
            expected = [ids[number % len(ids)] for number in range(len(occurrences))]
            assert world.channel.resources == expected

    asyncio.run(live())


async def test_skipped_and_changed_back_again_nothing_sticks(world: World) -> None:
    """The next occurrence is never one of which something has become already."""
    await world.store.skip_next(1)
    await put(world.store, 1, replace(BERLIN, time=time(10)))
    weekly = await put(world.store, 1, BERLIN)
    assert weekly.next_at == DUE + WEEK  # the week that an admin left out stays out
    assert await world.tick(DUE + WEEK) == {"posted": 1}


async def test_a_schedule_at_an_occurrence_that_has_ended_moves_on(world: World) -> None:
    await world.tick(DUE)
    await world.store.write(lambda connection: connection.execute(schedules.update().values(next_at=DUE)))
    assert await world.tick(DUE + timedelta(minutes=1)) == {}
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    assert weekly.next_at == DUE + WEEK
    assert len(world.channel.posts) == 1


@pytest.mark.parametrize("change", ["now", "order", "start"])
async def test_what_a_lost_try_chose_stays_chosen_whatever_an_admin_does_meanwhile(
    world: World, catalog: Catalog, change: str
) -> None:
    world.channel.after = [fail(PostFailed("connection reset"))]
    await world.tick(DUE)
    if change == "now":
        weekly = await world.store.schedule_for(1)
        assert weekly is not None
        await deliver_now(world.store, catalog, world.channel, weekly, now=DUE + timedelta(seconds=20), owner="me")
    elif change == "order":
        await world.store.put_ritual(1, order="shuffled")
    else:
        await world.store.put_ritual(1, start_id=catalog.resources[5].id)
    assert await world.tick(DUE + timedelta(minutes=5)) == {"posted": 1}
    scheduled = [prompt.resource.id for _, prompt, _ in world.channel.posts if prompt.occurrence == DUE]
    assert scheduled == [catalog.resources[0].id]


async def test_a_pause_between_claim_and_post_is_kept(world: World) -> None:
    claims = await world.store.claim_due(DUE, 10, owner="me", lease_until=DUE + LEASE)
    await world.store.pause(1, reason="an admin", now=DUE)
    assert await world.store.choose([Choice(claims[0][1], 1, "a")], owner="me", now=DUE) == frozenset()


async def test_a_pause_until_the_very_instant_loses_nothing(store: Store, catalog: Catalog) -> None:
    midnight = Schedule(0, time(0), "Europe/Berlin")
    weekly = await put(store, 1, midnight)
    await store.pause(1, reason="an admin", now=START, resume_at=weekly.next_at)
    assert await store.resume_due(weekly.next_at) == 1
    resumed = await store.schedule_for(1)
    assert resumed is not None
    assert resumed.next_at == weekly.next_at


async def test_resuming_what_runs_loses_no_try(world: World) -> None:
    world.channel.before = [fail(PostFailed("503"))]
    await world.tick(DUE)
    await world.store.resume(1, DUE + timedelta(seconds=10))
    assert await world.tick(DUE + timedelta(minutes=1)) == {"posted": 1}


async def test_another_zone_gives_no_week_a_second_prompt(store: Store, catalog: Catalog) -> None:
    world = World(store, catalog, Channel())
    weekly = await put(store, 1, Schedule(0, time(1), "Asia/Tokyo"))
    await world.tick(weekly.next_at)
    moved = await store.put_schedule(
        guild_id=1, channel_id=10, role_id=None, schedule=Schedule(0, time(9), "America/New_York"), created_by=5,
        now=weekly.next_at + timedelta(hours=1),
    )  # fmt: skip
    assert moved.next_at - weekly.next_at > timedelta(days=6)


async def test_a_lost_answer_to_a_post_at_once_is_looked_for(world: World, catalog: Catalog) -> None:
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    world.channel.after = [fail(PostFailed("connection reset"))]
    assert await deliver_now(world.store, catalog, world.channel, weekly, now=START, owner="me") == Sent(10, 0)
    assert await world.state() == [("posted", None)]


async def test_a_telling_that_hangs_holds_nobody_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.errand.SEND_SECONDS", 0.02)
    world.channel.before = [fail(CannotPost("gone"))]

    async def hang(weekly: WeeklySchedule, reason: str) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(world.channel, "tell", hang)
    assert await world.tick(DUE) == {"failed": 1}


async def test_all_weeks_that_were_left_out_are_counted(world: World) -> None:
    await world.tick(DUE + 5 * WEEK + timedelta(days=2))
    ((_, said),) = await world.state()
    assert "5 more after it were left out too" in str(said)

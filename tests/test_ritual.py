"""What comes with a weekly post: its thread, pin and poll, each for itself, and what became of the last one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.catalog import Catalog
from bot.delivery import Prompt, Recap, Sent, finish_interrupted
from bot.delivery.errand import LEASE
from bot.errors import CannotPost, PostFailed
from tests.test_delivery import DUE, WEEK, Killed, World, fail, world

__all__ = ["world"]


async def last(world: World) -> tuple[int | None, int | None, str | None]:
    weekly = await world.store.schedule_for(1)
    assert weekly is not None
    (delivery,) = await world.store.recent_deliveries(weekly.id, 1)
    return delivery.thread_id, delivery.poll_id, delivery.error


async def test_nothing_follows_a_post_unless_it_is_wanted(world: World) -> None:
    await world.tick(DUE)
    assert (world.channel.threads, world.channel.pinned, world.channel.polls) == ([], None, [])


async def test_everything_that_is_wanted_follows(world: World, catalog: Catalog) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    await world.tick(DUE)
    assert (world.channel.threads, world.channel.pinned) == ([0], (0, None))
    assert world.channel.polls == [[one.id for one in catalog.resources[1:5]]]
    assert await last(world) == (1000, 2001, None)
    await world.tick(DUE + WEEK)
    assert world.channel.pinned == (1, 0)


@pytest.mark.parametrize("broken", ["opening", "pinning", "asking"])
@pytest.mark.parametrize("error", [CannotPost("not allowed"), PostFailed("503")])
async def test_each_fails_alone(world: World, broken: str, error: Exception) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    setattr(world.channel, broken, fail(error))
    assert await world.tick(DUE) == {"posted": 1}
    assert bool(world.channel.threads) == (broken != "opening")
    assert (world.channel.pinned is not None) == (broken != "pinning")
    assert bool(world.channel.polls) == (broken != "asking")
    said = str((await last(world))[2])
    assert str(error) in said
    assert await world.tick(DUE + WEEK) == {"posted": 1}


async def test_a_bug_in_the_pin_costs_neither_thread_nor_poll(world: World) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    world.channel.pinning = fail(RuntimeError("a bug"))
    assert await world.tick(DUE) == {"posted": 1}
    thread_id, poll_id, said = await last(world)
    assert (thread_id, poll_id) == (1000, 2001)
    assert "it could not be pinned: something unexpected" in str(said)


async def test_all_failures_are_told(world: World) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    for what in ("opening", "pinning", "asking"):
        setattr(world.channel, what, fail(CannotPost("no")))
    await world.tick(DUE)
    assert (await last(world))[2] == (
        "its thread could not be opened: no; it could not be pinned: no; its poll could not be started: no"
    )


@pytest.mark.parametrize("broken", ["opening", "pinning", "asking"])
@pytest.mark.parametrize(("error", "mended"), [(PostFailed("503"), True), (CannotPost("not allowed"), False)])
async def test_what_failed_for_now_is_tried_once_more(
    world: World, broken: str, error: Exception, mended: bool
) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    setattr(world.channel, broken, fail(error))
    await world.tick(DUE)
    setattr(world.channel, broken, None)
    given = (world.store, world.catalog, world.channel)
    assert await finish_interrupted(*given, now=DUE + LEASE, owner="me") == (1 if mended else 0)
    thread_id, poll_id, said = await last(world)
    assert (said is None) == mended
    if mended:
        assert (thread_id, poll_id, world.channel.pinned) == (1000, 2001, (0, None))
        assert (len(world.channel.threads), len(world.channel.polls)) == (1, 1)


async def test_an_outage_that_lasts_ends_with_the_second_try(world: World) -> None:
    await world.store.put_ritual(1, thread=True)
    world.channel.opening = fail(PostFailed("503"))
    await world.tick(DUE)
    given = (world.store, world.catalog, world.channel)
    assert await finish_interrupted(*given, now=DUE + LEASE, owner="me") == 1
    assert await finish_interrupted(*given, now=DUE + 2 * LEASE, owner="me") == 0
    assert (await last(world))[2] == "its thread could not be opened: 503"


@pytest.mark.parametrize("killed_at", ["opening", "pinning", "asking"])
async def test_killed_over_the_extras_another_sees_to_them_once(world: World, killed_at: str) -> None:
    await world.store.put_ritual(1, thread=True, pin=True, poll=True)
    setattr(world.channel, killed_at, fail(Killed()))
    await world.killed(DUE)
    setattr(world.channel, killed_at, None)
    assert await world.tick(DUE + timedelta(seconds=60)) == {}
    later = DUE + LEASE
    given = (world.store, world.catalog, world.channel)
    assert await finish_interrupted(*given, now=later - timedelta(seconds=1), owner="other") == 0
    assert await finish_interrupted(*given, now=later, owner="other") == 1
    assert await finish_interrupted(*given, now=later + LEASE, owner="other") == 0
    assert len(world.channel.posts) == 1
    thread_id, poll_id, error = await last(world)
    assert (thread_id is not None, poll_id is not None, error) == (True, True, None)
    assert world.channel.polls[-1] == [one.id for one in world.catalog.resources[1:5]]
    assert world.channel.pinned == (0, None)


async def test_the_next_post_opens_with_what_became_of_the_last(world: World) -> None:
    await world.store.put_ritual(1, thread=True)
    await world.tick(DUE)
    assert world.channel.posts[-1][1].recap is None
    await world.store.record_finished(0, 7)
    world.channel.replied = 12
    await world.tick(DUE + WEEK)
    assert world.channel.posts[-1][1].recap == Recap(world.catalog.resources[0].title, 7, 12)
    world.channel.replied = 0
    await world.tick(DUE + 2 * WEEK)
    assert world.channel.posts[-1][1].recap is None


async def test_a_thread_that_cannot_be_read_costs_its_replies_alone(world: World) -> None:
    await world.store.put_ritual(1, thread=True)
    await world.tick(DUE)
    await world.store.record_finished(0, 7)
    world.channel.counting = fail(CannotPost("gone"))
    assert await world.tick(DUE + WEEK) == {"posted": 1}
    assert world.channel.posts[-1][1].recap == Recap(world.catalog.resources[0].title, 7, 0)


async def test_the_poll_decides_what_comes_next(world: World, catalog: Catalog) -> None:
    ids = [one.id for one in catalog]
    await world.store.put_ritual(1, poll=True)
    await world.tick(DUE)
    world.channel.votes = {ids[3]}
    await world.tick(DUE + WEEK)
    world.channel.votes = {ids[4], ids[2]}  # even: the first on the path
    await world.tick(DUE + 2 * WEEK)
    world.channel.votes = set()
    await world.tick(DUE + 3 * WEEK)
    assert world.channel.resources == [ids[0], ids[3], ids[2], ids[1]]
    assert world.channel.polls[-1] == ids[4:8]


async def test_a_poll_that_cannot_be_read_leaves_the_order(world: World, catalog: Catalog) -> None:
    await world.store.put_ritual(1, poll=True)
    await world.tick(DUE)
    world.channel.counting = fail(PostFailed("503"))
    assert await world.tick(DUE + WEEK) == {"posted": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[:2]]


async def test_what_the_poll_chose_stays_chosen_when_a_try_is_lost(world: World, catalog: Catalog) -> None:
    await world.store.put_ritual(1, poll=True)
    await world.tick(DUE)
    world.channel.votes = {catalog.resources[3].id}
    world.channel.after = [fail(PostFailed("reset"))]
    assert await world.tick(DUE + WEEK) == {"retried": 1}
    world.channel.votes = {catalog.resources[2].id}
    assert await world.tick(DUE + WEEK + timedelta(minutes=10)) == {"posted": 1}
    assert world.channel.resources == [catalog.resources[0].id, catalog.resources[3].id]


async def test_a_poll_needs_something_to_choose_from(world: World, catalog: Catalog) -> None:
    await world.store.put_ritual(1, poll=True, start_id=catalog.resources[21].id)
    await world.tick(DUE)
    await world.tick(DUE + WEEK)
    assert world.channel.polls == []


async def test_in_a_forum_the_post_is_its_own_thread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.store.put_ritual(1, thread=True)

    async def post(letter: object, nonce: str) -> Sent:
        return Sent(77, 77)

    monkeypatch.setattr(world.channel, "post", post)
    await world.tick(DUE)
    assert world.channel.threads == []
    assert await last(world) == (77, None, None)


async def test_in_a_forum_the_poll_is_nobodys_reply(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.store.put_ritual(1, poll=True)
    letters = []

    async def post(letter: Prompt, nonce: str) -> Sent:
        letters.append(letter)
        return Sent(77, 77)

    monkeypatch.setattr(world.channel, "post", post)
    await world.tick(DUE)
    world.channel.replied = 1
    await world.tick(DUE + WEEK)
    world.channel.replied = 4
    await world.tick(DUE + 2 * WEEK)
    assert [letter.recap and letter.recap.replies for letter in letters] == [None, None, 3]

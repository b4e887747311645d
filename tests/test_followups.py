"""What comes with a weekly post: its thread, pin and poll, each a job of its own, and what became of the last one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.catalog import Catalog
from bot.errors import CannotPost, PostFailed
from bot.jobs import Recap, tag, toggle_press
from bot.outcomes import Reason
from tests.delivery_world import DUE, WEEK, Killed, World, fail
from tests.test_delivery import world

__all__ = ["world"]

ALL = {"thread": True, "pin": True, "poll": True}
LATER = DUE + timedelta(minutes=2)
STEPS = {"opening": "thread", "pinning": "pin", "asking": "poll"}
NOT_ALLOWED = CannotPost(Reason.FORBIDDEN)


async def ends(world: World) -> dict[str, tuple[str, str | None]]:
    return {kind: (job.state.value, job.reason and job.reason.value) for kind, job in (await world.last()).items()}


async def test_nothing_follows_a_post_unless_it_is_wanted(world: World) -> None:
    await world.tick(DUE)
    assert set(await world.last()) == {"prompt"}
    assert (world.channel.threads, world.channel.pinned, world.channel.polls) == ([], None, [])


async def test_everything_that_is_wanted_follows(world: World, catalog: Catalog) -> None:
    await world.put(**ALL)
    await world.tick(DUE)
    assert (world.channel.threads, world.channel.pinned) == ([0], (0, None))
    assert world.channel.polls == [[one.id for one in catalog.resources[1:5]]]
    jobs = await world.last()
    assert {kind: job.message_id for kind, job in jobs.items()} == {"prompt": 0, "thread": 1000, "pin": 0, "poll": 1}
    await world.tick(DUE + WEEK)
    assert world.channel.pinned == (2, 0)


@pytest.mark.parametrize("broken", STEPS)
@pytest.mark.parametrize(
    ("error", "end"),
    [
        (NOT_ALLOWED, ("failed", "forbidden")),
        (PostFailed("503"), ("waiting", "outage")),
        (RuntimeError("a bug"), ("waiting", "broken")),
    ],
)
async def test_each_fails_alone(world: World, broken: str, error: Exception, end: tuple[str, str]) -> None:
    await world.put(**ALL)
    setattr(world.channel, broken, fail(error))
    assert await world.tick(DUE) == {"sent": 1}
    assert await ends(world) == dict.fromkeys(("prompt", "thread", "pin", "poll"), ("sent", None)) | {
        STEPS[broken]: end
    }
    assert (await world.schedule()).paused_at is None
    assert await world.tick(DUE + WEEK) == {"sent": 1}


@pytest.mark.parametrize("broken", STEPS)
async def test_what_failed_for_now_is_tried_again_until_it_is_there(world: World, broken: str) -> None:
    await world.put(**ALL)
    setattr(world.channel, broken, fail(PostFailed("503")))
    for minutes in (0, 2, 10):
        await world.tick(DUE + timedelta(minutes=minutes))
    setattr(world.channel, broken, None)
    await world.tick(DUE + timedelta(hours=1))
    assert set((await ends(world)).values()) == {("sent", None)}
    assert (len(world.channel.threads), len(world.channel.polls), world.channel.pinned) == (1, 1, (0, None))


async def test_an_outage_that_lasts_ends_with_the_grace_period(world: World) -> None:
    await world.put(thread=True)
    world.channel.opening = fail(PostFailed("503"))
    for hours in range(15):
        await world.tick(DUE + timedelta(hours=hours))
    assert (await ends(world))["thread"] == ("skipped", "outage")
    assert world.channel.told == []


@pytest.mark.parametrize("killed_at", STEPS)
async def test_killed_over_what_follows_another_sees_to_it_once(world: World, killed_at: str) -> None:
    await world.put(**ALL)
    setattr(world.channel, killed_at, fail(Killed()))
    await world.killed(DUE)
    setattr(world.channel, killed_at, None)
    await world.tick(DUE + timedelta(seconds=60), "other")
    assert (await ends(world))[STEPS[killed_at]][0] == "waiting"
    await world.tick(LATER, "other")
    assert set((await ends(world)).values()) == {("sent", None)}
    assert (len(world.channel.prompts), len(world.channel.polls), len(world.channel.threads)) == (1, 1, 1)


async def test_a_poll_whose_record_was_lost_is_found_and_not_asked_twice(world: World) -> None:
    """Killed after the poll was taken, and back when Discord has forgotten its nonce."""
    await world.put(**ALL)
    world.channel.asked = fail(Killed())
    await world.killed(DUE)
    world.channel.asked = None
    await world.tick(DUE + timedelta(minutes=30))
    assert len(world.channel.polls) == 1
    assert (await ends(world))["poll"] == ("sent", None)


async def press(world: World, members: int) -> None:
    carried = tag((await world.last())["prompt"])
    for user_id in range(members):
        assert await world.store.write(toggle_press, 1, carried, user_id, world.now)


async def test_the_next_post_opens_with_what_became_of_the_last(world: World) -> None:
    await world.put(thread=True)
    await world.tick(DUE)
    assert world.channel.prompts[-1].recap is None
    await press(world, 7)
    world.channel.replied = 12
    await world.tick(DUE + WEEK)
    assert world.channel.prompts[-1].recap == Recap(world.catalog.resources[0].title, 7, 12)
    world.channel.replied = 0
    await world.tick(DUE + 2 * WEEK)
    assert world.channel.prompts[-1].recap is None


async def test_a_thread_that_cannot_be_read_costs_its_replies_alone(world: World) -> None:
    await world.put(thread=True)
    await world.tick(DUE)
    await press(world, 7)
    world.channel.counting = fail(CannotPost(Reason.CHANNEL_GONE))
    assert await world.tick(DUE + WEEK) == {"sent": 1}
    assert world.channel.prompts[-1].recap == Recap(world.catalog.resources[0].title, 7, 0)


async def test_the_poll_decides_what_comes_next(world: World, catalog: Catalog) -> None:
    ids = [one.id for one in catalog]
    await world.put(poll=True)
    await world.tick(DUE)
    world.channel.votes_by_id[ids[3]] = 2
    await world.tick(DUE + WEEK)
    world.channel.votes_by_id.update({ids[4]: 3, ids[2]: 3})  # even: the first on the path
    await world.tick(DUE + 2 * WEEK)
    world.channel.votes_by_id.clear()
    await world.tick(DUE + 3 * WEEK)
    assert world.channel.resources == [ids[0], ids[3], ids[2], ids[1]]
    assert world.channel.polls[-1] == ids[4:8]


async def test_a_poll_that_cannot_be_read_leaves_the_order(world: World, catalog: Catalog) -> None:
    await world.put(poll=True)
    await world.tick(DUE)
    world.channel.counting = fail(PostFailed("503"))
    assert await world.tick(DUE + WEEK) == {"sent": 1}
    assert world.channel.resources == [one.id for one in catalog.resources[:2]]


async def test_what_the_poll_chose_stays_chosen_when_a_try_is_lost(world: World, catalog: Catalog) -> None:
    await world.put(poll=True)
    await world.tick(DUE)
    world.channel.votes_by_id[catalog.resources[3].id] = 1
    world.channel.after = [fail(PostFailed("reset"))]
    assert await world.tick(DUE + WEEK) == {"retried": 1}
    world.channel.votes_by_id[catalog.resources[2].id] = 5
    assert await world.tick(DUE + WEEK + timedelta(minutes=10)) == {"sent": 1}
    assert world.channel.resources == [catalog.resources[0].id, catalog.resources[3].id]


async def test_a_poll_needs_something_to_choose_from(world: World, catalog: Catalog) -> None:
    await world.put(poll=True, start_id=catalog.resources[21].id)
    await world.tick(DUE)
    assert (await ends(world))["poll"] == ("skipped", "too_late")
    await world.tick(DUE + WEEK)
    assert world.channel.polls == []


async def test_in_a_forum_the_post_is_its_own_thread_and_the_poll_nobodys_reply(world: World) -> None:
    world.channel.forum = True
    await world.put(thread=True, poll=True)
    await world.tick(DUE)
    assert set(await world.last()) == {"prompt", "poll"}
    world.channel.replied = 1
    await world.tick(DUE + WEEK)
    world.channel.replied = 4
    await world.tick(DUE + 2 * WEEK)
    assert [prompt.recap and prompt.recap.replies for prompt in world.channel.prompts] == [None, None, 3]

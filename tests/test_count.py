"""The number on a weekly post: written down with each mark, so that no crash loses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.catalog import Catalog
from bot.errors import CannotPost, PostFailed
from bot.marks import Action, change_mark
from bot.outcomes import Reason
from bot.store import Store
from tests.delivery_world import DUE, WEEK, Killed, World, fail

SOON = DUE + timedelta(minutes=1)


@pytest_asyncio.fixture
async def world(store: Store, catalog: Catalog) -> AsyncIterator[World]:
    world = World(store, catalog)
    await world.put()
    await world.tick(DUE)
    yield world


async def press(world: World, user_id: int, guild_id: int = 1) -> bool:
    resource = world.channel.prompts[0].resource
    change = await change_mark(world.store, user_id, resource, Action.TOGGLE, world.now, guild_id=guild_id)
    return change.recounts


async def test_marks_that_come_together_are_shown_together(world: World) -> None:
    assert [await press(world, user_id) for user_id in range(5)] == [True] * 5
    await world.tick(SOON)
    await press(world, 0)
    await world.tick(SOON)
    await world.tick(SOON)
    assert world.channel.numbers == [5, 4]
    assert (await world.last())["prompt"].finished == 4


async def test_a_mark_where_nothing_was_posted_about_it_counts_nothing(world: World) -> None:
    assert not await press(world, 1, guild_id=2)


@pytest.mark.parametrize("harm", [Killed(), PostFailed("503")])
async def test_a_number_that_was_not_shown_is_shown_later(world: World, harm: BaseException) -> None:
    await press(world, 1)
    world.channel.editing = fail(harm)
    await world.killed(SOON)
    world.channel.editing = None
    await world.tick(SOON + timedelta(minutes=2))
    assert world.channel.numbers == [1]


async def test_a_mark_that_comes_while_another_is_shown_is_shown_too(world: World) -> None:
    await press(world, 1)

    pressed: list[bool] = []
    count = world._count

    async def counted(guild_id, resource):  # type: ignore[no-untyped-def]
        found = await count(guild_id, resource)
        if not pressed:
            pressed.append(await press(world, 2))
        return found

    world._count = counted  # type: ignore[method-assign]
    world._workers.clear()
    await world.tick(SOON)
    assert world.channel.numbers == [1, 2]


async def test_a_post_that_is_gone_is_not_counted_again_and_again(world: World) -> None:
    await press(world, 1)
    world.channel.editing = fail(CannotPost(Reason.MESSAGE_GONE))
    await world.tick(SOON)
    world.channel.editing = None
    assert await world.tick(SOON + timedelta(minutes=5)) == {}
    assert world.channel.numbers == []
    assert (await world.schedule()).paused_at is None


async def test_a_number_that_is_not_sure_is_never_lower(world: World) -> None:
    for user_id in (1, 2):
        await press(world, user_id)
    await world.tick(SOON)
    world.complete = False
    await press(world, 1)
    await world.tick(SOON)
    assert world.channel.numbers == [2]


async def test_what_became_of_the_number_is_in_no_history(world: World) -> None:
    await press(world, 1)
    await world.tick(SOON)
    assert [*await world.last()] == ["prompt"]
    await world.tick(DUE + WEEK)
    assert world.channel.prompts[1].recap is not None
    assert world.channel.prompts[1].recap.finished == 1

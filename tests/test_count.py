"""The number on a weekly post: written down with each press, so that no crash loses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.catalog import Catalog
from bot.errors import CannotPost, PostFailed
from bot.jobs import tag, toggle_press
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


async def press(world: World, user_id: int, guild_id: int = 1) -> bool | None:
    job = world.channel.prompts[0].job
    assert job is not None
    return await world.store.write(toggle_press, guild_id, tag(job), user_id, world.now)


async def test_presses_that_come_together_are_shown_together(world: World) -> None:
    assert [await press(world, user_id) for user_id in range(5)] == [True] * 5
    await world.tick(SOON)
    await press(world, 0)
    await world.tick(SOON)
    await world.tick(SOON)
    assert world.channel.numbers == [5, 4]
    assert (await world.last())["prompt"].finished == 4


async def test_a_press_on_no_post_of_the_server_counts_nothing(world: World) -> None:
    assert await press(world, 1, guild_id=2) is None


@pytest.mark.parametrize("harm", [Killed(), PostFailed("503")])
async def test_a_number_that_was_not_shown_is_shown_later(world: World, harm: BaseException) -> None:
    await press(world, 1)
    world.channel.editing = fail(harm)
    await world.killed(SOON)
    world.channel.editing = None
    await world.tick(SOON + timedelta(minutes=2))
    assert world.channel.numbers == [1]


async def test_a_press_that_comes_while_another_is_shown_is_shown_too(world: World) -> None:
    await press(world, 1)

    edit, pressed = world.channel.edit, list[bool | None]()

    async def edited(channel_id: int, message_id: int, view: Any) -> None:
        if not pressed:
            pressed.append(await press(world, 2))
        await edit(channel_id, message_id, view)

    world.channel.edit = edited  # type: ignore[method-assign]
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


async def test_what_became_of_the_number_is_in_no_history(world: World) -> None:
    await press(world, 1)
    await world.tick(SOON)
    assert [*await world.last()] == ["prompt"]
    await world.tick(DUE + WEEK)
    assert world.channel.prompts[1].recap is not None
    assert world.channel.prompts[1].recap.finished == 1

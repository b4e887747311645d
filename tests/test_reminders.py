"""Members' reminders through the delivery itself: weeks of the calendar, the last one, an empty list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.catalog import Catalog
from bot.errors import CannotPost
from bot.jobs import DueReminder, reminders
from bot.outcomes import Reason
from bot.store import Store
from tests.delivery_world import BERLIN, DUE, WEEK, Killed, World, fail

MIA = 7
OCTOBER = datetime(2026, 10, 19, 7, tzinfo=UTC)  # the Monday before the clocks go back
MARCH = datetime(2026, 3, 23, 8, tzinfo=UTC)  # the Monday before they go forward
CLOSED = CannotPost(Reason.DM_CLOSED)


async def remind(world: World, now: datetime, *, idle_only: bool = False) -> None:
    await world.store.write(
        reminders.put,
        user_id=MIA,
        catalog_id=world.catalog.id,
        channel_id=70,
        schedule=BERLIN,
        idle_only=idle_only,
        now=now - timedelta(hours=1),
    )


@pytest.mark.parametrize(("first", "hours"), [(OCTOBER, 169), (MARCH, 167), (DUE, 168)])
async def test_an_active_week_is_one_of_the_calendar(
    store: Store, catalog: Catalog, first: datetime, hours: int
) -> None:
    world = World(store, catalog)
    await remind(world, first, idle_only=True)
    assert await world.tick(first) == {"sent": 1}
    await store.marks.mark(MIA, catalog.resources[0].pages, first + timedelta(minutes=30))
    second = first + timedelta(hours=hours)
    assert await world.tick(second) == {"skipped": 1}
    assert await world.tick(second + WEEK) == {"sent": 1}


@pytest.mark.parametrize("killed", [False, True])
async def test_the_last_one_comes_once(store: Store, catalog: Catalog, killed: bool) -> None:
    world = World(store, catalog)
    await remind(world, DUE)
    for one in catalog:
        await store.marks.mark(MIA, one.pages, DUE)
    if killed:
        world.channel.after = [fail(Killed())]
        await world.killed(DUE)
    for hours in (1, 2, 24 * 7, 24 * 14):
        await world.tick(DUE + timedelta(hours=hours))
    ((_, step, _),) = world.channel.posts
    assert isinstance(step, DueReminder)
    assert (step.resource, step.done) == (None, len(catalog))
    reminder = await store.look_up(reminders.of_user, MIA)
    assert reminder is not None
    assert (reminder.pause_reason, reminder.notice_pending) == (Reason.PATH_FINISHED, False)


async def test_after_two_refusals_in_a_row_it_pauses_and_starts_anew_once_it_is_set(
    store: Store, catalog: Catalog
) -> None:
    world = World(store, catalog)
    await remind(world, DUE)
    for weeks, error, pauses in ((0, CLOSED, False), (1, None, False), (2, CLOSED, False), (3, CLOSED, True)):
        world.channel.before = [fail(error)] if error else []
        await world.tick(DUE + weeks * WEEK)
        reminder = await store.look_up(reminders.of_user, MIA)
        assert reminder is not None
        assert (reminder.pause_reason is Reason.DM_CLOSED) == pauses == reminder.notice_pending
    await remind(world, DUE + 4 * WEEK)
    world.channel.before = [fail(CLOSED)]
    assert await world.tick(DUE + 4 * WEEK) == {"failed": 1}
    assert await world.tick(DUE + 5 * WEEK) == {"sent": 1}


async def test_an_empty_list_reminds_of_nothing(store: Store) -> None:
    world = World(store, Catalog("Empty"))
    await remind(world, DUE)
    assert await world.tick(DUE) == {"skipped": 1}
    assert world.channel.posts == []


async def test_a_step_that_was_lost_is_the_same_one_again(store: Store, catalog: Catalog) -> None:
    world = World(store, catalog)
    await remind(world, DUE)
    world.channel.after = [fail(Killed())]
    await world.killed(DUE)
    await store.marks.mark(MIA, catalog.resources[0].pages, DUE + timedelta(seconds=10))
    assert await world.tick(DUE + timedelta(minutes=5)) == {"sent": 1}
    assert len(world.channel.posts) == 1

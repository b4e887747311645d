"""Members' reminders through the delivery itself: weeks of the calendar, the last letter, an empty index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.catalog import Catalog
from bot.delivery import Nudge, deliver_due
from bot.store import Store
from tests.marks import mark
from tests.test_delivery import BERLIN, DUE, WEEK, Channel

MIA = 7
OCTOBER = datetime(2026, 10, 19, 7, tzinfo=UTC)  # the Monday before the clocks go back
MARCH = datetime(2026, 3, 23, 8, tzinfo=UTC)  # the Monday before they go forward


async def remind(store: Store, now: datetime, *, quiet: bool = False) -> None:
    await store.put_reminder(user_id=MIA, channel_id=70, schedule=BERLIN, quiet=quiet, now=now - timedelta(hours=1))


async def tick(store: Store, catalog: Catalog, channel: Channel, now: datetime) -> dict[str, int]:
    channel.now = now
    return dict((await deliver_due(store, catalog, channel, now=now, owner="me")).outcomes)


@pytest.mark.parametrize(("first", "hours"), [(OCTOBER, 169), (MARCH, 167), (DUE, 168)])
async def test_a_quiet_week_is_one_of_the_calendar(store: Store, catalog: Catalog, first: datetime, hours: int) -> None:
    channel = Channel()
    await remind(store, first, quiet=True)
    assert await tick(store, catalog, channel, first) == {"posted": 1}
    await mark(store, MIA, catalog.resources[0].id, first + timedelta(minutes=30))
    second = first + timedelta(hours=hours)
    assert await tick(store, catalog, channel, second) == {"skipped": 1}
    assert await tick(store, catalog, channel, second + WEEK) == {"posted": 1}


async def test_the_last_letter_comes_once_even_if_the_end_was_not_recorded(store: Store, catalog: Catalog) -> None:
    channel = Channel()
    await remind(store, DUE)
    for one in catalog:
        await mark(store, MIA, one.id, DUE)
    end = Store.end_reminder

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "end_reminder", killed)
        assert await tick(store, catalog, channel, DUE) == {"broken": 1}
    assert Store.end_reminder is end
    assert await tick(store, catalog, channel, DUE + WEEK) == {"skipped": 1}
    assert await tick(store, catalog, channel, DUE + 2 * WEEK) == {}
    ((_, letter, _),) = channel.posts
    assert isinstance(letter, Nudge)
    assert (letter.resource, letter.done) == (None, len(catalog))


async def test_an_empty_index_reminds_of_nothing(store: Store) -> None:
    channel = Channel()
    await remind(store, DUE)
    assert await tick(store, Catalog("Empty"), channel, DUE) == {"skipped": 1}
    assert channel.posts == []

"""What the store promises of the members' own reminders, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.store import Reminder, Store
from tests.store.test_contract import BERLIN, LEASE, MONDAY, NEXT, NOW, SNOWFLAKE, choose, put


async def remind(store: Store, user_id: int = 1, **changed: Any) -> Reminder:
    given: dict[str, Any] = {"channel_id": 10, "schedule": BERLIN, "quiet": False, "now": NOW} | changed
    return await store.put_reminder(user_id=user_id, **given)


async def test_a_reminder_comes_back_as_it_was_put(store: Store) -> None:
    reminder = await remind(store, SNOWFLAKE, channel_id=SNOWFLAKE - 1, quiet=True)
    assert reminder == await store.reminder_for(SNOWFLAKE)
    assert (reminder.user_id, reminder.channel_id, reminder.quiet) == (SNOWFLAKE, SNOWFLAKE - 1, True)
    assert (reminder.schedule, reminder.next_at, reminder.paused_at, reminder.untold) == (BERLIN, MONDAY, None, False)


async def test_each_member_has_one_beside_the_servers(store: Store) -> None:
    weekly = await put(store, 1)
    first = await remind(store, 1)
    again = await remind(store, 1, quiet=True)
    assert (again.id, again.quiet) == (first.id, True)
    claims = await store.claim_due(MONDAY, 10, owner="me", lease_until=MONDAY + LEASE)
    assert [schedule for schedule, _ in claims] == [weekly, again]
    assert await store.guilds_with_schedules() == {1}


async def test_a_changed_day_does_not_remind_twice_in_a_week(store: Store) -> None:
    await remind(store)
    ((_, delivery),) = await store.claim_due(MONDAY, 10, owner="me", lease_until=MONDAY + LEASE)
    assert await choose(store, delivery, "a")
    await store.record_posted(delivery, owner="me", message_id=7, channel_id=10, now=MONDAY, next_at=NEXT)
    friday = await remind(store, schedule=replace(BERLIN, weekday=4), now=MONDAY + timedelta(hours=1))
    assert friday.next_at == MONDAY + timedelta(days=11)


async def test_one_that_was_refused_goes_on_and_one_that_failed_waits_untold(store: Store) -> None:
    reminder = await remind(store)
    ((_, delivery),) = await store.claim_due(MONDAY, 10, owner="me", lease_until=MONDAY + LEASE)
    assert await store.record_refused(delivery, owner="me", reason="closed", next_at=NEXT)
    ((_, delivery),) = await store.claim_due(NEXT, 10, owner="me", lease_until=NEXT + LEASE)
    assert await store.record_failed(delivery, owner="me", reason="closed twice", now=NEXT, untold=True)
    assert [one.state for one in await store.recent_deliveries(reminder.id, 5)] == ["failed", "failed"]
    assert await store.next_due() is None
    told = await store.take_untold(1)
    assert told is not None
    assert told.paused_reason == "closed twice"
    assert await store.take_untold(1) is None


async def test_an_end_lasts_until_it_is_set_again(store: Store) -> None:
    await remind(store)
    await store.end_reminder(1, reason="all is done", now=NOW)
    assert await store.next_due() is None
    assert (await remind(store)).paused_at is None
    assert await store.next_due() == MONDAY


async def test_a_removed_reminder_is_gone_with_its_deliveries(store: Store) -> None:
    reminder = await remind(store)
    await store.claim_due(MONDAY, 10, owner="me", lease_until=MONDAY + LEASE)
    assert await store.remove_reminder(1)
    assert not await store.remove_reminder(1)
    assert await store.recent_deliveries(reminder.id, 5) == []

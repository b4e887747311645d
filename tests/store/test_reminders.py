"""What the store promises of the members' own reminders, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.jobs import Reminder, queue, reminders, schedules
from bot.jobs.history import recent_deliveries
from bot.jobs.queue import Begun
from bot.outcomes import Reason
from bot.store import Store
from tests.store.test_contract import BERLIN, MONDAY, NEXT, NOW, SNOWFLAKE, begin, claim, put


async def remind(store: Store, user_id: int = 1, **changed: Any) -> Reminder:
    given: dict[str, Any] = {
        "catalog_id": "list", "channel_id": 10, "schedule": BERLIN, "idle_only": False, "now": NOW,
    } | changed  # fmt: skip
    return await store.write(reminders.put, user_id=user_id, **given)


async def test_a_reminder_comes_back_as_it_was_put(store: Store) -> None:
    reminder = await remind(store, SNOWFLAKE, channel_id=SNOWFLAKE - 1, idle_only=True)
    assert reminder == await store.look_up(reminders.of_user, SNOWFLAKE)
    assert (reminder.user_id, reminder.channel_id, reminder.idle_only) == (SNOWFLAKE, SNOWFLAKE - 1, True)
    assert (reminder.schedule, reminder.next_at, reminder.paused_at) == (BERLIN, MONDAY, None)
    assert not reminder.notice_pending


async def test_each_member_has_one_beside_the_servers(store: Store) -> None:
    weekly = await put(store, 1)
    first = await remind(store, 1)
    again = await remind(store, 1, idle_only=True)
    assert (again.id, again.idle_only) == (first.id, True)
    assert [(job.schedule_id, job.kind) for job in await claim(store)] == [
        (weekly.id, "prompt"),
        (again.id, "reminder"),
    ]
    assert await store.read(schedules.guilds_served) == {1}


async def test_a_changed_day_does_not_remind_twice_in_a_week(store: Store) -> None:
    await remind(store)
    (job,) = await claim(store)
    assert isinstance(await begin(store, job, "a"), Begun)
    await store.write(queue.record_sent, job, now=MONDAY, channel_id=10, message_id=7)
    friday = await remind(store, schedule=replace(BERLIN, weekday=4), now=MONDAY + timedelta(hours=1))
    assert friday.next_at == MONDAY + timedelta(days=11)


async def test_one_that_pauses_itself_is_told_once(store: Store) -> None:
    await remind(store)
    (job,) = await claim(store)
    assert await store.write(queue.record_failed, job, Reason.DM_CLOSED, None, MONDAY, owner="me")
    (job,) = await claim(store, now=NEXT)
    again = Reason.DM_CLOSED_AGAIN
    assert await store.write(queue.record_failed, job, again, None, NEXT, owner="me", pauses=Reason.DM_CLOSED)
    told = await reminders.claim_pause_notice(store, 1)
    assert told is not None
    assert told.pause_reason is Reason.DM_CLOSED
    assert await reminders.claim_pause_notice(store, 1) is None
    await store.write(reminders.restore_pause_notice, 1)
    assert await reminders.claim_pause_notice(store, 1) is not None


async def test_an_end_lasts_until_it_is_set_again(store: Store) -> None:
    await remind(store)
    (job,) = await claim(store)
    await store.write(queue.record_sent, job, now=MONDAY, channel_id=10, message_id=7, ends=Reason.PATH_FINISHED)
    assert await reminders.claim_pause_notice(store, 1) is None
    assert (await remind(store, now=MONDAY + timedelta(hours=1))).paused_at is None


async def test_a_removed_reminder_is_gone_with_its_jobs(store: Store) -> None:
    reminder = await remind(store)
    await claim(store)
    assert await store.write(reminders.remove, 1)
    assert not await store.write(reminders.remove, 1)
    assert await store.read(recent_deliveries, reminder.id, 5) == []

"""What is kept about a member can be shown whole, and is gone from every table when they ask; on every engine."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from sqlalchemy import select

from bot.jobs import Job, queue, reminders, schedules
from bot.outcomes import Reason
from bot.store import Store
from bot.store.tables import metadata
from tests.store.test_contract import BERLIN, MONDAY, NOW, begin, claim, put
from tests.store.test_reminders import remind

MIA, ADA = 4_611_686_018_427_000_123, 4_611_686_018_427_000_456


async def live(store: Store, user_id: int, guilds: tuple[int, ...]) -> None:
    """Everything that can be done with the bot by one person."""
    for number in range(3):
        await store.marks.mark(user_id, (f"example.org/{number}",), NOW + timedelta(hours=number))
    await store.marks.share(user_id, NOW)
    await remind(store, user_id, channel_id=user_id + 7, idle_only=True)
    for guild_id in guilds:
        await put(store, guild_id, created_by=user_id)
        await store.write(schedules.pause, guild_id, by=user_id, now=NOW)


async def cells(store: Store) -> list[tuple[str, str, object]]:
    """Every value of every table."""
    found = []
    for table in metadata.sorted_tables:
        for row in await store.read(lambda connection, table=table: connection.execute(select(table)).all()):
            found += [(table.name, name, value) for name, value in row._mapping.items()]
    return found


def traces(found: list[tuple[str, str, object]], user_id: int) -> list[tuple[str, str, object]]:
    """Those that are or hold a member's id, or the address of their direct messages."""
    return [cell for cell in found if str(user_id) in str(cell[2]) or str(user_id + 7) in str(cell[2])]


async def test_nothing_of_a_forgotten_member_is_left_in_any_table(store: Store) -> None:
    await live(store, MIA, (1, 2))
    await live(store, ADA, (3,))
    before = await cells(store)
    assert {(table, column) for table, column, _ in traces(before, MIA)} == {
        ("marks", "user_id"),
        ("sharing", "user_id"),
        ("schedules", "user_id"),
        ("schedules", "channel_id"),
        ("schedules", "created_by"),
        ("schedules", "paused_by"),
    }
    assert await store.privacy.forget_member(MIA) == 3 + 1 + 1 + 2 + 2
    after = await cells(store)
    assert traces(after, MIA) == []
    assert traces(after, ADA) == traces(before, ADA)


async def test_the_prompts_they_set_go_on(store: Store) -> None:
    await live(store, MIA, (1,))
    await store.privacy.forget_member(MIA)
    weekly = await store.look_up(schedules.of_guild, 1)
    assert weekly is not None
    assert (weekly.created_by, weekly.paused_by, weekly.schedule) == (None, None, BERLIN)
    assert weekly.pause_reason is Reason.ADMIN_PAUSED


async def test_somebody_unknown(store: Store) -> None:
    assert await store.privacy.forget_member(MIA) == 0
    assert await store.privacy.everything_of(MIA) == {
        "user_id": str(MIA),
        "finished": [],
        "shared_since": None,
        "reminder": None,
        "reminder_weeks": [],
        "weekly_prompts_set": [],
        "pauses": [],
        "posts_pressed": [],
    }


async def test_everything_of_a_member_can_be_written_as_json(store: Store) -> None:
    await live(store, MIA, (1, 2))
    await live(store, ADA, (3,))
    kept = json.loads(json.dumps(await store.privacy.everything_of(MIA)))
    assert kept["user_id"] == str(MIA)
    assert kept["finished"][0] == {"page": "example.org/0", "done_at": "2026-01-01T00:00:00+00:00"}
    assert len(kept["finished"]) == 3
    assert kept["shared_since"] == "2026-01-01T00:00:00+00:00"
    assert (kept["reminder"]["zone"], kept["reminder"]["channel_id"]) == ("Europe/Berlin", str(MIA + 7))
    assert [one["guild_id"] for one in kept["weekly_prompts_set"]] == ["1", "2"]
    assert [one["guild_id"] for one in kept["pauses"]] == ["1", "2"]
    assert str(ADA) not in json.dumps(kept)


async def test_what_a_reminder_sent_is_shown_and_forgotten_with_it(store: Store) -> None:
    reminder = await remind(store, MIA)
    (job,) = await claim(store)
    assert await store.write(queue.record_sent, job, now=MONDAY, channel_id=9, message_id=77)
    (sent,) = (await store.privacy.everything_of(MIA))["reminder_weeks"]
    assert (sent["message_id"], sent["due_at"]) == ("77", reminder.next_at.isoformat())
    await store.privacy.forget_member(MIA)
    assert await cells(store) == []


async def test_forgetting_and_delivering_at_once_do_not_get_in_each_others_way(store: Store) -> None:
    """Each takes the schedule first and the job then: the other order would be a deadlock on PostgreSQL."""
    people = range(100, 125)
    for user_id in people:
        await remind(store, user_id)
        await put(store, user_id, created_by=user_id)
    jobs = await claim(store)
    assert len(jobs) == 2 * len(people)

    async def deliver(job: Job) -> None:
        await begin(store, job, "a")
        await store.write(queue.record_sent, job, now=MONDAY, channel_id=9, message_id=1, follow_ups=["thread"])

    await asyncio.gather(*(deliver(job) for job in jobs), *(store.privacy.forget_member(user_id) for user_id in people))
    for user_id in people:
        assert await store.look_up(reminders.of_user, user_id) is None
        weekly = await store.look_up(schedules.of_guild, user_id)
        assert weekly is not None
        assert weekly.created_by is None

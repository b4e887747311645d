"""What is kept about a member can be shown whole, and is gone from every table when they ask; on every engine."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from bot.schedule import Schedule
from bot.store import Choice, Delivery, Store
from bot.store.tables import metadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MIA, ADA = 4_611_686_018_427_000_123, 4_611_686_018_427_000_456
BERLIN = Schedule(0, time(9), "Europe/Berlin")


async def live(store: Store, user_id: int, guilds: tuple[int, ...]) -> None:
    """Everything that can be done with the bot by one person."""
    for number in range(3):
        await store.mark(user_id, f"example.org/{number}", NOW + timedelta(hours=number))
    await store.share(user_id, NOW)
    reminder = await store.put_reminder(user_id=user_id, channel_id=user_id + 7, schedule=BERLIN, quiet=True, now=NOW)
    await store.end_reminder(user_id, reason=f"<@{user_id}> closed their direct messages", now=NOW)
    assert reminder.id
    for guild_id in guilds:
        await store.put_schedule(
            guild_id=guild_id, channel_id=5, role_id=None, schedule=BERLIN, created_by=user_id, now=NOW
        )
        await store.pause(guild_id, reason=f"<@{user_id}> paused it", now=NOW)


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
        ("schedules", "paused_reason"),
    }
    assert await store.forget_member(MIA) == 3 + 1 + 1 + 2 + 2
    after = await cells(store)
    assert traces(after, MIA) == []
    assert traces(after, ADA) == traces(before, ADA)


async def test_the_prompts_they_set_go_on(store: Store) -> None:
    await live(store, MIA, (1,))
    await store.forget_member(MIA)
    weekly = await store.schedule_for(1)
    assert weekly is not None
    assert (weekly.created_by, weekly.paused_reason, weekly.schedule) == (None, "an admin paused it", BERLIN)


async def test_a_longer_id_that_begins_alike_is_somebody_else(store: Store) -> None:
    await store.put_schedule(guild_id=1, channel_id=5, role_id=None, schedule=BERLIN, created_by=123, now=NOW)
    await store.pause(1, reason="<@123> paused it", now=NOW)
    assert await store.forget_member(12) == 0
    assert (await store.everything_of(12))["pauses"] == []
    weekly = await store.schedule_for(1)
    assert weekly is not None
    assert weekly.paused_reason == "<@123> paused it"


async def test_somebody_unknown(store: Store) -> None:
    assert await store.forget_member(MIA) == 0
    assert await store.everything_of(MIA) == {
        "user_id": str(MIA),
        "finished": [],
        "shared_since": None,
        "reminder": None,
        "reminder_weeks": [],
        "weekly_prompts_set": [],
        "pauses": [],
    }


async def test_everything_of_a_member_can_be_written_as_json(store: Store) -> None:
    await live(store, MIA, (1, 2))
    await live(store, ADA, (3,))
    kept = json.loads(json.dumps(await store.everything_of(MIA)))
    assert kept["user_id"] == str(MIA)
    assert kept["finished"][0] == {"page": "example.org/0", "done_at": "2026-01-01T00:00:00+00:00"}
    assert len(kept["finished"]) == 3
    assert kept["shared_since"] == "2026-01-01T00:00:00+00:00"
    assert (kept["reminder"]["zone"], kept["reminder"]["channel_id"]) == ("Europe/Berlin", str(MIA + 7))
    assert [one["guild_id"] for one in kept["weekly_prompts_set"]] == ["1", "2"]
    assert [one["paused_reason"] for one in kept["pauses"]] == [f"<@{MIA}> paused it"] * 2
    assert str(ADA) not in json.dumps(kept)


async def test_what_a_reminder_sent_is_shown_and_forgotten_with_it(store: Store) -> None:
    reminder = await store.put_reminder(user_id=MIA, channel_id=9, schedule=BERLIN, quiet=False, now=NOW)
    due = reminder.next_at
    row = {"schedule_id": reminder.id, "occurrence": due, "state": "posted", "attempts": 1, "round": 1}
    insert = metadata.tables["deliveries"].insert().values(row | {"resource_id": "r0", "message_id": 77})
    await store.write(lambda connection: connection.execute(insert))
    (sent,) = (await store.everything_of(MIA))["reminder_weeks"]
    assert (sent["resource_id"], sent["message_id"], sent["occurrence"]) == ("r0", "77", due.isoformat())
    await store.forget_member(MIA)
    assert await cells(store) == []


async def test_forgetting_and_delivering_at_once_do_not_get_in_each_others_way(store: Store) -> None:
    """Each takes the schedule first and the delivery then: the other order would be a deadlock on PostgreSQL."""
    people = range(100, 125)
    for user_id in people:
        await store.put_reminder(user_id=user_id, channel_id=9, schedule=BERLIN, quiet=False, now=NOW)
        await store.put_schedule(
            guild_id=user_id, channel_id=9, role_id=None, schedule=BERLIN, created_by=user_id, now=NOW
        )
    due = NOW + timedelta(days=7)
    claims = await store.claim_due(due, 100, owner="me", lease_until=due + timedelta(seconds=90))
    assert len(claims) == 2 * len(people)

    async def deliver(delivery: Delivery) -> None:
        await store.choose([Choice(delivery, 1, "a")], owner="me", now=due)
        await store.record_posted(
            delivery, owner="me", message_id=1, channel_id=9, now=due, next_at=due + timedelta(days=7)
        )

    await asyncio.gather(
        *(deliver(delivery) for _, delivery in claims), *(store.forget_member(user_id) for user_id in people)
    )
    for user_id in people:
        assert await store.reminder_for(user_id) is None
        weekly = await store.schedule_for(user_id)
        assert weekly is not None
        assert weekly.created_by is None

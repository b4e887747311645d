"""What a tick asks of the store goes by an index, however many schedules there are: asked of the engines themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, event, insert, inspect, literal, select, text

from bot.jobs import queue, schedules, toggle_press
from bot.jobs.due import enqueue_due, resume_due
from bot.jobs.history import history_of, recent_deliveries
from bot.shards import Shards
from bot.store import Store, tables
from bot.store.tables import jobs, marks, sharing
from tests.store.conftest import new_database

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
SERVERS = 3000
"""With a few hundred rows PostgreSQL rightly reads all of them."""
DUE, PAUSED, LEFT, ENDED, READY, RETRIES = 20, 1000, 5, 5, 20, 10_000
"""How many are due; paused since long ago, of which some left the bot and some have a pause that ends now; how many
jobs may be attempted now, and how many wait for a later attempt."""
OWNER = "me"
ONE_OF_THREE = Shards(3, (0,))

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
CONDITIONS = (["paused_at IS NULL"], ["(paused_at IS NULL)"])
"""The index's, as SQLite and as PostgreSQL say it."""

Asking = Callable[[Connection], Any]


def claim(connection: Connection) -> Any:
    return queue.claim(connection, NOW, 25, owner=OWNER, lease=timedelta(seconds=90))


def enqueue(connection: Connection) -> Any:
    return enqueue_due(connection, NOW)


TICK: dict[str, Asking] = {
    "claim": claim,
    "claim for a shard": lambda connection: queue.claim(
        connection, NOW, 25, owner=OWNER, lease=timedelta(seconds=90), shards=ONE_OF_THREE
    ),
    "enqueue_due for a shard": lambda connection: enqueue_due(connection, NOW, ONE_OF_THREE),
    "enqueue_due": enqueue,
    "renew": lambda connection: queue.renew(connection, range(1, 26), NOW, owner=OWNER, lease=timedelta(seconds=90)),
    "resume_due": lambda connection: resume_due(connection, NOW),
    "forget_left": lambda connection: schedules.forget_left(connection, NOW),
    "history": lambda connection: history_of(connection, 1),
    "recent": lambda connection: recent_deliveries(connection, 1, 10),
    "toggle_press": lambda connection: toggle_press(connection, 1, "0001", 7, NOW),
}
"""What each tick asks, by the name that a failure shows."""


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """The statements that reach any engine meanwhile, each with its parameters."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        heard.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def plans(store: Store, asking: Asking) -> list[str]:
    """The engine's plan of each statement that a function makes, which leaves nothing behind."""

    def work(connection: Connection) -> list[str]:
        with listening() as heard, connection.begin_nested() as before:
            asking(connection)
            before.rollback()
        return [plan(connection, *one) for one in heard if one[0].startswith(VERBS)]

    return await store.write(work)


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


def scans(plan: str) -> list[str]:
    """The lines of a plan that read a whole table or a whole index; PostgreSQL may hash the ids of all who share."""
    whole = re.compile(r"Seq Scan on (?!sharing)|\bSCAN (schedules|jobs|marks|sharing)\b")
    return [line for line in plan.splitlines() if whole.search(line)]


@pytest.fixture(scope="module", params=["file", "postgres"])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with SERVERS servers and three weeks behind each, filled once for each engine."""
    if request.param == "postgres":
        url = new_database(request.getfixturevalue("postgres"))
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'studybot.db'}"

    async def filling() -> None:
        async with await Store.open(url) as store:
            await store.write(fill)
            await store.write(lambda connection: connection.execute(text("ANALYZE")))

    asyncio.run(filling())
    return url


@pytest_asyncio.fixture
async def many(filled_url: str) -> AsyncIterator[Store]:
    async with await Store.open(filled_url) as store:
        yield store


def fill(connection: Connection) -> None:
    numbers = range(1, SERVERS + 1)
    connection.execute(insert(tables.schedules), [_schedule(number) for number in numbers])
    connection.execute(insert(jobs), [_job(number, week) for number in numbers for week in (1, 2, 3)])
    connection.execute(insert(jobs), [_waiting(number) for number in range(READY + RETRIES)])
    pages = [(number, page) for number in numbers for page in range(number % 5)]
    connection.execute(
        insert(marks),
        [{"user_id": number, "page": f"example.org/{page}/{number % 50}", "done_at": NOW} for number, page in pages],
    )
    prompts = select(jobs.c.id, literal(7), literal(NOW, tables.presses.c.pressed_at.type)).where(
        jobs.c.kind == "prompt"
    )
    connection.execute(insert(tables.presses).from_select(["job_id", "user_id", "pressed_at"], prompts))
    connection.execute(insert(sharing), [{"user_id": number, "shared_at": NOW} for number in numbers])


def _schedule(number: int) -> dict[str, Any]:
    paused = DUE < number <= DUE + PAUSED
    left, ended = paused and number <= DUE + LEFT, paused and number > DUE + PAUSED - ENDED
    return {
        "guild_id": number, "catalog_id": "list", "channel_id": number,
        "weekday": 0, "time": "09:00", "zone": "Europe/Berlin",
        "created_by": 5, "created_at": NOW - 4 * WEEK, "next_at": NOW if number <= DUE + PAUSED else NOW + WEEK,
        "paused_at": NOW - WEEK if paused else None, "left_at": NOW - WEEK if left else None,
        "resume_at": NOW if ended else None,
    }  # fmt: skip


def _job(number: int, week: int) -> dict[str, Any]:
    at = NOW - week * WEEK
    return {
        "schedule_id": number, "week": f"2026-W{week:02}", "kind": "prompt", "due_at": at, "enqueued_at": at,
        "attempt_at": at, "state": "sent", "attempts": 1, "resource_id": f"r{week}", "page": f"example.org/{week}",
        "message_id": number * 10 + week, "sent_at": at,
    }  # fmt: skip


def _waiting(number: int) -> dict[str, Any]:
    at = NOW if number < READY else NOW + timedelta(minutes=number)
    return {
        "schedule_id": number % SERVERS + 1, "week": f"now:{number}", "kind": "prompt", "due_at": NOW,
        "enqueued_at": NOW, "attempt_at": at, "state": "waiting",
    }  # fmt: skip


MEMBERS: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "of": lambda store: store.marks.of(7),
    "sharing_finishers": lambda store: store.marks.sharing_finishers(["example.org/0/7", "example.org/1/7"], 100),
    "counts": lambda store: store.marks.counts(range(1, 26)),
    "unmark": lambda store: store.marks.unmark(7, ["example.org/9/9"]),
    "shared_since": lambda store: store.marks.shared_since(7),
}
"""What members' commands ask, by the name that a failure shows."""


@pytest.mark.parametrize("name", MEMBERS)
async def test_what_a_member_asks_goes_by_an_index(many: Store, name: str) -> None:
    with listening() as heard:
        await MEMBERS[name](many)
    asked = [one for one in heard if one[0].startswith(VERBS)]
    assert asked
    found = await many.write(lambda connection: [plan(connection, *one) for one in asked])
    assert [line for plan in found for line in scans(plan)] == []


@pytest.mark.parametrize("name", TICK)
async def test_what_a_tick_asks_goes_by_an_index(many: Store, name: str) -> None:
    found = await plans(many, TICK[name])
    assert found
    assert [line for plan in found for line in scans(plan)] == []


async def test_claiming_reads_no_more_than_it_takes_while_thousands_wait_for_a_retry(many: Store) -> None:
    claiming = (await plans(many, claim))[0]
    assert "ix_jobs_attempt_at" in claiming
    assert not re.search("sort|temp b-tree", claiming, re.IGNORECASE), "the rows come in the index's order"


async def test_what_is_due_is_found_by_its_index(many: Store) -> None:
    looking = (await plans(many, TICK["enqueue_due"]))[0]
    assert "ix_schedules_next_at" in looking


async def test_what_is_paused_is_not_in_the_index_of_what_is_due(many: Store) -> None:
    indexes = await many.write(lambda connection: inspect(connection).get_indexes("schedules"))
    options = next(index["dialect_options"] for index in indexes if index["name"] == "ix_schedules_next_at")
    assert [str(value) for name, value in options.items() if name.endswith("_where")] in CONDITIONS


async def test_a_scan_would_be_seen(many: Store) -> None:
    by_channel = text("SELECT * FROM schedules WHERE channel_id = 1")

    assert all(scans(plan) for plan in await plans(many, lambda connection: connection.execute(by_channel).all()))

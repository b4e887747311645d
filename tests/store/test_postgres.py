"""PostgreSQL alone: servers that stop answering, and what a read costs in round trips."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.store import Store
from bot.store.state import SESSION_SECONDS, begin_session
from tests.postgres_proxy import proxied

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALL_SECONDS = 0.6


@pytest.fixture
def short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.postgres.CALL_SECONDS", CALL_SECONDS)
    monkeypatch.setattr("bot.store.postgres.COMMAND_SECONDS", CALL_SECONDS / 2)


@pytest.mark.parametrize("writes", [False, True])
async def test_a_server_that_swallows_what_is_sent_costs_one_call(
    postgres_url: str, short_calls: None, writes: bool
) -> None:
    async with proxied(postgres_url) as (url, proxy), await Store.open(url) as store:
        await store.marks.mark(1, ("a",), NOW)
        proxy.silent = True
        with pytest.raises(StoreError, match="try again in a minute"):
            await (store.marks.mark(1, ("b",), NOW) if writes else store.marks.of(1))
        proxy.silent = False
        assert await store.marks.of(1) == {"a": NOW}
        assert await store.marks.mark(1, ("c",), NOW)


async def test_a_server_that_never_answers_cannot_be_opened(postgres_url: str, short_calls: None) -> None:
    async with proxied(postgres_url) as (url, proxy):
        proxy.silent = True
        with pytest.raises(StoreError, match="did not answer in time"):
            await Store.open(url)


async def test_a_lock_that_is_never_released_costs_one_call(postgres_url: str, short_calls: None) -> None:
    async with await Store.open(postgres_url) as store, await Store.open(postgres_url) as other:
        await store.marks.mark(1, ("a",), NOW)
        held = asyncio.Event()

        def hold(connection: Connection) -> None:
            connection.execute(text("LOCK TABLE marks"))
            held.set()
            for _ in range(2):
                connection.execute(text("SELECT pg_sleep(0.25)"))

        holding = asyncio.create_task(other.write(hold))
        await held.wait()
        with pytest.raises(StoreError):
            await store.marks.of(1)
        await holding
        assert await store.marks.of(1) == {"a": NOW}


async def test_sessions_of_any_number_of_processes_begin_one_after_the_other(postgres_url: str) -> None:
    async with await Store.open(postgres_url) as one, await Store.open(postgres_url) as other:
        asked = [process.write(begin_session, 0) for process in (one, other) * 5]
        waits = sorted(await asyncio.gather(*asked))
        assert waits[0] == 0
        assert all(SESSION_SECONDS - 2 < wait <= SESSION_SECONDS for wait in waits[1:])
        assert await other.write(begin_session, 1) == 0, "another bucket"

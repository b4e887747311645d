"""PostgreSQL alone: servers that stop answering, and what a read costs in round trips."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import pytest
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALL_SECONDS = 0.6
SLACK = 3.0
"""Seconds that giving a dead connection up may take on top: SQLAlchemy says goodbye to the server first."""


@pytest.fixture
def short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.postgres.CALL_SECONDS", CALL_SECONDS)
    monkeypatch.setattr("bot.store.postgres.COMMAND_SECONDS", CALL_SECONDS / 2)


class Proxy:
    """A connection to the server in between, which can stop passing on what is sent."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self.silent = False
        self.messages = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(self._socket)
        self._writers += [writer, up_writer]
        await asyncio.gather(self._pass_on(reader, up_writer, count=True), self._pass_on(up_reader, writer))

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool = False
    ) -> None:
        try:
            while data := await reader.read(65536):
                self.messages += count
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def proxied(url: str, folder: Path) -> AsyncIterator[tuple[str, Proxy]]:
    """The address of a proxy to the server at an address with a Unix socket."""
    parts = urlsplit(url)
    (host,) = parse_qs(parts.query)["host"]
    proxy = Proxy(f"{host}/.s.PGSQL.5432")
    server = await asyncio.start_unix_server(proxy.serve, folder / ".s.PGSQL.5432")
    try:
        yield urlunsplit(parts._replace(query=f"host={quote(str(folder))}")), proxy
    finally:
        proxy.close()
        server.close()


@pytest.mark.parametrize("writes", [False, True])
async def test_a_server_that_swallows_what_is_sent_costs_one_call(
    postgres_url: str, tmp_path: Path, short_calls: None, writes: bool
) -> None:
    async with proxied(postgres_url, tmp_path) as (url, proxy), await Store.open(url) as store:
        await store.marks.mark(1, ("a",), NOW)
        proxy.silent = True
        begun = time.monotonic()
        with pytest.raises(StoreError, match="try again in a minute"):
            await (store.marks.mark(1, ("b",), NOW) if writes else store.marks.of(1))
        assert time.monotonic() - begun < CALL_SECONDS + SLACK
        proxy.silent = False
        assert await store.marks.of(1) == {"a": NOW}
        assert await store.marks.mark(1, ("c",), NOW)


async def test_a_server_that_never_answers_cannot_be_opened(
    postgres_url: str, tmp_path: Path, short_calls: None
) -> None:
    async with proxied(postgres_url, tmp_path) as (url, proxy):
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

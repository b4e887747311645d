"""Which servers the bot is in, asked of Discord, and what time it is there: a real bot before a Discord on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import discord
import pytest
import pytest_asyncio

from bot.catalog import Catalog
from bot.client import StudyBot, create_bot
from bot.jobs import WeeklySchedule, schedules
from bot.jobs.history import recent_deliveries
from bot.outcomes import Reason
from bot.settings import Settings
from bot.store import Store
from tests.delivery_world import DUE, WEEK, put
from tests.faults.discord_server import DiscordServer, guild_data, running

pytestmark = pytest.mark.slow

MAY = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)


@pytest_asyncio.fixture
async def discord_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    server = DiscordServer()
    async with running(server) as address:
        monkeypatch.setattr(discord.http.Route, "BASE", address)
        yield server


@asynccontextmanager
async def bot_in(
    guilds: list[int], store: Store, catalog: Catalog, clock: Callable[[], datetime] = lambda: DUE - WEEK
) -> AsyncIterator[StudyBot]:
    """A bot that the gateway told of some servers."""
    async with create_bot(Settings.model_construct(), catalog, store, clock) as client:
        await client.login("a.b.c")
        for number in guilds:
            client._connection._add_guild_from_data(guild_data(number, number * 10, 0, MAY))
        yield client


async def look(bot: StudyBot) -> None:
    """One tick, with what it asks of Discord."""
    await bot.delivery.on_ready()
    await bot.delivery.tick()
    assert bot.delivery._catching_up is not None
    await bot.delivery._catching_up


async def weekly(store: Store, guild_id: int) -> WeeklySchedule:
    found = await store.look_up(schedules.of_guild, guild_id)
    assert found is not None
    return found


async def test_two_processes_that_see_different_servers_pause_nothing_of_each_other(
    discord_server: DiscordServer, store: Store, catalog: Catalog
) -> None:
    async with AsyncExitStack() as stack:
        for guild_id in range(1, 81):
            await put(store, guild_id, catalog_id=catalog.id)
        discord_server.guilds = [str(one) for one in range(1, 81)]
        for half in (range(1, 41), range(41, 81)):
            await look(await stack.enter_async_context(bot_in([*half], store, catalog)))
        assert {(await weekly(store, guild_id)).paused_at for guild_id in range(1, 81)} == {None}


async def test_a_server_that_removed_the_bot_during_a_lost_connection_is_noticed(
    discord_server: DiscordServer, store: Store, catalog: Catalog
) -> None:
    """discord.py keeps it in its cache."""
    await put(store, 1, catalog_id=catalog.id)
    await put(store, 2, catalog_id=catalog.id)
    async with bot_in([1, 2], store, catalog) as bot:
        await look(bot)
        assert (await weekly(store, 1)).paused_at is None
        discord_server.guilds = ["2"]
        await look(bot)
        assert bot.get_guild(1) is not None
    assert (await weekly(store, 1)).pause_reason is Reason.BOT_REMOVED
    assert (await weekly(store, 2)).paused_at is None


async def test_a_list_that_lacks_a_server_by_mistake_is_not_believed(
    discord_server: DiscordServer, store: Store, catalog: Catalog
) -> None:
    await put(store, 1, catalog_id=catalog.id)
    async with bot_in([1], store, catalog) as bot:
        discord_server.unlisted = {"1"}
        await look(bot)
    assert (await weekly(store, 1)).paused_at is None


async def test_a_server_that_was_wrongly_taken_for_left_goes_on(
    discord_server: DiscordServer, store: Store, catalog: Catalog
) -> None:
    await put(store, 1, catalog_id=catalog.id)
    await store.write(schedules.mark_left, 1, DUE - timedelta(hours=1))
    async with bot_in([1], store, catalog, lambda: DUE + timedelta(hours=1)) as bot:
        discord_server.now = DUE + timedelta(hours=1)
        await look(bot)
        await bot.delivery.tick()
        await bot.delivery._worker.idle()
    assert (await weekly(store, 1)).paused_at is None
    assert len(discord_server.messages) == 1, "what came due meanwhile comes late"


@pytest.mark.parametrize("leap", [timedelta(days=40), timedelta(hours=-1)])
async def test_where_the_clock_leaps_discords_is_used_and_no_week_is_lost(
    discord_server: DiscordServer, store: Store, catalog: Catalog, leap: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    await put(store, 1, catalog_id=catalog.id)
    discord_server.now = DUE + timedelta(minutes=5)
    async with bot_in([1], store, catalog, lambda: DUE + timedelta(minutes=5) + leap) as bot:
        await look(bot)
        await bot.delivery._worker.idle()
        assert abs(bot.clock() - discord_server.now) < timedelta(minutes=1)
    (delivery,) = await store.read(recent_deliveries, (await weekly(store, 1)).id, 10)
    assert (delivery.post.reason, len(discord_server.messages)) == (None, 1)
    assert caplog.text.count("This machine's clock is off by") == 1

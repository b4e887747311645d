"""The bot put together: settings, catalogs, store and a clock joined with the features."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any

import aiohttp
import discord

from bot.catalog import Catalog
from bot.catalogs import Catalogs
from bot.discord_io.bot import StudyBot
from bot.discord_io.owner import tell_owner
from bot.discord_io.requests import TOO_MANY_REQUESTS
from bot.errors import DiscordRefused, DiscordUnreachable
from bot.features import about, marks, path, privacy, progress, recommend, remind, weekly
from bot.reloading import Reloader
from bot.settings import Settings
from bot.store import Store

log = logging.getLogger(__name__)

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

FEATURES = tuple(one.setup for one in (about, recommend, path, marks, progress, weekly, remind, privacy))
"""What the bot can do, one folder of `bot/features` each."""

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before further attempts to log in. Without any, a bot that starts with its machine's network fails; whoever
keeps the bot running (Docker, systemd) starts it again after the last."""
CONNECT_SECONDS = 30.0
"""How long the gateway may take to take the first connection; discord.py tries every five seconds, without an end."""
DRAIN_SECONDS = 8.0
"""How long answers that are under way may take once the bot is to stop: Docker gives ten in all."""

CHECK_NETWORK = "Check this machine's network and https://discordstatus.com, then start again."
_PORTAL = "https://discord.com/developers/applications (your application, Bot"
BAD_TOKEN = f"Discord refused DISCORD_TOKEN. Copy it again from {_PORTAL}, Reset Token)."
CLOSE_REASONS = {
    4004: BAD_TOKEN,
    4010: "Discord did not take the shard that the bot asked for. Start it again: it asks for all of them.",
    4011: "The bot is on so many servers by now that Discord asks for more shards. Start it again: it asks how many.",
    4012: "Discord does not speak this version of its protocol any more. Install a newer studybot.",
    4013: "Discord does not know an intent that the bot asks for. Install a newer studybot.",
    4014: f"Discord does not allow an intent that it asks for. Allow it at {_PORTAL}, Privileged Gateway Intents).",
}
"""What to do after the close codes that no other attempt mends:
https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway."""

PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, create_public_threads=True
)
"""What an invite link asks for: to see a channel, to post the weekly prompt and open its thread, and to look
for an earlier post."""


def create_bot(
    settings: Settings,
    catalogs: Catalog | Catalogs,
    store: Store,
    clock: Callable[[], datetime] = discord.utils.utcnow,
) -> StudyBot:
    """The bot, ready to be run; a single catalog serves everybody.

    `clock` returns the present as an aware datetime. The store stays its opener's: the bot never closes it.
    """
    if isinstance(catalogs, Catalog):
        catalogs = Catalogs(catalogs)
    return StudyBot(settings, catalogs, store, clock, FEATURES)


async def run_bot(settings: Settings, reloader: Reloader, store: Store) -> None:
    """Run the bot until it is told to stop (Ctrl-C, or SIGTERM); answers that are under way are finished first.

    It serves the lists of a Reloader that was started, which SIGHUP wakes.

    Raises SettingsError if there is no token, DiscordRefused if Discord does not let the bot in, DiscordUnreachable if
    it does not answer.
    """
    settings.require_token()
    stop = _stop_signal(reloader)
    # The index stays as long as its list is served: looking for garbage in it stops everything for up to a third of a
    # second at 100,000 resources.
    gc.collect()
    gc.freeze()
    for pause in (*PAUSES, None):
        async with create_bot(settings, reloader.catalogs, store) as bot:
            try:
                await _run_until(stop, bot, reloader)
                return
            except discord.HTTPException as error:
                if error.status < 500 and error.status != TOO_MANY_REQUESTS:
                    raise DiscordRefused(f"Discord refused to start the bot: {error}.") from error
                failure: Exception = error
            except (aiohttp.ClientError, discord.GatewayNotFound, OSError) as error:
                failure = error
        if pause is None:
            raise DiscordUnreachable(f"Discord cannot be reached: {failure}. {CHECK_NETWORK}") from failure
        log.warning("Discord cannot be reached: %s. Another attempt follows in %.0f s", failure, pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
            return


def _stop_signal(reloader: Reloader) -> asyncio.Event:
    """Set when the process is asked to stop; SIGTERM is how containers and services ask. SIGHUP asks for the lists."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows; Ctrl-C cancels everything there
            loop.add_signal_handler(number, stop.set)
    with suppress(NotImplementedError, AttributeError):
        loop.add_signal_handler(signal.SIGHUP, reloader.wake)
    return stop


async def _run_until(stop: asyncio.Event, bot: StudyBot, reloader: Reloader) -> None:
    """Run a bot until it fails, loses its database or is to stop."""
    running, stopping = asyncio.create_task(_run(bot)), asyncio.create_task(stop.wait())
    losing = asyncio.create_task(bot.store.lost())
    watching = asyncio.create_task(reloader.watch(partial(tell_owner, bot)))
    try:
        await asyncio.wait({running, stopping, losing}, return_when=asyncio.FIRST_COMPLETED)
        if losing.done():
            raise losing.result()
        if running.done():
            running.result()
        else:
            log.info("studybot was told to stop, and finishes what it is answering")
            await bot.gate.close(DRAIN_SECONDS)
    finally:
        await _end(running, stopping, losing, watching)


async def _run(bot: StudyBot) -> None:
    connected = asyncio.Event()

    async def on_connect() -> None:
        connected.set()

    bot.add_listener(on_connect)
    try:
        await bot.login(bot.settings.require_token())
        await _stay_connected(bot, connected)
    except discord.LoginFailure as error:
        raise DiscordRefused(BAD_TOKEN) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordRefused(CLOSE_REASONS[4014]) from error
    except discord.ConnectionClosed as error:
        unknown = f"Discord closed the connection (code {error.code}). {CHECK_NETWORK}"
        raise DiscordRefused(CLOSE_REASONS.get(error.code, unknown)) from error


async def _stay_connected(bot: StudyBot, connected: asyncio.Event) -> None:
    connection, first = asyncio.create_task(bot.connect()), asyncio.create_task(connected.wait())
    serving = asyncio.create_task(_say_what_is_served(bot))
    try:
        done, _ = await asyncio.wait({connection, first}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise DiscordUnreachable(f"Discord's gateway cannot be reached. {CHECK_NETWORK}")
        await connection
    finally:
        await _end(connection, first, serving)


async def _say_what_is_served(bot: StudyBot) -> None:
    await bot.wait_until_ready()
    served = Counter(bot.catalogs.for_server(guild.id).catalog.id for guild in bot.guilds)
    for catalog_id, servers in (served or {bot.catalogs.default.catalog.id: 0}).items():
        library = bot.catalogs.get(catalog_id)
        title = f"“{library.catalog.title}” ({len(library.catalog)} resources)" if library else catalog_id
        log.info("studybot %s serves %s, %s, on %s servers", version("studybot"), catalog_id, title, servers)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def invite_link(client_id: int) -> str:
    """The address at which an admin adds the bot to a server, asking for exactly what it needs."""
    scopes: Any = ("bot", "applications.commands")
    return discord.utils.oauth_url(client_id, permissions=PERMISSIONS, scopes=scopes)

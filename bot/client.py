"""The bot put together: settings, catalogs, store and a clock joined with the features."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import discord

from bot.catalog import Catalog
from bot.catalogs import Catalogs
from bot.discord_io.bot import StudyBot
from bot.errors import SettingsError, StudybotError
from bot.features import about, marks, path, privacy, progress, recommend, remind, weekly
from bot.settings import Settings
from bot.store import Store

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

FEATURES = tuple(one.setup for one in (about, recommend, path, marks, progress, weekly, remind, privacy))
"""What the bot can do, one folder of `bot/features` each."""

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


async def run_bot(settings: Settings, catalogs: Catalog | Catalogs, store: Store) -> None:
    """Run the bot until it is told to stop (Ctrl-C, or SIGTERM).

    Raises SettingsError if there is no token or Discord refuses it, StudybotError if it cannot be reached.
    """
    async with create_bot(settings, catalogs, store) as bot:
        # The index stays as long as its list is served: looking for garbage in it stops everything for up to a third of
        # a second at 100,000 resources. `Catalogs.replace` ends this for a list that is replaced.
        gc.collect()
        gc.freeze()
        try:
            await _until_stopped(bot.start(bot.settings.require_token()))
        except discord.LoginFailure as error:
            raise SettingsError(
                "Discord refused DISCORD_TOKEN. Copy it again from https://discord.com/developers/applications "
                "(your application, Bot, Reset Token)."
            ) from error
        except (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, OSError) as error:
            raise StudybotError(f"Discord cannot be reached: {error}. Check this machine’s network.") from error


async def _until_stopped(running: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or the process is asked to; SIGTERM is how containers and services ask."""
    task = asyncio.ensure_future(running)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows; Ctrl-C cancels everything there
            loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def invite_link(client_id: int) -> str:
    """The address at which an admin adds the bot to a server, asking for exactly what it needs."""
    scopes: Any = ("bot", "applications.commands")
    return discord.utils.oauth_url(client_id, permissions=PERMISSIONS, scopes=scopes)

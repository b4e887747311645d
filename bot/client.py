"""The bot: the library, the store and a clock joined to Discord."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.discord_io.delivery_loop import Delivering
from bot.discord_io.failures import answer_failure
from bot.discord_io.marks import DoneButton
from bot.discord_io.membership import Membership
from bot.errors import SettingsError, StoreError, StudybotError
from bot.features.about.commands import About
from bot.features.marks.commands import Steps
from bot.features.path.cards import PageButton, PartDoneButton, PathDoneButton, YourStepButton
from bot.features.path.commands import Path
from bot.features.privacy.cards import ForgetButton, KeepButton
from bot.features.privacy.commands import Privacy
from bot.features.progress.commands import Progress
from bot.features.progress.next_card import NextButton, NextDoneButton
from bot.features.recommend.cards import FoundDoneButton, SearchButton
from bot.features.recommend.commands import Recommend
from bot.features.remind.commands import Remind
from bot.features.weekly.commands import Weekly
from bot.features.weekly.counts import FinishedCounts
from bot.features.weekly.post import FinishedButton
from bot.settings import Settings
from bot.store import Store

log = logging.getLogger(__name__)

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, create_public_threads=True
)
"""What an invite link asks for: to see a channel, to post the weekly prompt and open its thread, and to look
for an earlier post."""


class StudyBot(commands.Bot):
    """The bot. `library` is what it answers from, `store` what it remembers, `clock` the present, `membership` who is
    where: buttons find them here. `settings` are its host's."""

    def __init__(self, settings: Settings, library: Library, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(
            # Slash commands alone; a prefix is required all the same, and a mention needs no privileged intent.
            commands.when_mentioned,
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
        )
        self.settings = settings
        self.library = library
        self.store = store
        self.clock = clock
        self.membership = Membership(clock)
        self.tree.error(answer_failure)

    async def setup_hook(self) -> None:
        """Add the commands and the lasting buttons, and tell Discord about the commands if they changed."""
        await self.add_cog(Recommend(self, self.library, self.store))
        await self.add_cog(Path(self.library, self.store))
        await self.add_cog(About(self.library))
        await self.add_cog(Steps(self.library, self.store))
        await self.add_cog(Privacy(self.store))
        await self.add_cog(Progress(self.library, self.store, self.clock, self.membership))
        delivering = Delivering(self, self.library, self.store, self.clock)
        await self.add_cog(delivering)
        await self.add_cog(FinishedCounts(self, self.library, self.store, self.membership))
        await self.add_cog(Weekly(self, self.library, self.store, self.clock, delivering))
        await self.add_cog(Remind(self.store, self.clock, delivering))
        self.add_dynamic_items(SearchButton, PageButton, YourStepButton, FinishedButton)
        self.add_dynamic_items(DoneButton, FoundDoneButton, PathDoneButton, PartDoneButton, NextDoneButton, NextButton)
        self.add_dynamic_items(ForgetButton, KeepButton)
        await self._sync()

    async def _sync(self) -> None:
        """Discord takes 200 new commands a day and has no diff of its own: ask only when something changed."""
        key = f"commands:{self.application_id}"
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        mark = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        try:
            if await self.store.get_state(key) == mark and await self._discord_has_them():
                return
            await self.tree.sync()
            await self.store.put_state(key, mark)
        except (discord.HTTPException, app_commands.AppCommandError, StoreError) as error:
            # The commands of the last start are there still; the next start tries again.
            log.warning("Discord did not take the list of commands: %s", error)

    async def _discord_has_them(self) -> bool:
        """Whether the commands are there by name: somebody may have removed them, or used the token for another bot."""
        there = {command.name for command in await self.tree.fetch_commands()}
        return there == {command.name for command in self.tree.get_commands()}


def create_bot(
    settings: Settings,
    catalog: Catalog,
    store: Store,
    clock: Callable[[], datetime] = discord.utils.utcnow,
) -> StudyBot:
    """The bot, ready to be run.

    `clock` returns the present as an aware datetime. The store stays its opener's: the bot never closes it.
    """
    return StudyBot(settings, Library(catalog), store, clock)


async def run_bot(settings: Settings, catalog: Catalog, store: Store) -> None:
    """Run the bot until it is told to stop (Ctrl-C, or a polite kill).

    Raises SettingsError if there is no token or Discord refuses it, StudybotError if it cannot be reached.
    """
    async with create_bot(settings, catalog, store) as bot:
        # The index stays as long as the bot: looking for garbage in it stops everything for up to a third of a second
        # at 100,000 resources.
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

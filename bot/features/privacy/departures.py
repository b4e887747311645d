"""Members who left: who has not used the bot for a year and is on none of its servers is forgotten.

Without the privileged intent for members nobody tells the bot who leaves a server. So it notes the day of a member's
last interaction, and asks Discord about those whom it has not seen for a year.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date, timedelta

import discord
from discord.ext import commands

from bot.discord_io.bot import StudyBot
from bot.errors import StoreError

log = logging.getLogger(__name__)

KEPT = timedelta(days=365)
"""How long what is kept waits for a member who is gone."""
LOOK_SECONDS = 6 * 3600.0
"""How often it is looked for whom to forget: often enough for the members of any bot, BATCH each time."""
BATCH = 100
"""Members who are asked about at a time: as many as Discord looks up at once."""
PAUSE = 1.0
"""Seconds between questions to two servers: half of the questions that Discord takes are left to people who wait."""
NOTED = 100_000
"""Members of whom it is remembered that this day is noted already. At 0 each interaction writes."""


class Departures(commands.Cog):
    """Notes when members were seen, and forgets those who are gone."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        self._day: date | None = None
        self._noted: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Start to look for whom to forget."""
        self._task = asyncio.create_task(self._run())

    async def cog_unload(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Note the day of a member's first interaction on it."""
        today = self._bot.clock().date()
        if today != self._day or len(self._noted) >= NOTED:
            self._day, self._noted = today, set()
        if interaction.user.id not in self._noted:
            self._noted.add(interaction.user.id)
            try:
                await self._bot.store.privacy.note_seen([interaction.user.id], today)
            except StoreError:
                log.info("A day was not noted: the next one will be")

    async def _run(self) -> None:
        await self._bot.wait_until_ready()
        while True:
            try:
                await self.forget_departed()
            except (StoreError, discord.DiscordException) as error:
                log.warning("Nobody who left was forgotten this time: %s", error)
            await self._bot.sleep(LOOK_SECONDS)

    async def forget_departed(self) -> None:
        """Forget up to BATCH members who are gone; raises StoreError, or ClientException if that is not certain.

        A process that serves some of the bot's shards alone forgets nobody: it does not see all servers.
        """
        if self._bot.shard_ids is not None:
            return
        store, now = self._bot.store, self._bot.clock()
        idle = set(await store.privacy.idle_members(now - KEPT, BATCH))
        await store.privacy.forget_days((now - KEPT).date())
        gone = await self._on_no_server(idle)
        await store.privacy.note_seen(idle - gone, now.date())
        for user_id in gone:
            await store.privacy.forget_member(user_id)
            self._bot.membership.forget(user_id)
        if gone:
            log.info("%s members who left every server a year ago or more are forgotten", len(gone))

    async def _on_no_server(self, user_ids: set[int]) -> set[int]:
        """Those of some members who are on no server with the bot; raises ClientException if that is not certain."""
        missing = set(user_ids)
        for guild in self._bot.guilds:
            if not missing:
                break
            here, complete = await self._bot.membership.present(guild, missing)
            if not complete:
                raise discord.ClientException(f"unknown members: {guild.id}")
            missing -= here
            await asyncio.sleep(PAUSE)
        return missing

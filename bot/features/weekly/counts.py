"""The number on a weekly post: how many members of its server have finished the week's resource."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord

from bot.catalog import Resource
from bot.discord_io.bot import StudyBot
from bot.discord_io.membership import CANDIDATES, Presence
from bot.errors import StoreError
from bot.features.weekly.post import post_view
from bot.jobs import WeeklySchedule, queue, schedules
from bot.jobs.history import last_post_about

log = logging.getLogger(__name__)

COUNT_SECONDS = 3.0
"""How long a prompt waits for its first number. At 0 each begins with 0; at a minute a crowd of prompts comes late."""


class FinishedCounts:
    """Counts for a new post, and again whenever a mark on a resource changes in a server that had it as a prompt."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        self._stale: dict[tuple[int, str], tuple[discord.Guild, Resource]] = {}
        self._tasks: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def count(self, guild_id: int, resource: Resource) -> int:
        """How many members of a server have finished a resource, as far as that is known in time."""
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return 0
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                return len((await self._presence(guild, resource)).here)
        except (TimeoutError, StoreError) as error:
            log.info("Nobody was counted for a post on server %s: %s", guild_id, error)
            return 0

    def refresh(self, guild: discord.Guild, resource: Resource) -> None:
        """Show the new number soon; many marks at once are shown together, the last of them surely."""
        key = guild.id, resource.page
        self._stale[key] = guild, resource
        if key not in self._tasks:
            task = self._tasks[key] = asyncio.create_task(self._catch_up(key))
            task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _catch_up(self, key: tuple[int, str]) -> None:
        try:
            while (stale := self._stale.pop(key, None)) is not None:
                await self._show(*stale)
        except (StoreError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
            # The mark is kept; the number is right again with the next one.
            log.info("The number of a weekly post on server %s is not shown: %s", key[0], error)

    async def _show(self, guild: discord.Guild, resource: Resource) -> None:
        store = self._bot.store
        post = await store.read(last_post_about, guild.id, resource.pages)
        schedule = await store.look_up(schedules.with_id, post.schedule_id) if post else None
        if post is None or post.channel_id is None or post.message_id is None:
            return
        library = self._bot.catalogs.get(schedule.catalog_id) if isinstance(schedule, WeeklySchedule) else None
        posted = library.catalog.get(post.resource_id or "") if library else None
        presence = await self._presence(guild, resource)
        finished = len(presence.here)
        known = finished != post.finished and (finished > post.finished or presence.complete)
        if library is None or posted is None or not known:
            return
        message = self._bot.get_partial_messageable(post.channel_id, guild_id=guild.id).get_partial_message(
            post.message_id
        )
        await message.edit(view=post_view(library, posted, post, finished))
        await store.write(queue.record_finished, post.message_id, finished)

    async def _presence(self, guild: discord.Guild, resource: Resource) -> Presence:
        finishers = await self._bot.store.marks.finishers(resource.pages, CANDIDATES)
        return await self._bot.membership.present(guild, finishers)

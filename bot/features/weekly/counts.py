"""The number on a weekly post: how many members of its server have finished the week's resource."""

from __future__ import annotations

import logging

import aiohttp
import discord
from discord.ext import commands

from bot.catalogs import Library
from bot.discord_io.membership import CANDIDATES, Membership
from bot.errors import StoreError
from bot.features.weekly.post import weekly_view
from bot.store import Store

log = logging.getLogger(__name__)


class FinishedCounts(commands.Cog):
    """Counts again whenever somebody's mark at a resource is turned around in a server that had it as a prompt."""

    def __init__(self, bot: commands.Bot, library: Library, store: Store, membership: Membership) -> None:
        self._bot = bot
        self._library = library
        self._store = store
        self._membership = membership
        self._stale: set[tuple[int, str]] = set()
        self._busy: set[tuple[int, str]] = set()

    @commands.Cog.listener()
    async def on_mark(self, guild: discord.Guild, resource_id: str) -> None:
        """Show the new number; many marks at once are shown together, the last of them surely."""
        key = guild.id, resource_id
        self._stale.add(key)
        if key in self._busy:
            return
        self._busy.add(key)
        try:
            while key in self._stale:
                self._stale.discard(key)
                await self._count(guild, resource_id)
        except (StoreError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
            # The mark is kept; the number is right again with the next one.
            log.info("The number of a weekly post on server %s is not shown: %s", guild.id, error)
        finally:
            self._busy.discard(key)

    async def _count(self, guild: discord.Guild, resource_id: str) -> None:
        post = await self._store.last_post_about(guild.id, resource_id)
        resource = self._library.catalog.get(resource_id)
        if resource is None or post is None or post.channel_id is None or post.message_id is None:
            return
        presence = await self._membership.present(guild, await self._store.finishers([resource.url], CANDIDATES))
        finished, before = len(presence.here), post.finished or 0
        if finished == before or (finished < before and not presence.complete):
            return
        channel = self._bot.get_partial_messageable(post.channel_id, guild_id=guild.id)
        await channel.get_partial_message(post.message_id).edit(view=weekly_view(resource, finished))
        await self._store.record_finished(post.message_id, finished)

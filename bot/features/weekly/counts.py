"""Who has finished the week's resource in a server: the number on a weekly post."""

from __future__ import annotations

import asyncio
import logging

from bot.catalog import Resource
from bot.discord_io.bot import StudyBot
from bot.discord_io.membership import CANDIDATES
from bot.errors import PostFailed
from bot.jobs import Finished

log = logging.getLogger(__name__)

COUNT_SECONDS = 3.0
"""How long a prompt waits for its first number. At 0 each begins with 0; at a minute a crowd of prompts comes late."""


class FinishedCounts:
    """Counts the members of a server who have finished a resource."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    async def count(self, guild_id: int, resource: Resource) -> Finished:
        """How many members of a server have finished a resource; raises PostFailed if that is not known in time."""
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            raise PostFailed("this server is not known yet")
        finishers = await self._bot.store.marks.finishers(resource.pages, CANDIDATES)
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                presence = await self._bot.membership.present(guild, finishers)
        except TimeoutError as error:
            raise PostFailed("Discord did not say in time who is in this server") from error
        return Finished(len(presence.here), presence.complete)

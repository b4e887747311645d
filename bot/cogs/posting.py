"""Posting prompts to Discord: the hands of `bot.delivery`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Literal

import aiohttp
import discord
from discord.ext import commands

from bot.delivery import Prompt
from bot.errors import CannotPost, PostFailed
from bot.store import WeeklySchedule
from bot.views.text import fit
from bot.views.weekly_post import shows_resource, weekly_content, weekly_mentions, weekly_view
from bot.views.weekly_replies import paused_notice

SEARCHED = 100
"""Messages that are looked through for an earlier post: one request. A post that more messages have followed since
the first attempt is not found; a channel that busy within a few minutes is not one for a weekly prompt."""

THREAD_NAME_LIMIT = 100
"""Characters of a thread's name: https://discord.com/developers/docs/resources/channel."""
A_WEEK: Literal[10080] = 10080
"""Minutes without a message after which Discord files a thread away: until the next prompt."""

CLOCK_SLACK = timedelta(minutes=1)
"""How far this machine's clock may be ahead of Discord's before a post is missed by `find`."""


class DiscordPoster:
    """Posts a prompt into its channel, and finds one that was posted before."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot

    async def post(self, prompt: Prompt, nonce: str) -> int:
        """Post and return the message's id; raises CannotPost or PostFailed."""
        with _in_our_words(prompt.channel_id):
            message = await self._channel(prompt).send(
                weekly_content(prompt),
                view=weekly_view(prompt),
                nonce=nonce,
                allowed_mentions=weekly_mentions(prompt),
            )
        return message.id

    async def find(self, prompt: Prompt, since: datetime) -> int | None:
        """The id of a post of this prompt made since then, if there is one; raises CannotPost or PostFailed."""
        me = self._bot.user
        with _in_our_words(prompt.channel_id):
            async for message in self._channel(prompt).history(limit=SEARCHED, after=since - CLOCK_SLACK):
                if me is not None and message.author.id == me.id and shows_resource(message, prompt.resource.url):
                    return message.id
        return None

    async def open_thread(self, prompt: Prompt, message_id: int) -> None:
        """Open a thread under a post, called like its resource; raises CannotPost or PostFailed."""
        channel = self._bot.get_channel(prompt.channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise CannotPost(f"the channel <#{prompt.channel_id}> does not exist any more")
        name = fit(prompt.resource.title, THREAD_NAME_LIMIT)
        with _in_our_words(prompt.channel_id):
            await channel.get_partial_message(message_id).create_thread(name=name, auto_archive_duration=A_WEEK)

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        """Tell who set a schedule that it is paused: privately, else in the server's own channel for notices."""
        text = paused_notice(weekly, reason)
        with _in_our_words(weekly.channel_id):
            if weekly.created_by is not None:
                with suppress(discord.Forbidden):  # their direct messages are closed
                    direct = await self._bot.create_dm(discord.Object(weekly.created_by))
                    await direct.send(text)
                    return
            guild = self._bot.get_guild(weekly.guild_id)
            if guild is None or guild.system_channel is None:
                raise CannotPost("nobody’s direct messages are open, and the server has no channel for notices")
            await guild.system_channel.send(text)

    def _channel(self, prompt: Prompt) -> discord.PartialMessageable:
        # Partial, so that nothing hangs on the cache: what Discord answers is the truth.
        return self._bot.get_partial_messageable(prompt.channel_id, guild_id=prompt.guild_id)


@contextmanager
def _in_our_words(channel_id: int) -> Iterator[None]:
    """Discord's errors as CannotPost (a person must act) or PostFailed (time may mend it)."""
    try:
        yield
    except discord.NotFound as error:
        raise CannotPost(f"the channel <#{channel_id}> does not exist any more") from error
    except discord.Forbidden as error:
        raise CannotPost(f"I am not allowed to read and write in <#{channel_id}>") from error
    except (TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise PostFailed(f"Discord did not take the message: {error}") from error

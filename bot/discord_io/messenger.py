"""Posting prompts and reminders to Discord: the hands of `bot.delivery`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Literal

import aiohttp
import discord
from discord.ext import commands

from bot.catalog import Resource
from bot.delivery import Nudge, Prompt, Sent
from bot.discord_io.rate_limiter import Pace
from bot.discord_io.text import fit
from bot.errors import CannotPost, PostError, PostFailed
from bot.features.remind.message import nudge_content, nudge_view, shows_nudge
from bot.features.weekly.checks import usable_tags
from bot.features.weekly.post import (
    poll_answer,
    poll_question,
    shows_resource,
    weekly_content,
    weekly_mentions,
    weekly_view,
)
from bot.features.weekly.replies import paused_notice
from bot.store import WeeklySchedule

log = logging.getLogger(__name__)

SEARCHED = 100
"""Messages that are looked through for an earlier post: one request. A post that more messages have followed since
the first attempt is not found; a channel that busy within a few minutes is not one for a weekly prompt."""

THREAD_NAME_LIMIT = 100
"""Characters of a thread's name: https://discord.com/developers/docs/resources/channel."""
A_WEEK: Literal[10080] = 10080
"""Minutes without a message after which Discord files a thread away: until the next prompt."""
THREAD_EXISTS = 160004
"""Discord's code for a message that has its thread already."""
LONGEST_POLL = timedelta(days=32)
"""The longest that Discord keeps a poll open."""

CLOCK_SLACK = timedelta(hours=6)
"""How far this machine's clock may have been ahead of Discord's before a post is missed by `find`: weeks lie between
two posts about one resource."""


class DiscordPoster:
    """Posts a letter where it belongs, finds one that was posted before, and adds what follows it."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        self._pace = Pace()

    async def post(self, letter: Prompt | Nudge, nonce: str) -> Sent:
        """Post and return where it is; raises CannotPost or PostFailed."""
        async with self._in_our_words(letter):
            if isinstance(letter, Nudge):
                message = await self._at(letter).send(nudge_content(letter), view=nudge_view(letter), nonce=nonce)
            elif (forum := self._forum(letter)) is not None:
                message = await _post_in_forum(forum, letter)
            else:
                message = await self._at(letter).send(
                    weekly_content(letter),
                    view=weekly_view(letter.resource),
                    nonce=nonce,
                    allowed_mentions=weekly_mentions(letter),
                )
        return Sent(message.channel.id, message.id)

    async def find(self, letter: Prompt | Nudge, since: datetime) -> Sent | None:
        """Where this letter was posted since then, if it was; raises CannotPost or PostFailed."""
        async with self._in_our_words(letter):
            if isinstance(letter, Prompt) and (forum := self._forum(letter)) is not None:
                return await self._find_in_forum(forum, letter, since)
            async for message in self._at(letter).history(limit=SEARCHED):
                recent = message.created_at >= since - CLOCK_SLACK
                if recent and message.author.id == self._me and _shows(message, letter):
                    return Sent(letter.channel_id, message.id)
        return None

    async def open_thread(self, prompt: Prompt, sent: Sent) -> int:
        """Open a thread under a post, called like its resource; raises CannotPost or PostFailed."""
        async with self._in_our_words(prompt):
            channel = self._channel(prompt)
            if not isinstance(channel, discord.TextChannel):
                raise CannotPost(f"the channel <#{sent.channel_id}> does not exist any more")
            try:
                thread = await channel.get_partial_message(sent.message_id).create_thread(
                    name=_thread_name(prompt), auto_archive_duration=A_WEEK
                )
            except discord.HTTPException as error:
                if error.code != THREAD_EXISTS:
                    raise
                return sent.message_id  # a message's thread has the message's own id
        return thread.id

    async def pin(self, sent: Sent, instead_of: Sent | None) -> None:
        """Pin a post, in a forum its thread, and take down the one before; raises CannotPost or PostFailed."""
        if instead_of is not None:
            with suppress(CannotPost):  # somebody deleted it: it is not pinned any more
                await self._pin(instead_of, pinned=False)
        await self._pin(sent, pinned=True)

    async def _pin(self, sent: Sent, *, pinned: bool) -> None:
        async with self._in_our_words(sent):
            if sent.channel_id == sent.message_id:  # the first message of a forum's thread has the thread's id
                thread = self._bot.get_channel(sent.channel_id) or await self._bot.fetch_channel(sent.channel_id)
                if isinstance(thread, discord.Thread):
                    await thread.edit(pinned=pinned)
                return
            message = self._partial(sent.channel_id).get_partial_message(sent.message_id)
            await (message.pin() if pinned else message.unpin())

    async def ask(self, prompt: Prompt, channel_id: int, nonce: str, closes_after: timedelta) -> int:
        """Post a poll of the prompt's options and return its message's id; raises CannotPost or PostFailed."""
        hours = min(closes_after, LONGEST_POLL) // timedelta(hours=1)
        poll = discord.Poll(poll_question(), duration=timedelta(hours=hours))
        for resource in prompt.options:
            poll.add_answer(text=poll_answer(resource))
        async with self._in_our_words(prompt):
            return (await self._partial(channel_id).send(poll=poll, nonce=nonce)).id

    async def favourites(self, poll: Sent, options: Sequence[Resource]) -> list[Resource]:
        """The options with the most votes, if there are any; raises CannotPost or PostFailed."""
        async with self._in_our_words(poll):
            message = await self._partial(poll.channel_id).fetch_message(poll.message_id)
        votes = {answer.text: answer.vote_count for answer in message.poll.answers} if message.poll else {}
        most = max(votes.values(), default=0)
        return [one for one in options if most and votes.get(poll_answer(one)) == most]

    async def replies(self, thread_id: int) -> int:
        """How many messages a thread has, the first one aside; raises CannotPost or PostFailed."""
        async with self._in_our_words(Sent(thread_id, thread_id)):
            thread = await self._bot.fetch_channel(thread_id)
        return thread.message_count if isinstance(thread, discord.Thread) else 0

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        """Tell who set a schedule that it is paused: privately, else in the server's own channel for notices."""
        text = paused_notice(weekly, reason)
        async with self._in_our_words(Sent(weekly.channel_id, 0)):
            if weekly.created_by is not None:
                with suppress(discord.Forbidden, discord.NotFound):  # closed, or they are gone
                    direct = await self._bot.create_dm(discord.Object(weekly.created_by))
                    await direct.send(text)
                    return
            guild = self._bot.get_guild(weekly.guild_id)
            if guild is None or guild.system_channel is None:
                raise CannotPost("nobody’s direct messages are open, and the server has no channel for notices")
            await guild.system_channel.send(text)

    @property
    def _me(self) -> int | None:
        return self._bot.user.id if self._bot.user else None

    def _partial(self, channel_id: int) -> discord.PartialMessageable:
        # Partial, so that nothing hangs on the cache: what Discord answers is the truth.
        return self._bot.get_partial_messageable(channel_id)

    def _at(self, letter: Prompt | Nudge) -> discord.PartialMessageable:
        guild_id = letter.guild_id if isinstance(letter, Prompt) else None
        return self._bot.get_partial_messageable(letter.channel_id, guild_id=guild_id)

    def _channel(self, prompt: Prompt) -> discord.abc.GuildChannel | None:
        # By its server: without one the library looks through all servers there are.
        guild = self._bot.get_guild(prompt.guild_id)
        return guild.get_channel(prompt.channel_id) if guild else None

    def _forum(self, prompt: Prompt) -> discord.ForumChannel | None:
        channel = self._channel(prompt)
        return channel if isinstance(channel, discord.ForumChannel) else None

    async def _find_in_forum(self, forum: discord.ForumChannel, prompt: Prompt, since: datetime) -> Sent | None:
        threads = await forum.guild.active_threads()
        mine = [one for one in threads if one.parent_id == forum.id and one.owner_id == self._me]
        for thread in mine:
            opened = discord.utils.snowflake_time(thread.id)
            if opened >= since - CLOCK_SLACK and (thread.name == _thread_name(prompt) or await _opens(thread, prompt)):
                return Sent(thread.id, thread.id)
        return None

    @asynccontextmanager
    async def _in_our_words(self, to: Prompt | Nudge | Sent) -> AsyncIterator[None]:
        """One request in its turn; Discord's errors as CannotPost (a person must act) or PostFailed (time may mend)."""
        await self._pace.turn()
        try:
            yield
        except discord.NotFound as error:
            raise CannotPost(f"the channel <#{to.channel_id}> does not exist any more") from error
        except discord.Forbidden as error:
            raise CannotPost(_refusal(to)) from error
        except (TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise PostFailed(f"Discord did not take the message: {error}") from error
        except PostError:
            raise
        except Exception as error:
            # Whatever came over the wire, the occurrence is tried again, and in the end its reason is told.
            log.exception("Discord answered in a way that the library cannot read")
            raise PostFailed("Discord answered with something that I cannot read") from error


async def _post_in_forum(forum: discord.ForumChannel, prompt: Prompt) -> discord.Message:
    tags = usable_tags(forum)[:1] if forum.flags.require_tag else []
    if forum.flags.require_tag and not tags:
        raise CannotPost(f"every post in <#{forum.id}> needs a tag, and there is none that I may use")
    opened = await forum.create_thread(
        name=_thread_name(prompt),
        content=weekly_content(prompt),
        view=weekly_view(prompt.resource),
        auto_archive_duration=A_WEEK,
        allowed_mentions=weekly_mentions(prompt),
        applied_tags=tags,
    )
    return opened.message


async def _opens(thread: discord.Thread, prompt: Prompt) -> bool:
    """Whether a thread begins with this prompt, whatever it is called by now."""
    try:
        return _shows(await thread.fetch_message(thread.id), prompt)
    except discord.NotFound:  # somebody deleted its first message
        return False


def _refusal(to: Prompt | Nudge | Sent) -> str:
    if isinstance(to, Nudge):
        return "your direct messages are closed to me"
    return f"I am not allowed to read and write in <#{to.channel_id}>"


def _shows(message: discord.Message, letter: Prompt | Nudge) -> bool:
    if isinstance(letter, Nudge):
        return shows_nudge(message, letter)
    return shows_resource(message, letter.sent_as or letter.resource.id)


def _thread_name(prompt: Prompt) -> str:
    return fit(prompt.resource.title, THREAD_NAME_LIMIT)

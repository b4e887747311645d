"""Posting to Discord: the Messenger of `bot.jobs`.

A request is never cancelled: discord.py, interrupted while it waits for a global rate limit, would wait for ever from
then on. A caller that gives up leaves the request running in the background.
What Discord's refusals mean stands in `bot.discord_io.refusals`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

import discord

from bot.discord_io.refusals import (
    FORBIDDEN,
    REQUEST_ERRORS,
    THREAD_EXISTS,
    TIMED_OUT,
    Told,
    means,
    refusal_of,
    sentence_of,
)
from bot.discord_io.requests import RateLimiter, guarded
from bot.discord_io.text import CONTENT_LIMIT, fit
from bot.errors import CannotPost, PostError, PostFailed
from bot.jobs import Sent
from bot.jobs.attempt import ClaimLost, Recognise
from bot.outcomes import Reason

T = TypeVar("T")

log = logging.getLogger(__name__)

SEARCHED = 300
"""Messages that are searched for an earlier post, three requests at the most. A post that more messages have
followed since the first attempt is not found; a channel that busy within a few minutes is not one for a weekly prompt.
"""
CLOCK_SLACK = timedelta(hours=6)
"""How far this machine's clock may have been ahead of Discord's before a post is missed by `find`."""
RECAP_TIMEOUT = 4.0
"""Seconds that a prompt waits for the outcome of the last one. At 0 it never says it; at minutes it is late."""
PIN_NOTICE_WITHIN = 10
"""The latest messages among which Discord's line "… pinned a message" is looked for: it was written a moment ago."""
ARCHIVED = 50
"""Archived posts of a forum that are searched for an earlier one: moderators who archive by hand do so soon."""

THREAD_NAME_LIMIT = 100
"""Characters of a thread's name: https://discord.com/developers/docs/resources/channel."""
A_WEEK: Literal[10080] = 10080
"""Minutes without a message after which Discord files a thread away: until the next prompt."""
FITTING_TAGS = ("weekly", "prompt", "learning", "reading", "study", "resource", "discussion", "question")
UNFITTING_TAGS = ("solved", "resolved", "answered", "closed", "done", "duplicate", "bug")
"""Words of forum tags that fit a weekly prompt, and of those that say something about a post that isn't true of one."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a feature rendered it; `title` is the name of the post in a forum."""

    channel_id: int
    guild_id: int | None
    content: str = ""
    title: str = ""
    view: discord.ui.View | None = None
    poll: discord.Poll | None = None
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)


@dataclass(frozen=True, slots=True)
class Note:
    """What admins are told: `text` in a direct message, `content` where others read it, in a forum with a `title`."""

    text: str
    content: str
    title: str


class DiscordMessenger:
    """Posts messages where they belong, finds one that was posted before, and adds what follows it.

    `share` is the part of the bot's requests that this process may make.
    """

    def __init__(self, bot: discord.Client, share: float = 1.0) -> None:
        self._bot = bot
        self._acquire = RateLimiter(share).acquire
        self._background: set[asyncio.Task[Any]] = set()

    async def turn(self) -> None:
        """Wait until another request may be made, in turn with the messenger's own."""
        await self._acquire()

    async def post(self, message: Message, nonce: str, check: Callable[[], None]) -> Sent:
        """Post and return where it is; raises CannotPost or PostFailed, and what `check` raises."""
        forum = await self._forum_to_post_in(message.channel_id, message.guild_id)
        await self._acquire()
        check()
        with guarded(check, once=forum is not None) as guard:
            try:
                async with self._translate_errors(message.guild_id, private=message.guild_id is None):
                    posted = await (_post_in_forum(forum, message) if forum else self._send(message, nonce))
            except PostError as error:
                error.untaken = guard.untaken
                raise
        return Sent(posted.channel.id, posted.id)

    async def _send(self, message: Message, nonce: str) -> discord.Message:
        channel = self._channel(message.channel_id, message.guild_id)
        if message.poll is not None:
            return await channel.send(poll=message.poll, nonce=nonce, allowed_mentions=message.mentions)
        view = message.view or discord.utils.MISSING
        return await channel.send(message.content, view=view, nonce=nonce, allowed_mentions=message.mentions)

    async def find(self, channel_id: int, guild_id: int | None, recognise: Recognise, since: datetime) -> Sent | None:
        """The bot's own message that is recognised, if it was posted since then; raises CannotPost or PostFailed."""
        earliest = since - CLOCK_SLACK
        await self._acquire()
        async with self._translate_errors(guild_id, private=guild_id is None):
            if guild_id is not None:
                await self._require_history(channel_id, guild_id)
            if (forum := self._forum(channel_id, guild_id)) is not None:
                return await self._find_in_forum(forum, recognise, earliest)
            async for message in self._channel(channel_id, guild_id).history(limit=SEARCHED):
                if message.created_at < earliest:
                    break
                if message.author.id == self._me and recognise(message):
                    return Sent(channel_id, message.id)
        return None

    async def _find_in_forum(
        self, forum: discord.ForumChannel, recognise: Recognise, earliest: datetime
    ) -> Sent | None:
        active = [one for one in await forum.guild.active_threads() if one.parent_id == forum.id]
        if (found := await self._recognised(active, recognise, earliest)) is not None:
            return found
        # That list may be empty by mistake. The forum itself names its newest post: the second witness.
        await self._acquire()
        newest = getattr(await self._bot.fetch_channel(forum.id), "last_message_id", None)
        if newest is None or discord.utils.snowflake_time(newest) < earliest or newest in {one.id for one in active}:
            return None
        await self._acquire()
        archived = [one async for one in forum.archived_threads(limit=ARCHIVED)]
        if (found := await self._recognised(archived, recognise, earliest)) is not None:
            return found
        if newest not in {one.id for one in archived} and await self._exists(newest):
            raise PostFailed("Discord lists the forum's posts without its newest one")
        return None

    async def _recognised(self, threads: list[discord.Thread], recognise: Recognise, earliest: datetime) -> Sent | None:
        """The post among some threads that is the bot's own, not too old, and recognised."""
        for thread in threads:
            if thread.owner_id == self._me and discord.utils.snowflake_time(thread.id) >= earliest:
                await self._acquire()
                if (first := await self._first_message(thread)) is not None and recognise(first):
                    return Sent(thread.id, thread.id)
        return None

    async def _first_message(self, thread: discord.Thread) -> discord.Message | None:
        """The message that a forum's post begins with; None if it was deleted."""
        try:
            return await thread.fetch_message(thread.id)
        except discord.NotFound as error:
            if not means(error, Reason.MESSAGE_GONE, Reason.CHANNEL_GONE):
                raise
            return None

    async def _exists(self, thread_id: int) -> bool:
        try:
            await self._bot.fetch_channel(thread_id)
        except discord.NotFound as error:
            if not means(error, Reason.CHANNEL_GONE):
                raise
            return False
        return True

    async def _require_history(self, channel_id: int, guild_id: int) -> None:
        """Raise CannotPost without the permission to read a channel's history: Discord then answers with no messages,
        as it does where there are none (https://discord.com/developers/docs/resources/message#get-channel-messages).
        """
        guild = self._bot.get_guild(guild_id)
        if guild is None or guild.me is None:
            raise PostFailed("it is not known yet what the bot may do in this server")
        channel = guild.get_channel_or_thread(channel_id) or await self._bot.fetch_channel(channel_id)
        if isinstance(channel, discord.abc.PrivateChannel):
            return
        if not channel.permissions_for(guild.me).read_message_history:
            raise CannotPost(Reason.FORBIDDEN, "the bot may not read the channel's history")

    def is_forum(self, channel_id: int, guild_id: int) -> bool:
        """Whether a channel is a forum, as far as the cache knows."""
        return self._forum(channel_id, guild_id) is not None

    def has_role(self, guild_id: int, role_id: int) -> bool:
        """Whether a server has a role; True for a server that is not cached yet."""
        guild = self._bot.get_guild(guild_id)
        return guild is None or guild.unavailable or guild.get_role(role_id) is not None

    async def open_thread(self, under: Sent, guild_id: int, name: str) -> int:
        """Open a thread under a message, unless it has one, and return its id; raises CannotPost or PostFailed."""
        message = self._channel(under.channel_id, guild_id).get_partial_message(under.message_id)
        await self._acquire()
        async with self._translate_errors(guild_id):
            try:
                thread = await message.create_thread(name=fit(name, THREAD_NAME_LIMIT), auto_archive_duration=A_WEEK)
            except discord.HTTPException as error:
                if error.code != THREAD_EXISTS:
                    raise
                return under.message_id  # a message's thread has the message's own id
        return thread.id

    async def pin(self, sent: Sent, guild_id: int, instead_of: Sent | None) -> None:
        """Pin a post, in a forum its thread, in place of the one before; raises CannotPost or PostFailed."""
        if instead_of is not None:
            with suppress(PostError):  # whatever became of the last one, this one is pinned
                await self._pin(instead_of, guild_id, pinned=False)
        await self._pin(sent, guild_id, pinned=True)

    async def _pin(self, sent: Sent, guild_id: int, *, pinned: bool) -> None:
        await self._acquire()
        async with self._translate_errors(guild_id):
            if sent.channel_id == sent.message_id:  # the first message of a forum's thread has the thread's id
                await self._pin_thread(sent.channel_id, pinned=pinned)
                return
            message = self._channel(sent.channel_id, guild_id).get_partial_message(sent.message_id)
            await (message.pin() if pinned else message.unpin())
        if pinned:
            with suppress(PostError):
                await self._delete_pin_notice(sent, guild_id)

    async def _pin_thread(self, thread_id: int, *, pinned: bool) -> None:
        thread = self._bot.get_channel(thread_id) or await self._bot.fetch_channel(thread_id)
        if not isinstance(thread, discord.Thread):
            return
        closed = thread.archived
        await thread.edit(pinned=pinned, archived=False)  # Discord changes nothing of a closed thread
        if closed and not pinned:
            await thread.edit(archived=True)  # as its moderators left it

    async def _delete_pin_notice(self, sent: Sent, guild_id: int) -> None:
        """Delete the bot's own line "… pinned a message", which would be one more each week."""
        await self._acquire()
        async with self._translate_errors(guild_id):
            async for message in self._channel(sent.channel_id, guild_id).history(limit=PIN_NOTICE_WITHIN):
                about = message.reference.message_id if message.reference else None
                if message.type is discord.MessageType.pins_add and about == sent.message_id:
                    await message.delete()
                    return

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.View) -> None:
        """Give a message other buttons; raises CannotPost or PostFailed."""
        await self._acquire()
        async with self._translate_errors():
            await self._channel(channel_id).get_partial_message(message_id).edit(view=view)

    async def votes(self, poll: Sent) -> list[int]:
        """The votes for each answer of a poll, in their order; raises CannotPost or PostFailed."""
        message = await self._with_timeout(self._channel(poll.channel_id).fetch_message(poll.message_id))
        answers = message.poll.answers if message.poll else []
        return [answer.vote_count for answer in sorted(answers, key=lambda answer: answer.id)]

    async def replies(self, thread_id: int) -> int:
        """How many messages a thread has, the first one aside; raises CannotPost or PostFailed."""
        thread = await self._with_timeout(self._bot.fetch_channel(thread_id))
        return thread.message_count if isinstance(thread, discord.Thread) else 0

    async def tell(self, user_id: int | None, guild_id: int, channel_id: int, note: Note) -> None:
        """Tell an admin in a direct message, else a server in its system channel, else in the channel given.

        Any failure goes on to the next. Raises PostFailed if a further attempt at them may do, else CannotPost.
        """
        guild = self._bot.get_guild(guild_id)
        system = guild.system_channel.id if guild and guild.system_channel else None
        channels = dict.fromkeys(filter(None, (system, channel_id)))
        ways = [partial(self._tell_channel, one, guild_id, note) for one in channels]
        if user_id is not None:
            ways.insert(0, partial(self._tell_admin, user_id, guild_id, note.text))
        failures: list[PostError] = []
        for way in ways:
            try:
                await self._acquire()
                async with self._translate_errors(guild_id):
                    return await way()
            except PostError as error:
                failures.append(error)
        last = failures[-1]
        raise next((one for one in failures if one.tries is None), CannotPost(last.reason, str(last)))

    async def _tell_admin(self, user_id: int, guild_id: int, text: str) -> None:
        """Send a direct message to a member who can still change the schedule."""
        guild = self._bot.get_guild(guild_id)
        # Asked for, since without the intent for members Discord says nothing of who leaves or loses a role.
        member = await guild.fetch_member(user_id) if guild else None
        if member is None or not member.guild_permissions.manage_guild:
            raise CannotPost(Reason.ACCOUNT_GONE, "the admin no longer manages the server")
        await (await member.create_dm()).send(text, allowed_mentions=discord.AllowedMentions.none())

    async def _tell_channel(self, channel_id: int, guild_id: int, note: Note) -> None:
        message = Message(channel_id, guild_id, fit(note.content, CONTENT_LIMIT), note.title)
        if (forum := await self._forum_to_post_in(channel_id, guild_id)) is not None:
            await _post_in_forum(forum, message)
        else:
            await self._channel(channel_id, guild_id).send(message.content, allowed_mentions=message.mentions)

    async def _with_timeout(self, request: Coroutine[Any, Any, T]) -> T:
        """What a request answers within RECAP_TIMEOUT; one that takes longer goes on by itself: PostFailed."""

        async def in_turn() -> T:
            await self._acquire()
            async with self._translate_errors():
                return await request

        task = asyncio.create_task(in_turn())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(_retrieve)
        await asyncio.wait({task}, timeout=RECAP_TIMEOUT)
        if not task.done():
            raise PostFailed(f"Discord did not answer within {RECAP_TIMEOUT:.0f} seconds")
        return task.result()

    @asynccontextmanager
    async def _translate_errors(self, guild_id: int | None = None, *, private: bool = False) -> AsyncIterator[None]:
        """Discord's errors as CannotPost (a person must act) or PostFailed (another attempt may do)."""
        try:
            yield
        except (PostError, ClaimLost):
            raise
        except REQUEST_ERRORS as error:
            raise self._post_error(error, guild_id, private=private) from error
        except Exception as error:
            # Whatever was received, another attempt is made, and in the end its reason is shown.
            log.exception("Discord answered in a way that the library cannot read")
            raise PostFailed("Discord answered with something that cannot be read") from error

    def _post_error(self, error: Exception, guild_id: int | None, *, private: bool) -> PostError:
        refusal, sentence = refusal_of(error, private=private), sentence_of(error)
        if refusal is FORBIDDEN and self._is_timed_out(guild_id):
            refusal = TIMED_OUT
        if Told.HOST in refusal.told:
            log.warning("Discord refused a request for server %s (%s): %s", guild_id, refusal.reason, sentence)
        return refusal.error(sentence)

    def _is_timed_out(self, guild_id: int | None) -> bool:
        guild = self._bot.get_guild(guild_id) if guild_id else None
        return guild is not None and guild.me is not None and guild.me.is_timed_out()

    @property
    def _me(self) -> int | None:
        return self._bot.user.id if self._bot.user else None

    def _channel(self, channel_id: int, guild_id: int | None = None) -> discord.PartialMessageable:
        # Partial, so that nothing hangs on the cache: what Discord answers is the truth.
        return self._bot.get_partial_messageable(channel_id, guild_id=guild_id)

    async def _forum_to_post_in(self, channel_id: int, guild_id: int | None) -> discord.ForumChannel | None:
        """The forum that a channel is, if it is one; raises CannotPost or PostFailed.

        Asks Discord where the gateway has not described the server yet: a plain message in a forum is refused.
        """
        guild = self._bot.get_guild(guild_id) if guild_id else None
        if guild_id is None or (guild is not None and not guild.unavailable):
            return self._forum(channel_id, guild_id)
        await self._acquire()
        async with self._translate_errors(guild_id):
            channel = await self._bot.fetch_channel(channel_id)
        return channel if isinstance(channel, discord.ForumChannel) else None

    def _forum(self, channel_id: int, guild_id: int | None) -> discord.ForumChannel | None:
        # By its server: without one the library looks through all servers there are.
        guild = self._bot.get_guild(guild_id) if guild_id else None
        channel = guild.get_channel(channel_id) if guild else None
        return channel if isinstance(channel, discord.ForumChannel) else None


def usable_tags(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    """The tags of a forum that the bot may give a post."""
    return [tag for tag in forum.available_tags if not tag.moderated]


def post_tag(forum: discord.ForumChannel) -> discord.ForumTag | None:
    """The tag that a weekly prompt gets in a forum that requires one; None if it requires none, or has none to use."""
    tags = usable_tags(forum) if forum.flags.require_tag else []
    fitting = [tag for tag in tags if any(word in tag.name.casefold() for word in FITTING_TAGS)]
    neutral = [tag for tag in tags if not any(word in tag.name.casefold() for word in UNFITTING_TAGS)]
    return next(iter((*fitting, *neutral, *tags)), None)


async def _post_in_forum(forum: discord.ForumChannel, message: Message) -> discord.Message:
    if (tag := post_tag(forum)) is None and forum.flags.require_tag:
        raise CannotPost(Reason.TAG_MISSING)
    opened = await forum.create_thread(
        name=fit(message.title, THREAD_NAME_LIMIT),
        content=message.content,
        view=message.view or discord.utils.MISSING,
        auto_archive_duration=A_WEEK,
        allowed_mentions=message.mentions,
        applied_tags=[tag] if tag else [],
    )
    return opened.message


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Nobody may be waiting for what a request raised."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("A request failed: %s", error)

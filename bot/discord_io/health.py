"""What is wrong with a server's weekly prompt, and how to fix it: nothing, when all is well.

A finding is a code with values; `explain` makes the sentences. A pause that an admin chose is no finding.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import discord

from bot.discord_io.messenger import usable_tags
from bot.discord_io.refusals import fix, why
from bot.jobs import Delivery, Job, WeeklySchedule
from bot.jobs.history import recent_deliveries
from bot.jobs.records import FOLLOW_UPS
from bot.language import N_, Language
from bot.outcomes import NOTIFIED_REASONS, Reason, State

if TYPE_CHECKING:
    from bot.discord_io.bot import StudyBot

HEALTHY_WITHIN = timedelta(minutes=3)
"""How long ago the last look for due prompts may be: twice the longest tick, and a little."""
MISSED_WITHIN = timedelta(days=31)
"""For how long a week that was missed counts, unless another prompt was posted since."""
RECENT = 5
"""Posts among which missed ones are looked for: a month's."""
SLOW_DATABASE = 2.0
"""Seconds from which a database is slow: Discord waits three for an answer."""

_POST = {"view_channel": N_("View Channel"), "read_message_history": N_("Read Message History")}
NEEDED = _POST | {"send_messages": N_("Send Messages")}
"""Permissions the bot needs in a channel. It reads the history for one thing: not to post twice after a crash."""
NEEDED_FOR = {
    "thread": {"create_public_threads": N_("Create Public Threads")},
    "pin": {"pin_messages": N_("Pin Messages")},
    "poll": {"send_polls": N_("Create Polls")},
}
"""What it also needs for what follows a post."""
FORUM_NEEDED = _POST | {"send_messages": N_("Create Posts")}
FORUM_NEEDED_FOR = {
    "pin": {"manage_threads": N_("Manage Posts")},
    "poll": {"send_polls": N_("Create Polls"), "send_messages_in_threads": N_("Send Messages in Posts")},
}
"""The same in a forum, where every post is a thread, under the names that Discord shows there."""


class Check(StrEnum):
    """What can be wrong."""

    SERVER_UNAVAILABLE = "server_unavailable"
    """Discord does not tell the bot about the server, or the bot isn't in it."""
    CHANNEL_GONE = "channel_gone"
    PERMISSIONS = "permissions"
    TAG_MISSING = "tag_missing"
    TIMED_OUT = "timed_out"
    ROLE_GONE = "role_gone"
    ROLE_SILENT = "role_silent"
    """The role is shown in posts, and its members aren't notified."""
    PAUSED = "paused"
    """The prompt paused by itself. No reason is set where another finding has the same one."""
    WAITING = "waiting"
    """An attempt failed, and another one follows."""
    MISSED = "missed"
    FOLLOW_UP = "follow_up"
    """The last post has no thread, pin or poll, though it should."""
    WORKER = "worker"
    """The worker is not looking for due prompts."""
    DATABASE = "database"
    """The database is slow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. Which of the values are set depends on the check.

    `reason` and `detail` (Discord's own sentence) say why; `kind` is the kind of job; `permissions` are the names of
    those missing; `at` is when the next attempt follows, a missed prompt was due, a timeout ends, or the last look was.
    """

    check: Check
    reason: Reason | None = None
    detail: str | None = None
    kind: str = "prompt"
    permissions: tuple[str, ...] = ()
    at: datetime | None = None


async def health(bot: StudyBot, weekly: WeeklySchedule, now: datetime) -> list[Finding]:
    """Everything that is wrong with a weekly prompt, the worst first; empty when all is well. Raises StoreError."""
    began = time.perf_counter()
    recent = await bot.store.read(recent_deliveries, weekly.id, RECENT)
    slow = time.perf_counter() - began > SLOW_DATABASE
    guild = bot.get_guild(weekly.guild_id)
    found = obstacles(guild, weekly)
    return [
        *found,
        *_pause_findings(weekly, found, recent),
        *_job_findings(recent, now),
        *_role_findings(guild, weekly),
        *_worker_findings(bot.delivery.last_checked_at, now, slow=slow),
    ]


def obstacles(guild: discord.Guild | None, weekly: WeeklySchedule) -> list[Finding]:
    """What would keep the next post, or what follows it, from being posted: to be fixed before a pause ends."""
    if guild is None or guild.unavailable:
        return [Finding(Check.SERVER_UNAVAILABLE)]
    channel = guild.get_channel(weekly.channel_id)
    if channel is None:
        return [Finding(Check.CHANNEL_GONE, Reason.CHANNEL_GONE)]
    if guild.me.is_timed_out():  # which takes permissions away that nobody has to give back
        return [Finding(Check.TIMED_OUT, Reason.TIMED_OUT, at=guild.me.timed_out_until)]
    found = []
    if missing := missing_permissions(channel, weekly.follow_ups):
        found.append(Finding(Check.PERMISSIONS, Reason.FORBIDDEN, permissions=tuple(missing)))
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not usable_tags(channel):
        found.append(Finding(Check.TAG_MISSING, Reason.TAG_MISSING))
    return found


def missing_permissions(channel: discord.abc.GuildChannel, follow_ups: Collection[str]) -> list[str]:
    """The names of the permissions that the bot lacks in a channel to post and to add what follows."""
    permissions, in_forum = channel.permissions_for(channel.guild.me), isinstance(channel, discord.ForumChannel)
    needed = dict(FORUM_NEEDED if in_forum else NEEDED)
    for kind in sorted(follow_ups):
        needed |= (FORUM_NEEDED_FOR if in_forum else NEEDED_FOR).get(kind, {})
    return [name for attribute, name in needed.items() if not getattr(permissions, attribute)]


def _worker_findings(checked_at: datetime | None, now: datetime, *, slow: bool) -> Iterator[Finding]:
    if checked_at is None or now - checked_at >= HEALTHY_WITHIN:
        yield Finding(Check.WORKER, at=checked_at)
    if slow:
        yield Finding(Check.DATABASE)


def _pause_findings(
    weekly: WeeklySchedule, found: Collection[Finding], recent: Collection[Delivery]
) -> Iterator[Finding]:
    reason = weekly.pause_reason
    if reason not in (None, Reason.ADMIN_PAUSED):
        is_found = any(one.reason is reason for one in found)
        detail = next((one.post.detail for one in recent if one.post.reason is reason), None)
        yield Finding(Check.PAUSED, None if is_found else reason, detail)


def _job_findings(recent: list[Delivery], now: datetime) -> Iterator[Finding]:
    """What is wrong with the jobs since the last post, `recent` first."""
    for delivery in recent:
        yield from _of_job(delivery.post, now)
        for job in delivery.follow_ups.values():
            yield from _of_follow_up(job)
        if delivery.post.state is State.SENT:
            return


def _of_job(post: Job, now: datetime) -> Iterator[Finding]:
    if post.state is State.WAITING:
        yield from _waiting(post)
        return
    counts = post.reason in NOTIFIED_REASONS | {Reason.BOT_FLAGGED} and not post.manual
    if counts and now - post.due_at < MISSED_WITHIN:
        yield Finding(Check.MISSED, post.reason, post.detail, post.kind, at=post.due_at)


def _of_follow_up(job: Job) -> Iterator[Finding]:
    if job.state is State.WAITING:
        yield from _waiting(job)
    elif job.kind in FOLLOW_UPS and job.state is not State.SENT and job.reason not in (None, Reason.TOO_LATE):
        yield Finding(Check.FOLLOW_UP, job.reason, job.detail, job.kind)


def _waiting(job: Job) -> Iterator[Finding]:
    if job.reason is not None and job.cancelled is None and job.kind in _NOT_DONE:
        yield Finding(Check.WAITING, job.reason, job.detail, job.kind, at=job.attempt_at)


def _role_findings(guild: discord.Guild | None, weekly: WeeklySchedule) -> Iterator[Finding]:
    if weekly.role_id is None or guild is None or guild.unavailable:
        return
    role, channel = guild.get_role(weekly.role_id), guild.get_channel(weekly.channel_id)
    if role is None:
        yield Finding(Check.ROLE_GONE)
    elif channel is not None and not (role.mentionable or channel.permissions_for(guild.me).mention_everyone):
        yield Finding(Check.ROLE_SILENT)


_SENTENCES = {
    Check.SERVER_UNAVAILABLE: N_(
        "Discord isn't letting me see this server right now. Try again in a few minutes; if that doesn't help, "
        "add me to the server again."
    ),
    Check.CHANNEL_GONE: N_("The channel for the weekly prompt no longer exists. {fix}"),
    Check.PERMISSIONS: N_("Missing permissions in {channel}: {permissions}. {fix}"),
    Check.TAG_MISSING: N_("Every post in {channel} needs a tag, and there is none I can use. {fix}"),
    Check.TIMED_OUT: N_("A moderator has timed me out until {at}. {fix}"),
    Check.ROLE_GONE: N_("The role to mention was deleted, so posts mention nobody. Choose another role, or none."),
    Check.ROLE_SILENT: N_(
        "{role} is shown in posts, but its members aren't notified. Turn on *Allow anyone to @mention this role* in "
        "its settings."
    ),
    Check.PAUSED: N_("The weekly prompt paused itself: {why}. {fix} Then resume it."),
    Check.WAITING: N_("{what}: {why}. I'll try again {at}."),
    Check.MISSED: N_("The prompt for {at} wasn't posted: {why}. {fix}"),
    Check.FOLLOW_UP: N_("{what}: {why}. {fix}"),
    Check.WORKER: N_(
        "I should check for due prompts every half minute, and last did {at}. Tell the person who hosts me."
    ),
    Check.DATABASE: N_("My database is slow, so posts can be late. Tell the person who hosts me."),
}
_PAUSED_FOR_THAT = N_("The weekly prompt paused itself because of that. Resume it once it's fixed.")
_NOT_DONE = {
    "prompt": N_("The prompt isn't posted yet"),
    "thread": N_("The last post has no thread"),
    "pin": N_("The last post isn't pinned"),
    "poll": N_("The last post has no poll"),
    "notice": N_("I couldn't tell the admins about it yet"),
}


def explain(finding: Finding, weekly: WeeklySchedule, language: Language) -> str:
    """What is wrong and how to fix it, in sentences for an admin."""
    style = {Check.MISSED: "D", Check.TIMED_OUT: "f"}.get(finding.check, "R")
    values = {
        "why": why(finding.reason, language, finding.detail) if finding.reason else "",
        "fix": fix(finding.reason, language) if finding.reason else "",
        "what": language.t(_NOT_DONE[finding.kind]),
        "permissions": language.both([language.t(one) for one in finding.permissions]),
        "channel": f"<#{weekly.channel_id}>",
        "role": f"<@&{weekly.role_id}>",
        "at": discord.utils.format_dt(finding.at, style) if finding.at else language.t("never"),  # type: ignore[arg-type]
    }
    known = finding.check is not Check.PAUSED or finding.reason
    sentence = _SENTENCES[finding.check] if known else _PAUSED_FOR_THAT
    return " ".join(language.t(sentence, **values).split())

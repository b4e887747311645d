"""What follows a prompt, if an admin wants it: a thread, a pin, a poll. Each is a job of its own, so that each is done
once, is tried again by itself, and costs the post nothing. And notices to whoever set a prompt."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.catalog import Resource
from bot.catalogs import Library
from bot.jobs.attempt import (
    Attempt,
    Done,
    JobKind,
    MessageKind,
    Outcome,
    Recognise,
    Sent,
    Skip,
    library_of,
    nonce,
    post_of,
)
from bot.jobs.due import ROLE
from bot.jobs.history import delivery_before, post_of_week
from bot.jobs.prompt import SHORTEST_POLL, options_after
from bot.jobs.records import AnySchedule, Choice, History, Job, WeeklySchedule
from bot.outcomes import NOTIFIED_REASONS, Reason
from bot.schedule import next_occurrence


class _FollowUp(JobKind):
    """A request about a post that may be made twice without harm, so that nothing is looked for."""

    async def run(self, attempt: Attempt) -> Outcome:
        """Make the request, unless it is too late."""
        post = await post_of(attempt)
        if self.too_late(attempt):
            return Skip(attempt.job.reason or Reason.OFFLINE, attempt.job.detail)
        await attempt.begin()
        attempt.check()
        return await self.follow(attempt, post, _sent(post))

    @abstractmethod
    async def follow(self, attempt: Attempt, post: Job, sent: Sent) -> Done:
        """Make the request."""


class ThreadJob(_FollowUp):
    """Opens a thread under a post, called like its resource; a message that has one keeps it."""

    name = "thread"

    async def follow(self, attempt: Attempt, post: Job, sent: Sent) -> Done:
        """Open it."""
        guild_id = attempt.weekly.guild_id
        return Done(Sent(sent.channel_id, await attempt.messenger.open_thread(sent, guild_id, post.title or "")))


class PinJob(_FollowUp):
    """Pins a post in place of the one before."""

    name = "pin"

    async def follow(self, attempt: Attempt, post: Job, sent: Sent) -> Done:
        """Pin it."""
        before = await attempt.read(delivery_before, post)
        await attempt.messenger.pin(sent, attempt.weekly.guild_id, _sent(before.post) if before else None)
        return Done(sent)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll for what comes next: in which channel, between which resources of a list, closing after how long."""

    schedule: WeeklySchedule
    library: Library
    channel_id: int
    options: Sequence[Resource]
    closes_after: timedelta


class PollJob(MessageKind):
    """Asks in a poll what comes next. `render` makes the message, `recognise` knows it again."""

    name = "poll"

    def __init__(self, render: Callable[[Poll], Any], recognise: Callable[[Poll], Recognise]) -> None:
        self._render = render
        self._recognise = recognise

    async def send(self, attempt: Attempt) -> Outcome:
        """Ask; nothing if there is nothing to choose from, or no time to."""
        schedule, post = attempt.weekly, await post_of(attempt)
        library = library_of(attempt.context.catalogs, schedule)
        options: list[Resource] = []

        def choose(locked: AnySchedule, history: History) -> Choice | Reason:
            options[:] = options_after(library, schedule, history)
            return Choice(options=tuple(one.id for one in options)) if len(options) > 1 else Reason.TOO_LATE

        closes_after = next_occurrence(schedule.schedule, attempt.now) - attempt.now - SHORTEST_POLL
        begun = await attempt.begin(choose) if closes_after >= SHORTEST_POLL else Reason.TOO_LATE
        if isinstance(begun, Reason):
            return Skip(begun)
        poll = Poll(schedule, library, post.channel_id or 0, tuple(options), closes_after)
        return Done(await attempt.messenger.post(self._render(poll), nonce(attempt.job), attempt.check))

    async def found(self, attempt: Attempt, sent: Sent) -> Outcome:
        """The poll of an earlier attempt."""
        return Done(sent)

    async def look(self, attempt: Attempt, since: datetime) -> Sent | None:
        """Look for a poll with the options that an earlier attempt chose."""
        schedule, post = attempt.weekly, await post_of(attempt)
        library = library_of(attempt.context.catalogs, schedule)
        options = tuple(one for option in attempt.job.options if (one := library.catalog.get(option)) is not None)
        recognise = self._recognise(Poll(schedule, library, post.channel_id or 0, options, timedelta()))
        return await attempt.messenger.find(post.channel_id or 0, schedule.guild_id, recognise, since)

    async def has_nonce(self, attempt: Attempt) -> bool:
        """In a forum too: the poll stands in the thread."""
        return True


@dataclass(frozen=True, slots=True)
class Notice:
    """What an admin is told: that a role is gone, else that the prompt is paused (`schedule.pause_reason`), else that
    a week was lost."""

    schedule: WeeklySchedule
    lost: Job | None
    role_gone: bool = False


class NoticeJob(JobKind):
    """Tells an admin, once, what went wrong with a prompt: whoever set it, if that can be."""

    name = "notice"

    def __init__(self, render: Callable[[Notice], Any]) -> None:
        self._render = render

    def grace(self, job: Job) -> timedelta:
        """A notice is still worth sending for seven days."""
        return timedelta(days=7)

    async def run(self, attempt: Attempt) -> Outcome:
        """Tell them; nothing once it is fixed already."""
        job, notice = attempt.job, await _notice(attempt)
        if notice is None:
            return Skip(Reason.TOO_LATE)
        if self.too_late(attempt):
            return Skip(job.reason or Reason.OFFLINE, job.detail)
        await attempt.begin()
        attempt.check()
        weekly = notice.schedule
        note = self._render(notice)
        await attempt.messenger.tell(weekly.created_by, weekly.guild_id, weekly.channel_id, note)
        return Done()


async def _notice(attempt: Attempt) -> Notice | None:
    """What there still is to tell."""
    schedule, week = attempt.weekly, attempt.job.week
    if week.startswith(ROLE):
        return Notice(schedule, None, role_gone=True) if week == f"{ROLE}{schedule.role_id}" else None
    post = await attempt.read(post_of_week, schedule.id, week)
    lost = post if post and post.reason in NOTIFIED_REASONS else None
    return Notice(schedule, lost) if schedule.pause_reason or lost else None


def _sent(post: Job) -> Sent:
    """Where the message of a post is."""
    return Sent(post.channel_id or 0, post.message_id or 0)

"""A member's own reminder: their next step, unless they want none in a week in which they finished something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.catalog import Resource
from bot.catalogs import Library
from bot.errors import PostError
from bot.jobs.attempt import Attempt, Done, MessageKind, Outcome, Recognise, Sent, Skip, library_of, nonce
from bot.jobs.history import recent_deliveries
from bot.jobs.records import AnySchedule, Choice, History, Job, Reminder
from bot.outcomes import Reason, State
from bot.progress import next_step, tally
from bot.schedule import realigned

WEEK = timedelta(days=7)
CLOSED = (Reason.DM_CLOSED, Reason.ACCOUNT_GONE, Reason.CHANNEL_GONE)
"""Refusals that only the member can end. What Discord holds against the bot says nothing about them."""
RECENT = 12
"""Deliveries among which the last one that was attempted is looked for; weeks without a reminder lie between."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """What a member is reminded of: their next resource, None once the whole path is finished.

    `done` of `total` resources are finished; `late` says that it comes noticeably after the job's time.
    """

    reminder: Reminder
    library: Library
    job: Job
    resource: Resource | None
    done: int
    total: int
    late: bool


class ReminderJob(MessageKind):
    """Sends reminders. `render` makes the message, `recognise` knows a job's message again."""

    name = "reminder"

    def __init__(self, render: Callable[[DueReminder], Any], recognise: Callable[[Job, Reminder], Recognise]) -> None:
        self._render = render
        self._recognise = recognise

    async def send(self, attempt: Attempt) -> Outcome:
        """Send the member's next step, or that the path is finished, which is the last reminder."""
        job, reminder = attempt.job, _reminder(attempt)
        library, marks = (
            library_of(attempt.context.catalogs, reminder),
            await attempt.context.store.marks.of(reminder.user_id),
        )
        if not len(library.catalog):
            return Skip(Reason.EMPTY_LIST)
        if reminder.idle_only and job.send_started_at is None and _active(reminder, job, marks.values(), attempt):
            return Skip(Reason.ACTIVE_WEEK)
        finished = library.finished(marks)
        resource = library.catalog.get(job.resource_id or "") or next_step(library.catalog, finished).resource

        def choose(schedule: AnySchedule, history: History) -> Choice:
            return Choice(1, resource.id, resource.page, resource.title) if resource else Choice()

        await attempt.begin(choose)
        sums = tally(library.catalog, finished)
        step = DueReminder(reminder, library, job, resource, sums.done, sums.total, attempt.late)
        sent = await attempt.messenger.post(self._render(step), nonce(job), attempt.check)
        return Done(sent, ends=None if resource else Reason.PATH_FINISHED)

    async def found(self, attempt: Attempt, sent: Sent) -> Outcome:
        """What an earlier attempt sent."""
        return Done(sent, ends=None if attempt.job.resource_id else Reason.PATH_FINISHED)

    async def look(self, attempt: Attempt, since: datetime) -> Sent | None:
        """Look among the direct messages."""
        reminder = _reminder(attempt)
        channel_id = attempt.job.channel_id or reminder.channel_id
        return await attempt.messenger.find(channel_id, None, self._recognise(attempt.job, reminder), since)

    async def has_nonce(self, attempt: Attempt) -> bool:
        """Always."""
        return True

    async def refused(self, attempt: Attempt, error: PostError) -> tuple[Reason, Reason | None]:
        """Leave this one out. After the second in a row to closed direct messages pause: a single failure may be
        temporary; a refused direct message is never retried in a loop."""
        if error.reason not in CLOSED:
            return error.reason, None
        recent = await attempt.read(recent_deliveries, attempt.job.schedule_id, RECENT)
        attempted = (one.post for one in recent if one.post.state in (State.SENT, State.FAILED))
        before = next(attempted, None)  # one that led to an earlier pause is over, and has another reason
        if before is not None and before.reason is Reason.DM_CLOSED:
            return Reason.DM_CLOSED_AGAIN, Reason.DM_CLOSED
        return Reason.DM_CLOSED, None


def _reminder(attempt: Attempt) -> Reminder:
    assert isinstance(attempt.schedule, Reminder)  # noqa: S101 - the kind of the job says so
    return attempt.schedule


def _active(reminder: Reminder, job: Job, marked: Any, attempt: Attempt) -> bool:
    """Whether something was finished in the week before the reminder."""
    # By the calendar, not by 168 hours: a week with a change of clocks has one more or one less.
    before = realigned(reminder.schedule, job.due_at - WEEK)
    return any(before < instant <= attempt.now for instant in marked)

"""Schedules, jobs and what became of them, as the database gives them back: plain, frozen, every instant in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from bot.outcomes import Reason, State
from bot.schedule import Schedule

T = TypeVar("T")

POSTS = ("prompt", "reminder")
"""The kinds of jobs that a schedule has one of each week; the others follow these."""
FOLLOW_UPS = ("thread", "pin", "poll")
"""The kinds of jobs that may follow a prompt."""


@dataclass(frozen=True, slots=True)
class WeeklySchedule:
    """A server's weekly prompt: where, when, for whom, and the next occurrence.

    `catalog_id` names the list that it walks. While `paused_at` is set nothing is posted; `pause_reason` says why,
    `paused_by` is the admin who wanted it, `resume_at` when it ends by itself, if ever. `order` is "path", "shuffled"
    or `path.group_order` of a stage or track; round `start_round` begins at the resource `start_id`, if that is set;
    `next_id` is the resource that an admin wants posted next, and `note` what they add to that post; `thread`, `pin`
    and `poll` say whether each post opens a thread, is pinned, and is followed by a poll for what comes next.
    `created_by` is who set it, None once they asked to be forgotten. `language` is the locale of what is posted.
    """

    id: int
    guild_id: int
    catalog_id: str
    channel_id: int
    role_id: int | None
    schedule: Schedule
    language: str
    created_by: int | None
    next_at: datetime
    paused_at: datetime | None
    pause_reason: Reason | None
    paused_by: int | None
    resume_at: datetime | None
    order: str
    start_id: str | None
    start_round: int
    next_id: str | None
    note: str | None
    thread: bool
    pin: bool
    poll: bool

    @property
    def follow_ups(self) -> frozenset[str]:
        """The kinds of jobs that are to follow each post: of FOLLOW_UPS."""
        return frozenset(kind for kind in FOLLOW_UPS if getattr(self, kind))


@dataclass(frozen=True, slots=True)
class Reminder:
    """A member's own weekly reminder: to whom, through which direct-message channel, when, and the next occurrence.

    `catalog_id` names the list whose next step it tells. `idle_only` says that none is wanted in a week in which
    something was finished. While `paused_at` is set none comes; `pause_reason` says why, and `notice_pending` that the
    member was not told yet. `language` is the locale that the member had when they set it, or changed it last.
    """

    id: int
    user_id: int
    catalog_id: str
    channel_id: int
    schedule: Schedule
    language: str
    next_at: datetime
    paused_at: datetime | None
    pause_reason: Reason | None
    idle_only: bool
    notice_pending: bool


AnySchedule = WeeklySchedule | Reminder


@dataclass(frozen=True, slots=True)
class Job:
    """One message or follow-up for one week of a schedule, and its outcome.

    `kind` is "prompt", "reminder", "thread", "pin", "poll" or "notice". `week` is the ISO week ("2026-W48") of the
    occurrence `due_at`, by the calendar of the zone that the schedule had; for what an admin posts beside the rhythm it
    is "now:" and the instant. `enqueued_at` is when the row was made.

    Of a waiting job, `attempts` were begun so far, `owner` is making one now, and `attempt_at` is when the next may
    begin; `cancelled` is why there will be none. `reason` and `detail` (Discord's words, for the log) are of the last
    attempt or, at the end, of the outcome. `send_started_at` is when it was first handed to Discord, which
    may have taken it even if there is no `message_id`.

    `round` counts the walks through the path from 1; `resource_id`, `page` and `title` are of what was chosen. What
    was sent is the message `message_id` in `channel_id` (of a thread, its own id); `finished` is how many members of
    the server had finished the resource when they were last counted; `options` are a poll's answers, as resource ids.
    """

    id: int
    schedule_id: int
    week: str
    kind: str
    due_at: datetime
    enqueued_at: datetime
    state: State
    reason: Reason | None
    detail: str | None
    cancelled: Reason | None
    attempts: int
    attempt_at: datetime
    owner: str | None
    send_started_at: datetime | None
    round: int
    resource_id: str | None
    page: str | None
    title: str | None
    channel_id: int | None
    message_id: int | None
    sent_at: datetime | None
    finished: int
    options: list[str]

    @property
    def under_way(self) -> bool:
        """Whether an attempt is being made."""
        return self.owner is not None

    @property
    def manual(self) -> bool:
        """Whether an admin asked for it with `/weekly now`."""
        return self.week.startswith("now:")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A post with the jobs that follow it, by kind."""

    post: Job
    follow_ups: Mapping[str, Job] = field(default_factory=dict)


class History(NamedTuple):
    """What a schedule sent: its present walk through the path (from 1), the ids used up on it, and the last post.

    Also used: what a pending attempt chose, or one that may have reached Discord.
    """

    round: int = 1
    used: frozenset[str] = frozenset()
    last: Delivery | None = None


def built(kind: type[T], row: Any, **others: Any) -> T:
    """A row of the database as one of the classes above, whose fields are called like the columns, or are `others`."""
    names = {one.name for one in fields(kind)} - others.keys()  # type: ignore[arg-type]
    return kind(**{name: getattr(row, name) for name in names}, **others)


class Choice(NamedTuple):
    """What a job is about; nothing for a message that is about no resource. `options` are a poll's, as resource ids."""

    round: int = 1
    resource_id: str | None = None
    page: str | None = None
    title: str | None = None
    options: tuple[str, ...] = ()

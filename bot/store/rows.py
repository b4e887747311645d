"""What the store gives back: plain, frozen, every instant in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.schedule import Schedule


@dataclass(frozen=True, slots=True)
class WeeklySchedule:
    """A server's weekly prompt: where, when, for whom, and the next occurrence.

    While `paused_at` is set nothing is posted; `paused_reason` says why, `resume_at` when that ends by itself, if ever.
    `order` is "path", "shuffled" or the id of a stage or track; round `start_round` begins at the resource `start_id`,
    if that is set; `thread`, `pin` and `poll` say whether each post opens a thread, is pinned, and is followed by a
    poll for what comes next. `created_by` is who set it, None once they asked to be forgotten.
    """

    id: int
    guild_id: int
    channel_id: int
    role_id: int | None
    schedule: Schedule
    created_by: int | None
    next_at: datetime
    paused_at: datetime | None
    paused_reason: str | None
    resume_at: datetime | None
    order: str
    start_id: str | None
    start_round: int
    thread: bool
    pin: bool
    poll: bool

    @property
    def extras(self) -> frozenset[str]:
        """What is to follow each post: of "thread", "pin" and "poll"."""
        return frozenset(name for name in ("thread", "pin", "poll") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Reminder:
    """A member's own weekly reminder: to whom, through which direct-message channel, when, and the next occurrence.

    `quiet` says that none is wanted in a week in which something was finished. While `paused_at` is set none comes;
    `paused_reason` says why, and `untold` that the member was not told yet.
    """

    id: int
    user_id: int
    channel_id: int
    schedule: Schedule
    next_at: datetime
    paused_at: datetime | None
    paused_reason: str | None
    quiet: bool
    untold: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One occurrence of a schedule and what became of it.

    `state` is "claimed" (being posted, or waiting for another try), "posted", "skipped" or "failed"; `first_sent_at` is
    when it was first handed to Discord, which may have taken it even if `message_id` is None; `channel_id` and
    `posted_at` say where and when the message came. `round` counts the walks through the path from 1; `resource_id` is
    what was chosen for it. `thread_id` and `poll_id` are what followed the post; `finished` is how many members of the
    server had finished the resource when they were last counted.
    """

    schedule_id: int
    occurrence: datetime
    state: str
    attempts: int
    round: int
    resource_id: str | None
    first_sent_at: datetime | None
    message_id: int | None
    error: str | None
    channel_id: int | None
    posted_at: datetime | None
    thread_id: int | None
    poll_id: int | None
    finished: int | None


class History(NamedTuple):
    """What a schedule posted: its present walk through the path (from 1), the ids posted on it, and the last post."""

    round: int
    posted: frozenset[str]
    last: Delivery | None


class Choice(NamedTuple):
    """What is about to be sent for a delivery; `resource_id` is None for a message that is about no resource."""

    delivery: Delivery
    round: int
    resource_id: str | None

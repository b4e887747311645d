"""What the store gives back: plain, frozen, every instant in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.schedule import Schedule


@dataclass(frozen=True, slots=True)
class WeeklySchedule:
    """A server's weekly prompt: where, when, for whom, and the next occurrence.

    While `paused_at` is set nothing is posted; `paused_reason` says why, `resume_at` when that ends by itself, if ever.
    `order` is "path", "shuffled" or the id of a stage or track; round `start_round` begins at the resource `start_id`,
    if that is set; `thread` says whether each post opens one.
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


@dataclass(frozen=True, slots=True)
class Delivery:
    """One occurrence of a schedule and what became of it.

    `state` is "claimed" (being posted, or waiting for another try), "posted", "skipped" or "failed"; `first_sent_at` is
    when it was first handed to Discord, which may have taken it even if `message_id` is None; `channel_id` and
    `posted_at` say where and when the message came. `round` counts the walks through the path from 1; `resource_id` is
    what was chosen for it.
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

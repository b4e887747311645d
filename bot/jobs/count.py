"""The number on a weekly post: the presses of its Done button that count.

A press leaves the number that the post shows stale. That is written down as a job in the press's own transaction, so
that no crash loses it; presses that come while the job waits are shown together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, delete, func, select, update

from bot.catalog import Resource
from bot.catalogs import Library
from bot.jobs.attempt import TAG_IDS, Attempt, Done, JobKind, Outcome, library_of, number_of, post_of
from bot.jobs.due import job_values
from bot.jobs.records import Job, WeeklySchedule, built
from bot.outcomes import State
from bot.store.tables import insert_into, jobs, presses, schedules


class NumberedPost(NamedTuple):
    """A post, whose number is to be shown."""

    library: Library
    resource: Resource
    post: Job
    schedule: WeeklySchedule


def toggle_press(connection: Connection, guild_id: int, tag: str, user_id: int, now: datetime) -> bool | None:
    """Count a member's press on a server's post, or take it back; whether the member counts now.

    None if no post of the server carries the tag any more.
    """
    post = _tagged(connection, guild_id, tag)
    if post is None:
        return None
    mine = (presses.c.job_id == post.id, presses.c.user_id == user_id)
    counts = not connection.execute(delete(presses).where(*mine)).rowcount
    if counts:
        connection.execute(insert_into(connection, presses).values(job_id=post.id, user_id=user_id, pressed_at=now))
    number = select(func.count()).select_from(presses).where(presses.c.job_id == post.id).scalar_subquery()
    connection.execute(update(jobs).where(jobs.c.id == post.id).values(finished=number))
    _enqueue(connection, post, now)
    return counts


def _tagged(connection: Connection, guild_id: int, tag: str) -> Job | None:
    """The latest post of a server whose messages carry a tag; its schedule is locked first, as everywhere."""
    locked = select(schedules.c.id).where(schedules.c.guild_id == guild_id).with_for_update()
    schedule_id = connection.scalar(locked)
    carries = (jobs.c.schedule_id == schedule_id, jobs.c.kind == "prompt", jobs.c.id % TAG_IDS == number_of(tag))
    row = connection.execute(select(jobs).where(*carries).order_by(jobs.c.id.desc()).limit(1)).first()
    return built(Job, row) if row else None


def _enqueue(connection: Connection, post: Job, now: datetime) -> None:
    insert = insert_into(connection, jobs).values(job_values(post.schedule_id, post.week, "count", now, now))
    ended = jobs.c.state != State.WAITING
    again = {
        "due_at": now,
        "enqueued_at": now,  # an attempt that is under way began before this, and does not end the job
        "state": State.WAITING,
        "attempt_at": case((ended, now), else_=jobs.c.attempt_at),
        "attempts": case((ended, 0), else_=jobs.c.attempts),
    }
    connection.execute(insert.on_conflict_do_update(index_elements=["schedule_id", "week", "kind"], set_=again))


class CountJob(JobKind):
    """Shows the number on a post anew. `render` makes what the post is edited to."""

    name = "count"

    def __init__(self, render: Callable[[NumberedPost], Any]) -> None:
        self._render = render

    async def run(self, attempt: Attempt) -> Outcome:
        """Edit the post, unless its resource has left the list."""
        post = await post_of(attempt)
        library = library_of(attempt.context.catalogs, attempt.weekly)
        resource = library.catalog.get(post.resource_id or "")
        if resource is not None and post.message_id is not None and post.channel_id is not None:
            attempt.check()
            view = self._render(NumberedPost(library, resource, post, attempt.weekly))
            await attempt.messenger.edit(post.channel_id, post.message_id, view)
        return Done()

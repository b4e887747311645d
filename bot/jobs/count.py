"""The number on a weekly post: how many members of its server have finished the week's resource.

A mark leaves the post's number stale. That is written down as a job in the mark's own transaction, so that no crash
loses it; marks that come while it waits are shown together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, update

from bot.catalog import Resource
from bot.catalogs import Library
from bot.jobs.attempt import Attempt, Done, JobKind, Outcome, library_of, post_of
from bot.jobs.due import job_values
from bot.jobs.history import last_post_about
from bot.jobs.records import Job
from bot.outcomes import State
from bot.store.tables import insert_into, jobs


class Finished(NamedTuple):
    """How many members of a server have finished a resource; `complete` is false if there may be more."""

    number: int
    complete: bool


Count = Callable[[int, Resource], Awaitable[Finished]]
"""Counts who has finished a resource on a server, by its id; raises PostFailed if Discord cannot say."""


class NumberedPost(NamedTuple):
    """A post with the number that it is to show."""

    library: Library
    resource: Resource
    post: Job
    guild_id: int
    finished: int


def enqueue_count(connection: Connection, guild_id: int, pages: Sequence[str], now: datetime) -> bool:
    """Have a server's latest post about a resource show the number anew; whether there is such a post."""
    post = last_post_about(connection, guild_id, pages)
    if post is None:
        return False
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
    return True


def record_finished(connection: Connection, post: Job, finished: int) -> None:
    """What number a post shows."""
    connection.execute(update(jobs).where(jobs.c.id == post.id).values(finished=finished))


class CountJob(JobKind):
    """Shows the number on a post anew. `render` makes what the post is edited to."""

    name = "count"

    def __init__(self, count: Count, render: Callable[[NumberedPost], Any]) -> None:
        self._count = count
        self._render = render

    async def run(self, attempt: Attempt) -> Outcome:
        """Count, and edit the post if the number is another and is known."""
        schedule, post = attempt.weekly, await post_of(attempt)
        library = library_of(attempt.context.catalogs, schedule)
        resource = library.catalog.get(post.resource_id or "")
        if resource is None or post.message_id is None or post.channel_id is None:
            return Done()
        number, complete = await self._count(schedule.guild_id, resource)
        if number != post.finished and (complete or number > post.finished):
            numbered = NumberedPost(library, resource, post, schedule.guild_id, number)
            attempt.check()
            await attempt.messenger.edit(post.channel_id, post.message_id, self._render(numbered))
            await attempt.write(record_finished, post, number)
        return Done()

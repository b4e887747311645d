"""Who pressed Done on which weekly post: the number on it.

The functions take a connection that is in a transaction (`Store.write`).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from bot.jobs.attempt import TAG_IDS, number_of
from bot.jobs.records import Job, built
from bot.store.tables import insert_into, jobs, presses, schedules


class Counted(NamedTuple):
    """A press that was counted, or taken back: the post, and whether the member counts now."""

    post: Job
    counts: bool


def toggle(connection: Connection, guild_id: int, tag: str, user_id: int, now: datetime) -> Counted | None:
    """Count a member's press on a server's post, or take it back; None if there is no such post any more."""
    post = _tagged(connection, guild_id, tag)
    if post is None:
        return None
    mine = (presses.c.job_id == post.id, presses.c.user_id == user_id)
    counts = not connection.execute(delete(presses).where(*mine)).rowcount
    if counts:
        connection.execute(insert_into(connection, presses).values(job_id=post.id, user_id=user_id, pressed_at=now))
    number = select(func.count()).select_from(presses).where(presses.c.job_id == post.id).scalar_subquery()
    connection.execute(update(jobs).where(jobs.c.id == post.id).values(finished=number))
    return Counted(post, counts)


def _tagged(connection: Connection, guild_id: int, tag: str) -> Job | None:
    """The latest post of a server whose messages carry a tag."""
    mine = (schedules.c.guild_id == guild_id, jobs.c.kind == "prompt", jobs.c.id % TAG_IDS == number_of(tag))
    found = select(jobs).join(schedules).where(*mine).order_by(jobs.c.id.desc()).limit(1)
    row = connection.execute(found).first()
    return built(Job, row) if row else None

"""What became of the jobs: what a schedule sent, week by week. The functions take a connection and only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select

from bot.jobs.records import POSTS, Delivery, History, Job, built
from bot.outcomes import LOST, State
from bot.store.tables import WAITING, jobs

_LATEST_DUE = (jobs.c.due_at.desc(), jobs.c.id.desc())
_LATEST_FIRST = (jobs.c.sent_at.desc(), jobs.c.id.desc())

# Built once: each prompt asks all of these, and building costs more than asking.
_CHOSEN = and_(
    jobs.c.schedule_id == bindparam("of"),
    jobs.c.kind.in_(POSTS),
    jobs.c.id != bindparam("exclude"),
    or_(jobs.c.state == State.SENT, and_(WAITING, jobs.c.resource_id.is_not(None))),
)
_USED = select(jobs.c.round, jobs.c.resource_id).where(
    _CHOSEN, jobs.c.round == select(func.max(jobs.c.round)).where(_CHOSEN).scalar_subquery()
)
_LAST_WEEK = select(jobs.c.week).where(_CHOSEN, jobs.c.state == State.SENT).order_by(*_LATEST_FIRST).limit(1)
_FOLLOWS = jobs.c.kind.not_in((*POSTS, "count"))  # the number on a post is shown on it, and in no history
_LAST = select(jobs).where(
    jobs.c.schedule_id == bindparam("of"),
    jobs.c.week == _LAST_WEEK.scalar_subquery(),
    jobs.c.kind != "count",
)
_POST_OF_WEEK = select(jobs).where(
    jobs.c.schedule_id == bindparam("of"), jobs.c.week == bindparam("week"), jobs.c.kind.in_(POSTS)
)
_JOB = select(jobs).where(jobs.c.id == bindparam("id"))


def job_with(connection: Connection, job_id: int) -> Job | None:
    """The job with this id."""
    row = connection.execute(_JOB, {"id": job_id}).one_or_none()
    return built(Job, row) if row else None


def history_of(connection: Connection, schedule_id: int, *, exclude: int | None = None) -> History:
    """What a schedule sent so far; the job with the id `exclude` counts for nothing."""
    which = {"of": schedule_id, "exclude": exclude or 0}
    used = connection.execute(_USED, which).all()
    rows = connection.execute(_LAST, which).all() if used else ()
    post = next((row for row in rows if row.kind in POSTS), None)
    last = Delivery(built(Job, post), {row.kind: built(Job, row) for row in rows if row is not post}) if post else None
    return History(used[0].round if used else 1, frozenset(row.resource_id for row in used if row.resource_id), last)


def post_of_week(connection: Connection, schedule_id: int, week: str) -> Job | None:
    """The post of a week, if the week has one."""
    row = connection.execute(_POST_OF_WEEK, {"of": schedule_id, "week": week}).first()
    return built(Job, row) if row else None


def recent_deliveries(connection: Connection, schedule_id: int, limit: int) -> list[Delivery]:
    """The latest posts of a schedule with what follows them, the newest first."""
    posts = select(jobs).where(is_post(schedule_id)).order_by(*_LATEST_DUE).limit(limit)
    return _deliveries(connection, connection.execute(posts).all())


def last_missed(connection: Connection, schedule_id: int) -> Job | None:
    """The latest post of a schedule that ended, if it was missed though nobody wanted that."""
    ended = (is_post(schedule_id), jobs.c.state != State.WAITING)
    row = connection.execute(select(jobs).where(*ended).order_by(*_LATEST_DUE).limit(1)).first()
    missed = row is not None and (row.state == State.FAILED or row.reason in LOST)
    return built(Job, row) if missed else None


def delivery_before(connection: Connection, post: Job) -> Delivery | None:
    """The last message that a schedule sent before another one of its posts."""
    earlier = (is_post(post.schedule_id), jobs.c.state == State.SENT, jobs.c.id != post.id)
    posts = select(jobs).where(*earlier, jobs.c.sent_at <= post.sent_at).order_by(*_LATEST_FIRST).limit(1)
    return next(iter(_deliveries(connection, connection.execute(posts).all())), None)


def is_post(schedule_id: int) -> ColumnElement[bool]:
    """That a row of `jobs` is a post of a schedule, and not what follows one."""
    return and_(jobs.c.schedule_id == schedule_id, jobs.c.kind.in_(POSTS))


def _deliveries(connection: Connection, posts: Sequence[Row[Any]]) -> list[Delivery]:
    """Posts of one schedule, each with what follows it."""
    if not posts:
        return []
    weeks = [post.week for post in posts]
    followed = and_(jobs.c.schedule_id == posts[0].schedule_id, jobs.c.week.in_(weeks), _FOLLOWS)
    by_week: dict[str, dict[str, Job]] = {week: {} for week in weeks}
    for row in connection.execute(select(jobs).where(followed)):
        by_week[row.week][row.kind] = built(Job, row)
    return [Delivery(built(Job, post), by_week[post.week]) for post in posts]

"""The jobs: claimed, begun, and then exactly one of sent, skipped, failed, or given back for another attempt.

    enqueued ──> claimed ──> begun ──> sent (with its follow-ups enqueued) / skipped / failed
                 (lease)    (chosen)   or given back: claimed again from `attempt_at` on

A claim is an owner and a lease. On PostgreSQL the leases are of the database's clock, so that the clocks of two
processes may differ; SQLite is used by the processes of one machine, which have one clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal, or_, select, update

from bot.outcomes import LOST, NEWS, Reason, State
from bot.store.due import Due, job_values, schedule_of
from bot.store.group import GroupCommit
from bot.store.rows import POSTS, AnySchedule, Choice, Delivery, History, Job, built
from bot.store.tables import DETAIL_LIMIT, WAITING, jobs, schedules

Choose = Callable[[AnySchedule, History], Choice | Reason]
"""Chooses what a post is about, or says why there is nothing to post; called inside a transaction, so that no other
post of the schedule chooses meanwhile."""


class Begun(NamedTuple):
    """A job that may be sent from now on: its schedule as it is at that moment, and what was chosen."""

    schedule: AnySchedule
    choice: Choice


class Jobs(Due):
    """The part of the store that makes each job happen once."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._group = GroupCommit(self)

    async def claim(self, now: datetime, limit: int, *, owner: str, lease: timedelta) -> list[Job]:
        """Take at most `limit` jobs that may be attempted and that nobody is at work on, the longest waiting first.

        Of any number of owners at once exactly one gets each. After `lease` it can be claimed again: the owner may have
        died.
        """
        ready = select(jobs.c.id).where(WAITING, jobs.c.attempt_at <= now)
        ready = ready.order_by(jobs.c.attempt_at, jobs.c.id).limit(limit).with_for_update(skip_locked=True)

        def work(connection: Connection) -> list[Job]:
            free = or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= _present(connection, now))
            ids = connection.scalars(ready.where(free)).all()
            if not ids:
                return []
            lease_until = _lease(connection, now, lease)
            taken = {"owner": owner, "lease_until": lease_until, "attempts": jobs.c.attempts + 1}
            rows = connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(taken).returning(jobs))
            return sorted((built(Job, row) for row in rows), key=lambda job: (job.attempt_at, job.id))

        return await self.write(work)

    async def renew(self, job_ids: Collection[int], now: datetime, *, owner: str, lease: timedelta) -> frozenset[int]:
        """Prolong the claims on some jobs; returns the ids of those that still hold."""
        mine = update(jobs).where(jobs.c.id.in_(job_ids), jobs.c.owner == owner, WAITING).returning(jobs.c.id)

        def work(connection: Connection) -> frozenset[int]:
            return frozenset(connection.scalars(mine.values(lease_until=_lease(connection, now, lease))))

        return await self.write(work)

    async def begin(
        self, job: Job, choose: Choose, now: datetime, *, owner: str, lease: timedelta
    ) -> Begun | Reason | None:
        """Choose what a job is about, and record that it may be sent from now on; prolongs the claim.

        Committed before the message is sent: a crash between the two is then known to have been possible. Returns
        the reason if there is nothing to send, None if nothing may be sent: the claim was lost, or the schedule paused
        or removed.
        """

        def work(connection: Connection) -> Begun | Reason | None:
            row = _locked_schedule(connection, job)
            if row is None:
                return None
            schedule = schedule_of(row)
            chosen = choose(schedule, _history(connection, job.schedule_id, besides=job.id))
            if isinstance(chosen, Reason):
                return chosen
            started = func.coalesce(jobs.c.send_started_at, literal(now, jobs.c.send_started_at.type))
            values = {"send_started_at": started, "lease_until": _lease(connection, now, lease), **chosen._asdict()}
            values |= {"channel_id": schedule.channel_id} if job.kind in POSTS else {}
            holds = update(jobs).where(_held(job, owner), jobs.c.cancelled.is_(None))
            return Begun(schedule, chosen) if connection.execute(holds.values(values)).rowcount else None

        return await self._group.write(work, job.schedule_id)

    async def record_sent(
        self,
        job: Job,
        *,
        now: datetime,
        channel_id: int | None = None,
        message_id: int | None = None,
        finished: int = 0,
        follow_ups: Iterable[str] = (),
        ends: Reason | None = None,
    ) -> bool:
        """The message is there: record it, enqueue what follows it, and pause the schedule if it `ends` with it.

        It is there whoever has the claim by now, so an attempt that was overtaken is recorded too. False if another
        attempt was recorded before, or the schedule is gone.
        """
        values = {"channel_id": channel_id, "message_id": message_id, "sent_at": now, "finished": finished}

        def work(connection: Connection) -> bool:
            if _locked_schedule(connection, job) is None:
                return False
            if not _end(connection, and_(jobs.c.id == job.id, WAITING), State.SENT, None, values):
                return False
            if new := [job_values(job.schedule_id, job.week, kind, now, now) for kind in follow_ups]:
                connection.execute(self._insert(jobs).values(new).on_conflict_do_nothing())
            if ends is not None:
                self.pause_itself(connection, job.schedule_id, job.week, ends, now, tell=False)
            return True

        return await self._group.write(work, job.schedule_id)

    async def record_skipped(self, job: Job, reason: Reason, detail: str | None, now: datetime, *, owner: str) -> bool:
        """The job is given up. A notice to whoever set a lost prompt is enqueued. False if the claim was lost."""

        def work(connection: Connection) -> bool:
            row = _locked_schedule(connection, job)
            if row is None:
                return False
            news = reason in NEWS and (reason in LOST or _last_reason(connection, job) != reason)
            skipped = _end(connection, _held(job, owner), State.SKIPPED, reason, {"detail": _cut(detail)})
            if skipped and news and job.kind == "prompt" and not job.manual:
                self.enqueue_notice(connection, job.schedule_id, job.week, now)
            return skipped

        return await self.write(work)

    async def record_failed(
        self, job: Job, reason: Reason, detail: str | None, now: datetime, *, owner: str, pauses: Reason | None = None
    ) -> bool:
        """Discord refused it, and will again; `pauses` is why the schedule pauses with it. False if the claim was lost.

        A notice of the pause is enqueued.
        """

        def work(connection: Connection) -> bool:
            row = _locked_schedule(connection, job)
            if row is None:
                return False
            failed = _end(connection, _held(job, owner), State.FAILED, reason, {"detail": _cut(detail)})
            if failed and pauses is not None and row.paused_at is None:
                self.pause_itself(connection, job.schedule_id, job.week, pauses, now)
            return failed

        return await self.write(work)

    async def release(
        self, job: Job, reason: Reason | None, detail: str | None, *, owner: str, attempt_at: datetime
    ) -> bool:
        """This attempt failed: give the claim back, to be taken again from `attempt_at` on. False if it was lost."""
        values = {"owner": None, "lease_until": None, "attempt_at": attempt_at, "detail": _cut(detail)}
        values |= {"reason": reason} if reason else {}
        statement = update(jobs).where(_held(job, owner)).values(values)
        return await self.write(lambda connection: connection.execute(statement).rowcount > 0)

    async def record_finished(self, message_id: int, finished: int) -> None:
        """How many members of its server have finished what a post is about."""
        statement = update(jobs).where(jobs.c.message_id == message_id).values(finished=finished)
        await self.write(lambda connection: connection.execute(statement))

    # What happened

    async def job(self, job_id: int) -> Job | None:
        """The job with this id."""
        statement = select(jobs).where(jobs.c.id == job_id)
        row = await self.look_up(lambda connection: connection.execute(statement).one_or_none())
        return built(Job, row) if row else None

    async def history(self, schedule_id: int, *, besides: int | None = None) -> History:
        """What a schedule sent so far; the job `besides` counts for nothing."""
        return await self.read(lambda connection: _history(connection, schedule_id, besides))

    async def delivery(self, schedule_id: int, week: str) -> Delivery | None:
        """The post of a week with what follows it, if the week has one."""
        posts = select(jobs).where(_is_post(schedule_id), jobs.c.week == week)
        found = await self.read(lambda connection: _deliveries(connection, connection.execute(posts).all()))
        return found[0] if found else None

    async def recent(self, schedule_id: int, limit: int) -> list[Delivery]:
        """The latest posts of a schedule with what follows them, the newest first."""
        posts = select(jobs).where(_is_post(schedule_id)).order_by(jobs.c.due_at.desc(), jobs.c.id.desc()).limit(limit)
        return await self.read(lambda connection: _deliveries(connection, connection.execute(posts).all()))

    async def post_before(self, post: Job) -> Delivery | None:
        """The last message that a schedule sent before another one of its posts."""
        earlier = (_is_post(post.schedule_id), jobs.c.state == State.SENT, jobs.c.id != post.id)
        posts = select(jobs).where(*earlier, jobs.c.sent_at <= post.sent_at).order_by(*_LATEST_FIRST).limit(1)
        found = await self.read(lambda connection: _deliveries(connection, connection.execute(posts).all()))
        return found[0] if found else None

    async def last_post_about(self, guild_id: int, pages: Collection[str]) -> Job | None:
        """A server's latest post about a resource with any of some pages."""
        its = and_(schedules.c.guild_id == guild_id, jobs.c.schedule_id == schedules.c.id)
        about = and_(jobs.c.page.in_(pages), jobs.c.state == State.SENT, jobs.c.kind == "prompt")
        statement = select(jobs).join(schedules, its).where(about).order_by(*_LATEST_FIRST).limit(1)
        row = await self.read(lambda connection: connection.execute(statement).one_or_none())
        return built(Job, row) if row else None


_LATEST_FIRST = (jobs.c.sent_at.desc(), jobs.c.id.desc())

# Built once: each prompt asks all of these, and building costs more than asking.
_LOCKED = select(schedules).where(schedules.c.id == bindparam("id")).with_for_update()
_CHOSEN = and_(
    jobs.c.schedule_id == bindparam("of"),
    jobs.c.kind.in_(POSTS),
    jobs.c.id != bindparam("besides"),
    or_(jobs.c.state == State.SENT, and_(WAITING, jobs.c.resource_id.is_not(None))),
)
_USED = select(jobs.c.round, jobs.c.resource_id).where(
    _CHOSEN, jobs.c.round == select(func.max(jobs.c.round)).where(_CHOSEN).scalar_subquery()
)
_LAST_WEEK = select(jobs.c.week).where(_CHOSEN, jobs.c.state == State.SENT).order_by(*_LATEST_FIRST).limit(1)
_LAST = select(jobs).where(jobs.c.schedule_id == bindparam("of"), jobs.c.week == _LAST_WEEK.scalar_subquery())


def _present(connection: Connection, now: datetime) -> Any:
    """The instant by which leases are judged."""
    kind = jobs.c.lease_until.type
    return func.clock_timestamp(type_=kind) if connection.dialect.name == "postgresql" else literal(now, kind)


def _lease(connection: Connection, now: datetime, lease: timedelta) -> Any:
    return func.clock_timestamp() + lease if connection.dialect.name == "postgresql" else now + lease


def _locked_schedule(connection: Connection, job: Job) -> Row[Any] | None:
    """The schedule of a job: first it, then the job, as everywhere, or two transactions could wait for each other."""
    return connection.execute(_LOCKED, {"id": job.schedule_id}).one_or_none()


def _held(job: Job, owner: str) -> ColumnElement[bool]:
    """That a claim holds: one whose lease ran out holds until somebody else claims the job."""
    return and_(jobs.c.id == job.id, jobs.c.owner == owner, jobs.c.attempts == job.attempts, WAITING)


def _end(
    connection: Connection,
    which: ColumnElement[bool],
    state: State,
    reason: Reason | None,
    values: dict[str, Any],
) -> bool:
    ended = {"state": state, "reason": reason, "detail": None, "owner": None, "lease_until": None} | values
    return connection.execute(update(jobs).where(which).values(ended)).rowcount > 0


def _last_reason(connection: Connection, job: Job) -> str | None:
    """How the post before a job ended."""
    before = select(jobs.c.reason).where(_is_post(job.schedule_id), jobs.c.due_at < job.due_at)
    return connection.scalar(before.order_by(jobs.c.due_at.desc()).limit(1))


def _history(connection: Connection, schedule_id: int, besides: int | None = None) -> History:
    which = {"of": schedule_id, "besides": besides or 0}
    used = connection.execute(_USED, which).all()
    rows = connection.execute(_LAST, which).all() if used else ()
    post = next((row for row in rows if row.kind in POSTS), None)
    last = Delivery(built(Job, post), {row.kind: built(Job, row) for row in rows if row is not post}) if post else None
    return History(used[0].round if used else 1, frozenset(row.resource_id for row in used if row.resource_id), last)


def _deliveries(connection: Connection, posts: Sequence[Row[Any]]) -> list[Delivery]:
    """Posts of one schedule, each with what follows it."""
    if not posts:
        return []
    weeks = [post.week for post in posts]
    followed = and_(jobs.c.schedule_id == posts[0].schedule_id, jobs.c.week.in_(weeks), jobs.c.kind.not_in(POSTS))
    by_week: dict[str, dict[str, Job]] = {week: {} for week in weeks}
    for row in connection.execute(select(jobs).where(followed)):
        by_week[row.week][row.kind] = built(Job, row)
    return [Delivery(built(Job, post), by_week[post.week]) for post in posts]


def _is_post(schedule_id: int) -> ColumnElement[bool]:
    return and_(jobs.c.schedule_id == schedule_id, jobs.c.kind.in_(POSTS))


def _cut(detail: str | None) -> str | None:
    return detail[:DETAIL_LIMIT] if detail else None

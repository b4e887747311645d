"""The queue of jobs: claimed, begun, and then exactly one of sent, skipped, failed, or given back for another attempt.

    enqueued ──> claimed ──> begun ──> sent (with its follow-ups enqueued) / skipped / failed
                 (lease)    (chosen)   or given back: claimed again from `attempt_at` on

A claim is an owner and a lease. On PostgreSQL the leases are of the database's clock, so that the clocks of two
processes may differ; SQLite is used by the processes of one machine, which have one clock.
The functions take a connection that is in a transaction (`Store.write`). First the schedule is locked, then the job,
as everywhere (see `bot.store`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal, or_, select, update

from bot.jobs.due import changed, enqueue_notice, job_values, pause_itself, schedule_of, shard_of
from bot.jobs.history import history_of, is_post
from bot.jobs.records import POSTS, AnySchedule, Choice, History, Job, built
from bot.outcomes import LOST, NOTIFIED_REASONS, Reason, State
from bot.shards import Shards
from bot.store.tables import DETAIL_LIMIT, WAITING, insert_into, jobs, schedules

Choose = Callable[[AnySchedule, History], Choice | Reason]
"""Chooses what a post is about, or says why there is nothing to post; called inside a transaction, so that no other
post of the schedule chooses meanwhile."""

_LOCKED = select(schedules).where(schedules.c.id == bindparam("id")).with_for_update()


class Begun(NamedTuple):
    """A job that may be sent from now on: its schedule as it is at that moment, and what was chosen."""

    schedule: AnySchedule
    choice: Choice


def claim(
    connection: Connection, now: datetime, limit: int, *, owner: str, lease: timedelta, shards: Shards | None = None
) -> list[Job]:
    """Take at most `limit` jobs that may be attempted and that nobody is at work on, the longest waiting first.

    Of any number of owners at once exactly one gets each. After `lease` it can be claimed again: the owner may have
    died.
    """
    free = or_(
        jobs.c.lease_until.is_(None),
        jobs.c.lease_until <= _present(connection, now),
        jobs.c.lease_until > _lease(connection, now, 2 * lease),  # set by a clock that was ahead
    )
    ready = select(jobs.c.id).where(WAITING, jobs.c.attempt_at <= now, free, *_owned(shards))
    ready = ready.order_by(jobs.c.attempt_at, jobs.c.id).limit(limit)
    ids = connection.scalars(ready.with_for_update(skip_locked=True)).all()
    if not ids:
        return []
    lease_until = _lease(connection, now, lease)
    taken = {"owner": owner, "lease_until": lease_until, "attempts": jobs.c.attempts + 1}
    rows = connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(taken).returning(jobs))
    return sorted((built(Job, row) for row in rows), key=lambda job: (job.attempt_at, job.id))


def claim_with_schedules(
    connection: Connection, now: datetime, limit: int, *, owner: str, lease: timedelta, shards: Shards | None = None
) -> list[tuple[Job, AnySchedule]]:
    """Claim jobs, each with its schedule as it is now."""
    claimed = claim(connection, now, limit, owner=owner, lease=lease, shards=shards)
    if not claimed:
        return []
    rows = connection.execute(select(schedules).where(schedules.c.id.in_({job.schedule_id for job in claimed})))
    by_id = {row.id: schedule_of(row) for row in rows}
    return [(job, by_id[job.schedule_id]) for job in claimed]


def renew(
    connection: Connection, job_ids: Collection[int], now: datetime, *, owner: str, lease: timedelta
) -> frozenset[int]:
    """Prolong the claims on some jobs; returns the ids of those that still hold."""
    mine = select(jobs.c.id).where(jobs.c.id.in_(job_ids), jobs.c.owner == owner, WAITING)
    # An UPDATE alone would lock them in the order in which the database happens to find them.
    held = frozenset(connection.scalars(mine.order_by(jobs.c.id).with_for_update()))
    if held:
        connection.execute(update(jobs).where(jobs.c.id.in_(held)).values(lease_until=_lease(connection, now, lease)))
    return held


def begin(
    connection: Connection, job: Job, choose: Choose | None, now: datetime, *, owner: str, lease: timedelta
) -> Begun | Reason | None:
    """Choose what a job is about, if anything, and record that it may be sent from now on; prolongs the claim.

    Committed before the message is sent: a crash between the two is then known to have been possible. Returns the
    reason if there is nothing to send, None if nothing may be sent: the claim was lost, or the schedule paused or
    removed.
    """
    row = _locked_schedule(connection, job)
    if row is None:
        return None
    schedule = schedule_of(row)
    chosen = choose(schedule, history_of(connection, job.schedule_id, exclude=job.id)) if choose else Choice()
    if isinstance(chosen, Reason):
        return chosen
    started = func.coalesce(jobs.c.send_started_at, literal(now, jobs.c.send_started_at.type))
    values = {"send_started_at": started, "lease_until": _lease(connection, now, lease), **chosen._asdict()}
    values |= {"channel_id": schedule.channel_id} if job.kind in POSTS else {}
    holds = update(jobs).where(_held(job, owner), jobs.c.cancelled.is_(None))
    return Begun(schedule, chosen) if connection.execute(holds.values(values)).rowcount else None


def record_sent(
    connection: Connection,
    job: Job,
    *,
    now: datetime,
    channel_id: int | None = None,
    message_id: int | None = None,
    finished: int = 0,
    follow_ups: Iterable[str] = (),
    ends: Reason | None = None,
    notice: str | None = None,
) -> bool:
    """The message is there: record it, enqueue what follows it, and pause the schedule if it `ends` with it.

    `notice` is the key of a notice to enqueue, unless there was one with that key before.

    It is there whoever has the claim by now, so an attempt that was overtaken is recorded too. False if another
    attempt was recorded before, the job was enqueued anew meanwhile, or the schedule is gone.
    """
    values = {"channel_id": channel_id, "message_id": message_id, "sent_at": now, "finished": finished}
    if _locked_schedule(connection, job) is None:
        return False
    which = and_(jobs.c.id == job.id, jobs.c.enqueued_at == job.enqueued_at, WAITING)
    if not _end(connection, which, State.SENT, None, values):
        return False
    if new := [job_values(job.schedule_id, job.week, kind, now, now) for kind in sorted(follow_ups)]:
        connection.execute(insert_into(connection, jobs).values(new).on_conflict_do_nothing())
    if job.kind == "prompt":
        used_up = update(schedules).where(schedules.c.id == job.schedule_id)
        connection.execute(used_up.values(next_id=None, note=None))
    if notice is not None:
        enqueue_notice(connection, job.schedule_id, notice, now)
    if ends is not None:
        pause_itself(connection, job.schedule_id, job.week, ends, now, tell=False)
    return True


def record_skipped(
    connection: Connection, job: Job, reason: Reason, detail: str | None, now: datetime, *, owner: str
) -> bool:
    """The job is given up. A notice to whoever set a lost prompt is enqueued. False if the claim was lost."""
    if _locked_schedule(connection, job) is None:
        return False
    notifies = _notifies(connection, job, reason)
    skipped = _end(connection, _held(job, owner), State.SKIPPED, reason, {"detail": _cut(detail)})
    if skipped and notifies:
        _notify(connection, job, now)
    return skipped


def record_failed(
    connection: Connection,
    job: Job,
    reason: Reason,
    detail: str | None,
    now: datetime,
    *,
    owner: str,
    pauses: Reason | None = None,
) -> bool:
    """Discord refused it, and will again; `pauses` is why the schedule pauses with it. False if the claim was lost.

    A notice of the pause, or of the lost week, is enqueued.
    """
    row = _locked_schedule(connection, job)
    if row is None:
        return False
    notifies = _notifies(connection, job, reason)
    failed = _end(connection, _held(job, owner), State.FAILED, reason, {"detail": _cut(detail)})
    if failed and pauses is not None and row.paused_at is None:
        pause_itself(connection, job.schedule_id, job.week, pauses, now)
    elif failed and notifies:
        _notify(connection, job, now)
    return failed


def release(
    connection: Connection,
    job: Job,
    reason: Reason | None,
    detail: str | None,
    *,
    owner: str,
    attempt_at: datetime,
    untaken: bool = False,
) -> bool:
    """This attempt failed: give the claim back, to be taken again from `attempt_at` on. False if it was lost.

    `untaken` says that Discord surely has nothing of this attempt; if it has nothing of an earlier one either, the job
    is as if it had never been handed to Discord.
    """
    values = {"owner": None, "lease_until": None, "attempt_at": attempt_at, "detail": _cut(detail)}
    values |= {"reason": reason} if reason else {}
    values |= {"send_started_at": None} if untaken and job.send_started_at is None else {}
    return connection.execute(update(jobs).where(_held(job, owner)).values(values)).rowcount > 0


def _owned(shards: Shards | None) -> tuple[ColumnElement[bool], ...]:
    """The condition under which a job belongs to a process with some shards: its schedule does.

    Asked for each row, so that the rows still come in the order of their index.
    """
    if shards is None:
        return ()
    shard = select(shard_of(shards)).where(schedules.c.id == jobs.c.schedule_id).scalar_subquery()
    return (shard.in_(shards.ids),)


def _present(connection: Connection, now: datetime) -> Any:
    """The instant by which leases are judged."""
    kind = jobs.c.lease_until.type
    return func.clock_timestamp(type_=kind) if connection.dialect.name == "postgresql" else literal(now, kind)


def _lease(connection: Connection, now: datetime, lease: timedelta) -> Any:
    return func.clock_timestamp() + lease if connection.dialect.name == "postgresql" else now + lease


def _locked_schedule(connection: Connection, job: Job) -> Row[Any] | None:
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


def _notifies(connection: Connection, job: Job, reason: Reason) -> bool:
    """Whether somebody is told that a job ended for a reason: of one that lasts, in its first week alone."""
    notified = NOTIFIED_REASONS | ({Reason.BOT_FLAGGED} if job.kind == "reminder" else set())
    if reason not in notified or job.kind not in POSTS or job.manual:
        return False
    return reason in LOST or _last_reason(connection, job) != reason


def _notify(connection: Connection, job: Job, now: datetime) -> None:
    """Have the admin told, or the member when they next use the bot."""
    if job.kind == "prompt":
        enqueue_notice(connection, job.schedule_id, job.week, now)
    else:
        changed(connection, job.schedule_id, {"notice_pending": True})


def _last_reason(connection: Connection, job: Job) -> str | None:
    """How the post before a job ended."""
    before = select(jobs.c.reason).where(is_post(job.schedule_id), jobs.c.due_at < job.due_at)
    return connection.scalar(before.order_by(jobs.c.due_at.desc()).limit(1))


def _cut(detail: str | None) -> str | None:
    return detail[:DETAIL_LIMIT] if detail else None

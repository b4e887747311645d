"""The schedules of the servers: set, changed, paused, skipped, forgotten.

Every change first turns what is due into jobs (`due.settle`), by the rule that was in force. The functions take a
connection that is in a transaction: `await store.write(schedules.pause, guild_id, by=admin, now=now)`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, update

from bot.jobs.due import (
    GRACE,
    MOMENT,
    NO_SUCH_ZONE,
    RUNNING,
    changed,
    paused,
    post_values,
    resume_row,
    rule_of,
    settle,
    weeks_taken,
)
from bot.jobs.records import POSTS, WeeklySchedule, built
from bot.outcomes import Reason, State
from bot.schedule import Schedule, first_free, next_occurrence, week_of
from bot.store.tables import insert_into, jobs, schedules

_LEFT_OUT = (jobs.c.kind == "prompt", jobs.c.state == State.SKIPPED, jobs.c.reason == Reason.ADMIN_SKIPPED)

_OF_GUILD = select(schedules).where(schedules.c.guild_id == bindparam("guild_id"))
_LOCKED = _OF_GUILD.with_for_update()


def put(
    connection: Connection,
    *,
    guild_id: int,
    catalog_id: str,
    channel_id: int,
    role_id: int | None,
    schedule: Schedule,
    created_by: int,
    now: datetime,
    language: str | None = None,
    order: str | None = None,
    start_id: str | None = None,
    thread: bool | None = None,
    pin: bool | None = None,
    poll: bool | None = None,
) -> WeeklySchedule:
    """Set a server's schedule, or change it; returns it with its next occurrence.

    The options of each prompt that are None stay; a new walk begins at `start_id`. A week that has its prompt, or was
    left out, gets no second one by a change. A change ends an automatic pause; a pause set by an admin stays.
    """
    given = {"language": language, "order": order, "start_id": start_id, "thread": thread, "pin": pin, "poll": poll}
    values = {
        "catalog_id": catalog_id,
        "channel_id": channel_id,
        "role_id": role_id,
        "created_by": created_by,
        "left_at": None,
        **rule_values(schedule),
        **{name: value for name, value in given.items() if value is not None},
    }
    row = _locked(connection, guild_id)
    if row is None:
        new = values | {"guild_id": guild_id, "created_at": now, "next_at": next_occurrence(schedule, now)}
        # Nothing if another was first: its row is changed below.
        connection.execute(insert_into(connection, schedules).values(new).on_conflict_do_nothing())
        row = connection.execute(_LOCKED, {"guild_id": guild_id}).one()
    lasts = row.pause_reason == Reason.ADMIN_PAUSED
    values |= {"next_at": moved(connection, row, schedule, now, keeps_pause=lasts)}
    if start_id is not None:
        values["start_round"] = _latest_round(connection, row.id) + 1
    return _weekly(changed(connection, row.id, values | ({} if lasts else RUNNING)))


def moved(
    connection: Connection, row: Row[Any], schedule: Schedule, now: datetime, *, keeps_pause: bool = False
) -> datetime:
    """The next occurrence of a schedule that takes the place of the one in `row`, whose due weeks are settled."""
    old = rule_of(row)
    running = keeps_pause or row.paused_at is None
    if old == schedule and running:
        return row.next_at  # type: ignore[no-any-return]
    settle(connection, [row], now)
    return first_free(schedule, now, weeks_taken(connection, [row.id], now)[row.id], _known_zone(old))


def of_guild(connection: Connection, guild_id: int) -> WeeklySchedule | None:
    """A server's schedule, if it has one."""
    row = connection.execute(_OF_GUILD, {"guild_id": guild_id}).one_or_none()
    return _weekly(row) if row else None


def remove(connection: Connection, guild_id: int) -> bool:
    """Forget a server's schedule with its jobs; whether there was one."""
    return connection.execute(delete(schedules).where(schedules.c.guild_id == guild_id)).rowcount > 0


def pause(
    connection: Connection, guild_id: int, *, by: int, now: datetime, resume_at: datetime | None = None
) -> WeeklySchedule | None:
    """Post nothing until `resume`, or until `resume_at`; returns the schedule, None if the server has none.

    A prompt that is due and not sent yet is left out.
    """
    row = _locked(connection, guild_id)
    if row is None:
        return None
    settle(connection, [row], now)
    _cancel(connection, row.id, Reason.PAUSED)
    pause = paused(now, Reason.ADMIN_PAUSED) | {"paused_by": by, "resume_at": resume_at}
    return _weekly(changed(connection, row.id, pause))


def resume(connection: Connection, guild_id: int, now: datetime) -> WeeklySchedule | None:
    """End a pause; what was due during it stays out. Returns the schedule, None if the server has none."""
    row = _locked(connection, guild_id)
    if row is None or row.paused_at is None:
        return _weekly(row) if row else None
    return _weekly(resume_row(connection, row, now))


def plan_post(connection: Connection, guild_id: int, /, **plan: str | None) -> WeeklySchedule | None:
    """Change what the next post is about (`next_id`) or what an admin adds to it (`note`); None takes that back.

    Both are used up when a prompt is sent. Returns the schedule, None if the server has none.
    """
    row = _locked(connection, guild_id)
    return _weekly(changed(connection, row.id, plan)) if row else None


def skip_next(connection: Connection, guild_id: int, now: datetime) -> tuple[WeeklySchedule, datetime | None] | None:
    """Leave out the next prompt: the one that waits for another attempt, else the next occurrence.

    Returns the schedule and the instant at which the prompt was due, None for one that is being posted right now;
    None alone if the server has no schedule.
    """
    row = _locked(connection, guild_id)
    if row is None:
        return None
    settle(connection, [row], now)
    current = connection.execute(_waiting_post(row.id)).one_or_none()
    row = changed(connection, row.id, {})
    if current is not None:
        under_way = current.owner is not None and current.lease_until > now
        if not under_way:
            _cancel(connection, row.id, Reason.ADMIN_SKIPPED, only=current.id)
        return _weekly(row), None if under_way else current.due_at
    skipped = post_values(row, row.next_at, now, State.SKIPPED, Reason.ADMIN_SKIPPED)
    connection.execute(insert_into(connection, jobs).values(skipped).on_conflict_do_nothing())
    taken = weeks_taken(connection, [row.id], now)[row.id]
    following = first_free(rule_of(row), row.next_at, taken)
    return _weekly(changed(connection, row.id, {"next_at": following})), row.next_at


def skipped_ahead(connection: Connection, guild_id: int, now: datetime) -> list[datetime]:
    """The prompts still to come that an admin has left out, by the instants at which they would be due."""
    statement = (
        select(jobs.c.due_at)
        .join(schedules, schedules.c.id == jobs.c.schedule_id)
        .where(schedules.c.guild_id == guild_id, jobs.c.due_at > now, *_LEFT_OUT)
        .order_by(jobs.c.due_at)
    )
    return list(connection.scalars(statement))


def undo_skip(connection: Connection, guild_id: int, due_at: datetime, now: datetime) -> WeeklySchedule | None:
    """Have a prompt posted after all that an admin had left out and that is still to come.

    Returns the schedule; None if there is none, or nothing to undo any more.
    """
    row = _locked(connection, guild_id)
    if row is None or due_at <= now:
        return None
    left_out = delete(jobs).where(jobs.c.schedule_id == row.id, jobs.c.due_at == due_at, *_LEFT_OUT)
    if not connection.execute(left_out).rowcount:
        return None
    taken = weeks_taken(connection, [row.id], now)[row.id]
    return _weekly(changed(connection, row.id, {"next_at": first_free(rule_of(row), now, taken)}))


# Servers that the bot is no longer in


def guilds_served(connection: Connection) -> frozenset[int]:
    """The servers that have a schedule and, as far as is known, the bot."""
    served = select(schedules.c.guild_id).where(schedules.c.left_at.is_(None), schedules.c.guild_id.is_not(None))
    return frozenset(connection.scalars(served))


def guilds_left(connection: Connection) -> frozenset[int]:
    """The servers that removed the bot, and whose schedules are not forgotten yet."""
    return frozenset(connection.scalars(select(schedules.c.guild_id).where(schedules.c.left_at.is_not(None))))


def mark_left(connection: Connection, guild_id: int, now: datetime) -> None:
    """The bot was removed from a server: pause its schedule, and remember since when."""
    row = _locked(connection, guild_id)
    if row is not None:
        settle(connection, [row], now)
        _cancel(connection, row.id, Reason.BOT_REMOVED)
        changed(connection, row.id, paused(now, Reason.BOT_REMOVED) | {"left_at": now})


def mark_returned(connection: Connection, guild_id: int, now: datetime) -> None:
    """The bot is in a server again, or was all the time: the pause that came of its absence ends.

    What came due meanwhile comes late if it is not too late for it; the weeks before stay out.
    """
    row = _locked(connection, guild_id)
    if row is None or row.left_at is None:
        return
    if row.pause_reason == Reason.BOT_REMOVED:
        resume_row(connection, row, max(row.left_at, now - GRACE) - MOMENT)
    else:
        changed(connection, row.id, {"left_at": None})


def forget_left(connection: Connection, before: datetime) -> int:
    """Forget the schedules, with their jobs, of servers left before an instant; returns how many."""
    left = select(schedules.c.id).where(schedules.c.left_at < before)
    ids = connection.scalars(left.with_for_update(skip_locked=True)).all()
    return connection.execute(delete(schedules).where(schedules.c.id.in_(ids))).rowcount if ids else 0


def rule_values(schedule: Schedule) -> dict[str, Any]:
    """The columns that hold a day, time and zone."""
    return {"weekday": schedule.weekday, "time": f"{schedule.time:%H:%M}", "zone": schedule.zone}


def _locked(connection: Connection, guild_id: int) -> Row[Any] | None:
    return connection.execute(_LOCKED, {"guild_id": guild_id}).one_or_none()


def _cancel(connection: Connection, schedule_id: int, reason: Reason, *, only: int | None = None) -> None:
    """Have no further attempt made at the posts of a schedule that wait for one, or `only` at the one with this id.

    What was sent before is still found.
    """
    waiting = (jobs.c.schedule_id == schedule_id, jobs.c.state == State.WAITING, jobs.c.kind.in_(POSTS))
    statement = update(jobs).where(*waiting, jobs.c.cancelled.is_(None))
    if only is not None:
        statement = statement.where(jobs.c.id == only)
    connection.execute(statement.values(cancelled=reason, attempt_at=jobs.c.enqueued_at))


def _waiting_post(schedule_id: int) -> Select[Any]:
    """The first scheduled prompt that waits for an attempt, if there is one."""
    waiting = select(jobs).where(
        jobs.c.schedule_id == schedule_id,
        jobs.c.state == State.WAITING,
        jobs.c.kind.in_(POSTS),
        jobs.c.cancelled.is_(None),
        jobs.c.week.not_like("now:%"),
    )
    return waiting.order_by(jobs.c.due_at).limit(1)


def _latest_round(connection: Connection, schedule_id: int) -> int:
    """The latest walk that anything was chosen for; 0 if nothing was yet."""
    chosen = (jobs.c.schedule_id == schedule_id, jobs.c.resource_id.is_not(None))
    return connection.scalar(select(func.max(jobs.c.round)).where(*chosen)) or 0


def _known_zone(schedule: Schedule) -> str | None:
    try:
        week_of(schedule, datetime.min.replace(year=2000, tzinfo=UTC))
    except NO_SUCH_ZONE:
        return None
    return schedule.zone


def _weekly(row: Row[Any]) -> WeeklySchedule:
    return built(WeeklySchedule, row, schedule=rule_of(row))

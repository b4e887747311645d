"""The members' own reminders: rows of `schedules` like the servers' prompts, delivered by the same worker.

The functions take a connection that is in a transaction (`Store.write`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from bot.jobs.due import RUNNING, changed, rule_of
from bot.jobs.records import Reminder, built
from bot.jobs.schedules import moved, rule_values
from bot.schedule import Schedule, next_occurrence
from bot.store import Store
from bot.store.tables import insert_into, schedules

_OF_USER = select(schedules).where(schedules.c.user_id == bindparam("user_id"))
_LOCKED = _OF_USER.with_for_update()


def put(
    connection: Connection,
    *,
    user_id: int,
    catalog_id: str,
    channel_id: int,
    schedule: Schedule,
    idle_only: bool,
    now: datetime,
    language: str = "en",
) -> Reminder:
    """Set a member's reminder, or change it and end its pause; returns it with its next occurrence.

    As with a server's prompt, a change never makes a week remind twice.
    """
    values: dict[str, Any] = {
        "catalog_id": catalog_id,
        "channel_id": channel_id,
        "language": language,
        "idle_only": idle_only,
        "notice_pending": False,
        **rule_values(schedule),
    }
    row = connection.execute(_LOCKED, {"user_id": user_id}).one_or_none()
    if row is None:  # of two at once one inserts, and both change it
        new = values | {"user_id": user_id, "created_at": now, "next_at": next_occurrence(schedule, now)}
        connection.execute(insert_into(connection, schedules).values(new).on_conflict_do_nothing())
        row = connection.execute(_LOCKED, {"user_id": user_id}).one()
    values |= RUNNING | {"next_at": moved(connection, row, schedule, now)}
    return _reminder(changed(connection, row.id, values))


def of_user(connection: Connection, user_id: int) -> Reminder | None:
    """A member's reminder, if they have one."""
    row = connection.execute(_OF_USER, {"user_id": user_id}).one_or_none()
    return _reminder(row) if row else None


def remove(connection: Connection, user_id: int) -> bool:
    """Forget a member's reminder with its jobs; whether there was one."""
    return connection.execute(delete(schedules).where(schedules.c.user_id == user_id)).rowcount > 0


async def claim_pause_notice(store: Store, user_id: int) -> Reminder | None:
    """A member's reminder that paused itself, or failed, without their knowing; they count as told from now on.

    None, without a write, for everybody else: it is asked at each command.
    """
    return await store.write(_claim_notice, user_id) if await store.look_up(_has_notice, user_id) else None


def restore_pause_notice(connection: Connection, user_id: int) -> None:
    """A member could not be told after all, so they are told next time."""
    connection.execute(update(schedules).where(schedules.c.user_id == user_id).values(notice_pending=True))


def _has_notice(connection: Connection, user_id: int) -> bool:
    pending = select(schedules.c.id).where(schedules.c.user_id == user_id, schedules.c.notice_pending)
    return connection.scalar(pending) is not None


def _claim_notice(connection: Connection, user_id: int) -> Reminder | None:
    taking = update(schedules).where(schedules.c.user_id == user_id, schedules.c.notice_pending)
    row = connection.execute(taking.values(notice_pending=False).returning(schedules)).one_or_none()
    return _reminder(row) if row else None


def _reminder(row: Row[Any]) -> Reminder:
    return built(Reminder, row, schedule=rule_of(row))

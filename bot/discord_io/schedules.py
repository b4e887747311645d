"""What the features with a schedule share: its options as people type them, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.errors import ScheduleError
from bot.schedule import DAYS, Schedule, parse_day, parse_time, upcoming
from bot.store import AnySchedule
from bot.zones import resolve_zone

DATES = 3
"""How many of the next dates are told."""


def changed_schedule(
    old: Schedule | None, day: str | None, time: str | None, timezone: str | None, *, needed: str
) -> Schedule:
    """The schedule that is there, with what was given changed; raises ScheduleError.

    `needed` are the options that must be given where there is none yet.
    """
    if old is None and not (day and time and timezone):
        raise ScheduleError(f"The first time I need all of these: {needed}.")
    return Schedule(
        parse_day(day or "") if day or old is None else old.weekday,
        parse_time(time or "") if time or old is None else old.time,
        resolve_zone(timezone or "") if timezone or old is None else old.zone,
    )


def next_dates(schedule: AnySchedule) -> list[datetime]:
    """The next occurrences, DATES of them."""
    return [schedule.next_at, *upcoming(schedule.schedule, schedule.next_at, DATES - 1)]


def when(schedule: Schedule) -> str:
    """`every Monday at 09:00 (Europe/Berlin)`."""
    return f"every {DAYS[schedule.weekday].title()} at {schedule.time:%H:%M} ({schedule.zone})"


def dates(instants: Iterable[datetime]) -> str:
    """Instants as a list that Discord shows in the reader's own time zone."""
    return "\n".join(
        f"- {discord.utils.format_dt(instant, 'F')} ({discord.utils.format_dt(instant, 'R')})" for instant in instants
    )


def plain_date(instant: datetime, zone: str) -> str:
    """`Monday, 11 January 2027`: a day by the schedule's own calendar, which is the same for every reader."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}"

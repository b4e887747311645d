"""What the features with a schedule share: its options as people type them, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.discord_io.text import listed
from bot.errors import ScheduleError
from bot.jobs import AnySchedule
from bot.schedule import DAYS, Schedule, parse_day, parse_time, upcoming
from bot.zones import resolve_zone

DATES = 3
"""Number of upcoming dates shown."""


def changed_schedule(old: Schedule | None, day: str | None, time: str | None, timezone: str | None) -> Schedule:
    """The schedule that is there, with what was given changed; raises ScheduleError.

    Where there is none yet, all three must be given.
    """
    missing = [name for name, given in (("day", day), ("time", time), ("timezone", timezone)) if not given]
    if old is None and missing:
        raise ScheduleError(f"Please choose a {listed(missing)} too.")
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


def dates(instants: Iterable[datetime], zone: str) -> str:
    """Instants as a list: in words, by the schedule's own calendar, and as Discord shows them to each reader."""
    return "\n".join(
        f"- {plain_moment(one, zone)} · {discord.utils.format_dt(one, 'F')} ({discord.utils.format_dt(one, 'R')})"
        for one in instants
    )


def plain_moment(instant: datetime, zone: str) -> str:
    """`Monday, 11 January 2027, 18:00`: the same for every reader."""
    return f"{plain_date(instant, zone)}, {instant.astimezone(ZoneInfo(zone)):%H:%M}"


def plain_date(instant: datetime, zone: str) -> str:
    """`Monday, 11 January 2027`: a day by the schedule's own calendar, which is the same for every reader."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}"

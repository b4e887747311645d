"""What the features with a schedule share: its options as people type them, and its words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.discord_io.text import listed
from bot.errors import ScheduleError
from bot.jobs import AnySchedule
from bot.language import Language
from bot.schedule import Schedule, parse_day, parse_time, upcoming
from bot.zones import resolve_zone

DATES = 3
"""How many of the next dates are told."""


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


def next_dates(schedule: AnySchedule, skipped: Collection[datetime] = ()) -> list[datetime]:
    """The next occurrences, DATES of them, without those to come that an admin skipped."""
    following = upcoming(schedule.schedule, schedule.next_at, DATES - 1 + len(skipped))
    return [schedule.next_at, *(one for one in following if one not in skipped)][:DATES]


def when(schedule: Schedule, language: Language) -> str:
    """`Every Monday at 09:00 (Europe/Berlin)`."""
    day, time = language.weekday(schedule.weekday), language.time(schedule.time)
    return language.t("Every {day} at {time} ({zone})", day=day, time=time, zone=schedule.zone)


def plain_date(instant: datetime, zone: str, language: Language) -> str:
    """`Monday, 11 January 2027`: a day by the schedule's own calendar, which is the same for every reader."""
    return language.date(instant.astimezone(ZoneInfo(zone)).date())

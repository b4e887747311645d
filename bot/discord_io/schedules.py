"""What the features with a schedule share: its options as people type them, and its words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.jobs import AnySchedule
from bot.language import N_, Language
from bot.schedule import Schedule, upcoming
from bot.zones import zone_label

_ON_DAYS = (
    N_("Mondays at {time} ({zone})"),
    N_("Tuesdays at {time} ({zone})"),
    N_("Wednesdays at {time} ({zone})"),
    N_("Thursdays at {time} ({zone})"),
    N_("Fridays at {time} ({zone})"),
    N_("Saturdays at {time} ({zone})"),
    N_("Sundays at {time} ({zone})"),
)
DATES = 3
"""Number of upcoming dates shown."""


def next_dates(schedule: AnySchedule, skipped: Collection[datetime] = ()) -> list[datetime]:
    """The next occurrences, DATES of them, without those to come that an admin skipped."""
    following = upcoming(schedule.schedule, schedule.next_at, DATES - 1 + len(skipped))
    return [schedule.next_at, *(one for one in following if one not in skipped)][:DATES]


def when(schedule: Schedule, language: Language) -> str:
    """`Mondays at 09:00 (Europe/Berlin)`."""
    day = _ON_DAYS[schedule.weekday]
    return language.t(day, time=language.time(schedule.time), zone=zone_label(schedule.zone))


def near_date(instant: datetime, zone: str, language: Language) -> str:
    """`Monday 11 January`: the same for a day in the next months."""
    return language.near_date(instant.astimezone(ZoneInfo(zone)).date())


def plain_date(instant: datetime, zone: str, language: Language) -> str:
    """`Monday, 11 January 2027`: a day by the schedule's own calendar, which is the same for every reader."""
    return language.date(instant.astimezone(ZoneInfo(zone)).date())

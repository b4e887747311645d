"""A weekly schedule: a day, a wall-clock time and a time zone, and the instants that follow from them.

The rule is stored and the next instant computed: adding seven days in UTC would move a 09:00 post to 10:00 when the
clocks change.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.errors import ScheduleError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week; the index of each is its number in a Schedule, as in `datetime.date.weekday`."""
ECHO = 60
"""Maximum length of user input quoted in an error: enough to recognise it."""

_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})|([0-9]{2})|h)?\s*([ap])?(?:\.?m\.?)?", re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_WEEK = timedelta(days=7)
_LONGEST_GAP = timedelta(days=1)  # Samoa left out all of 30 December 2011


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every week on `weekday` (0 is Monday) at the wall-clock `time` of the IANA zone `zone`."""

    weekday: int
    time: time
    zone: str


def parse_day(text: str) -> int:
    """The number of a day (0 is Monday) from its name or the beginning of it; raises ScheduleError."""
    said = text.strip().casefold()
    begun = [number for number, day in enumerate(DAYS) if said and day.startswith(said)]
    if len(begun) == 1:
        return begun[0]
    near = process.extractOne(said, DAYS, scorer=OSA.distance, score_cutoff=2)
    hint = f"did you mean {near[0].title()}?" if near else "write a day such as Monday."
    raise ScheduleError(f"“{shorten(text)}” is not a day of the week: {hint}")


def parse_time(text: str) -> time:
    """A time of day from "18:30", "18.30", "1830", "9", "9am", "9:30 pm" or "noon"; raises ScheduleError."""
    said = text.strip().casefold()
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said]
    match = _TIME.fullmatch(said)
    found = _clock_time(match) if match else None
    if found is None:
        raise ScheduleError(f"“{shorten(text)}” is not a time of day: write it like 18:30 or 9am.")
    return found


def _clock_time(match: re.Match[str]) -> time | None:
    hour, minute, half = int(match[1]), int(match[2] or match[3] or 0), match[4]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif match[0].rstrip().endswith("m"):
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_date(text: str, zone: str, now: datetime) -> datetime:
    """The beginning of a day, such as 2027-01-11, in a zone; raises ScheduleError if that is not after `now`."""
    try:
        start = _instant(date.fromisoformat(text.strip()), time(), ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        raise ScheduleError(f"“{shorten(text)}” is not a day: write it like 2027-01-11.") from error
    if start <= now:
        raise ScheduleError(f"“{shorten(text)}” is in the past: choose a later date.")
    return start


def next_occurrence(schedule: Schedule, after: datetime) -> datetime:
    """The first instant of the schedule strictly after another (aware); in UTC.

    A wall-clock time that the clocks skip moves to the first instant after the gap; one that comes twice counts once,
    the first time.
    """
    return next(_after(schedule, after))


def upcoming(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """The next `count` instants strictly after another, in UTC."""
    return list(islice(_after(schedule, after), count))


def first_free(schedule: Schedule, after: datetime, taken: Collection[str], old_zone: str | None = None) -> datetime:
    """The first instant of a schedule strictly after another whose week is not among `taken` (see `week_of`).

    `old_zone` is where the schedule lived when the taken weeks were: a change of zone alone frees no week.
    """
    return next(
        instant
        for instant in _after(schedule, after)
        if week_of(schedule, instant) not in taken and (old_zone is None or _local_week(instant, old_zone) not in taken)
    )


def week_of(schedule: Schedule, occurrence: datetime) -> str:
    """The ISO week of an occurrence, such as "2026-W48", by the calendar where the schedule lives."""
    day = occurrence.astimezone(ZoneInfo(schedule.zone)).date()
    # If DST skips the stated time at midnight, the occurrence is on another day; its week stays the stated one.
    return _iso_week(day - timedelta(days=(day.weekday() - schedule.weekday) % 7))


def due_by(schedule: Schedule, first: datetime, now: datetime) -> list[datetime]:
    """The instants of a schedule from its occurrence `first` to `now`, both included."""
    return [first, *takewhile(lambda instant: instant <= now, _after(schedule, first))] if first <= now else []


def realigned(schedule: Schedule, instant: datetime) -> datetime:
    """Where an occurrence that was computed under older zone data lies under today's: the nearest one to it."""
    return next_occurrence(schedule, instant - _WEEK / 2)


def shorten(text: str) -> str:
    """User input on one line, cut to ECHO characters."""
    line = " ".join(text[: 2 * ECHO].split())
    return line if len(line) <= ECHO else f"{line[: ECHO - 1]}…"


def _local_week(instant: datetime, zone: str) -> str:
    return _iso_week(instant.astimezone(ZoneInfo(zone)).date())


def _iso_week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _after(schedule: Schedule, instant: datetime) -> Iterator[datetime]:
    return (later for later in _from(schedule, instant - _LONGEST_GAP) if later > instant)


def _from(schedule: Schedule, start: datetime) -> Iterator[datetime]:
    """The schedule's instants week by week, from the local day of `start` on."""
    zone = ZoneInfo(schedule.zone)
    today = start.astimezone(zone).date()
    day = today + timedelta(days=(schedule.weekday - today.weekday()) % 7)
    while True:
        yield _instant(day, schedule.time, zone)
        day += _WEEK


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, at)
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if late.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return late
    return _end_of_gap(early, late, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset changes, by bisection to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after

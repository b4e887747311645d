"""A weekly schedule: a day, a wall-clock time and a time zone, and the instants that follow from them.

The rule is stored and the next instant computed: adding seven days in UTC would move a 09:00 post to 10:00 when the
clocks change.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, product, takewhile
from zoneinfo import ZoneInfo

from babel.units import format_unit
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.errors import ScheduleError
from bot.language import ENGLISH, N_, Language

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week; the index of each is its number in a Schedule, as in `datetime.date.weekday`."""
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
FARTHEST = timedelta(days=730)
"""The longest pause: more than any course takes, and less than a mistyped year."""
ECHO = 60
"""Maximum length of user input quoted in an error: enough to recognise it."""

_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})|([0-9]{2})|h)?\s*([ap])?(?:\.?m\.?)?", re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_UNITS = {"day": 1, "week": 7, "month": 30}
_FILLERS = frozenset("bis zum für hasta el de del por jusqu'au le du pendant er".split())
"""Words around a day in other languages."""
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
    if (number := _beginning(DAYS, said)) is not None:
        return number
    near = process.extractOne(said, DAYS, scorer=OSA.distance, score_cutoff=2)
    if near is None:
        raise ScheduleError(N_("“{typed}” isn't a day of the week, such as Monday."), typed=shorten(text))
    message = N_("“{typed}” isn't a day of the week. Did you mean {day}?")
    raise ScheduleError(message, typed=shorten(text), day=lambda language: language.weekday(near[2]))


def parse_time(text: str) -> time:
    """A time of day from "18:30", "18.30", "1830", "9", "9am", "9:30 pm" or "noon"; raises ScheduleError."""
    said = text.strip().casefold()
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said]
    match = _TIME.fullmatch(said)
    found = _clock_time(match) if match else None
    if found is None:
        raise ScheduleError(N_("“{typed}” isn't a time. Write it like 18:30 or 9am."), typed=shorten(text))
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


def parse_until(text: str, zone: str, now: datetime, language: Language = ENGLISH) -> datetime:
    """The beginning of the day that a pause ends, in a zone, from what an admin typed.

    Reads "2 weeks", "10 days", "tomorrow", "friday", "11 January", "Jan 11", "11 January 2028", "2027-01-11", each with
    "until" or "for" before it or not, all but "tomorrow" in a `language` too; a date without a year is the next one.
    Raises ScheduleError if it means no day, or one that is not after `now` or more than FARTHEST away.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    said = re.sub(r"^(until|till|for)\s+|(?<=\d)(st|nd|rd|th)\b|[,.]", "", text.strip().casefold())
    try:
        day = _spoken_day(_in_english(said, language), today)
        start = None if day is None else _instant(day, time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        start = None
    if start is None:
        raise ScheduleError(N_("“{typed}” isn't a day. Try 2 weeks, 11 January or 2027-01-11."), typed=shorten(text))
    if not now < start < now + FARTHEST:
        raise ScheduleError(N_("“{typed}” isn't within the next two years."), typed=shorten(text))
    return start


def _in_english(said: str, language: Language) -> str:
    """A day as it is typed in a language, in English words: "11 januar" and "1月11日" are "11 january"."""
    if (written := re.fullmatch(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日", said)) and 1 <= int(written[2]) <= 12:
        return " ".join(filter(None, (written[3], MONTHS[int(written[2]) - 1], written[1])))
    known = _names(language)
    words = re.sub(r"(?<=\d)(?=[^\W\d_])", " ", said).split()
    return " ".join(known.get(word, word) for word in words if word not in _FILLERS)


@lru_cache(maxsize=32)
def _names(language: Language) -> dict[str, str]:
    """The English names for a language's days, months and lengths, folded."""
    locale, found = language.locale, {}
    for width in ("wide", "abbreviated"):
        for number in range(7):
            found[locale.days["format"][width][number]] = DAYS[number]
        for number in range(12):
            found[locale.months["format"][width][number + 1]] = MONTHS[number]
    for unit, number in product(_UNITS, (1, 2)):
        found[format_unit(number, f"duration-{unit}", locale=locale).split()[-1]] = unit
    return {name.casefold().rstrip("."): english for name, english in found.items()}


def _spoken_day(said: str, today: date) -> date | None:
    """The day that some words mean, seen from today; None if they mean none. Raises ValueError for 30 February."""
    if said in ("tomorrow", "a day"):
        return today + timedelta(days=1)
    if match := re.fullmatch(r"(an?|\d{1,3})\s*(day|week|month)s?", said):
        return today + timedelta(days=_UNITS[match[2]]) * (1 if match[1][0] == "a" else int(match[1]))
    if (weekday := _beginning(DAYS, re.sub(r"^next\s+", "", said))) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if match := re.fullmatch(r"(?:(\d{1,2})\s+([a-z]{3,9})|([a-z]{3,9})\s+(\d{1,2}))(?:\s+(\d{4}))?", said):
        month = _beginning(MONTHS, match[2] or match[3])
        return None if month is None else _next_date(month + 1, int(match[1] or match[4]), match[5], today)
    return date.fromisoformat(said)


def _next_date(month: int, day: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    return this if this > today else date(today.year + 1, month, day)


def _beginning(names: Sequence[str], said: str) -> int | None:
    """The place of the one name that begins with some letters; None if there are none, or several."""
    begun = [number for number, name in enumerate(names) if said and name.startswith(said)]
    return begun[0] if len(begun) == 1 else None


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

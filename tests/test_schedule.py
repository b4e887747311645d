"""The week by wall clock, through every clock change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError
from bot.language import language, languages
from bot.schedule import (
    Schedule,
    due_by,
    first_free,
    next_occurrence,
    parse_day,
    parse_time,
    parse_until,
    upcoming,
    week_of,
)

ZONES = sorted(available_timezones() - {"Factory", "localtime"})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("18:30", time(18, 30)), ("18.30", time(18, 30)), ("1830", time(18, 30)), ("18h30", time(18, 30)),
        ("18h", time(18)), ("9", time(9)), ("09:05", time(9, 5)), ("9am", time(9)), ("9 AM", time(9)),
        ("9:30 pm", time(21, 30)), ("9 p.m.", time(21)), ("12am", time(0)), ("12pm", time(12)), ("0:00", time(0)),
        ("23:59", time(23, 59)), ("noon", time(12)), (" Midnight ", time(0)),
    ],
)  # fmt: skip
def test_times_as_people_write_them(text: str, found: time) -> None:
    assert parse_time(text) == found


@pytest.mark.parametrize(
    "text", ["25:99", "24:00", "12:60", "13pm", "0am", "9m", "soon", "", "-1", "9:5", "٣:٠٠", "1" * 3000]
)
def test_no_time(text: str) -> None:
    with pytest.raises(ScheduleError, match="isn't a time") as caught:
        parse_time(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("text", "day"), [("monday", 0), ("Tue", 1), (" SUNDAY ", 6), ("w", 2), ("sat", 5)])
def test_days(text: str, day: int) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "said"), [("t", "such as Monday"), ("munday", "Did you mean Monday"), ("", "such as Monday")]
)
def test_no_day(text: str, said: str) -> None:
    with pytest.raises(ScheduleError, match=said):
        parse_day(text)


@pytest.mark.parametrize(
    ("schedule", "after", "expected", "why"),
    [
        (Schedule(0, time(9), "UTC"), utc(2026, 1, 1), utc(2026, 1, 5, 9), "plain"),
        (Schedule(0, time(9), "UTC"), utc(2026, 1, 5, 9), utc(2026, 1, 12, 9), "strictly after"),
        (Schedule(0, time(9), "UTC"), utc(2026, 1, 5, 8, 59), utc(2026, 1, 5, 9), "the same day"),
        (Schedule(0, time(9), "Europe/Berlin"), utc(2026, 3, 23, 8), utc(2026, 3, 30, 7), "nine stays nine in spring"),
        (Schedule(0, time(9), "Europe/Berlin"), utc(2026, 10, 19, 7), utc(2026, 10, 26, 8), "and in autumn"),
        (Schedule(6, time(2, 30), "Europe/Berlin"), utc(2026, 3, 28), utc(2026, 3, 29, 1), "skipped: after the gap"),
        (Schedule(6, time(2, 30), "Europe/Berlin"), utc(2026, 10, 24), utc(2026, 10, 25, 0, 30), "repeated: the first"),
        (Schedule(6, time(2, 30), "Europe/Berlin"), utc(2026, 10, 25, 0, 30), utc(2026, 11, 1, 1, 30), "and only once"),
        (Schedule(6, time(2, 15), "Australia/Lord_Howe"), utc(2026, 10, 3), utc(2026, 10, 3, 15, 30), "half an hour"),
        (Schedule(4, time(9), "Pacific/Apia"), utc(2011, 12, 28), utc(2011, 12, 30, 10), "a day that did not exist"),
        (Schedule(0, time(0), "Pacific/Kiritimati"), utc(2026, 1, 1), utc(2026, 1, 4, 10), "local Monday, UTC Sunday"),
    ],
)  # fmt: skip
def test_next_occurrence(schedule: Schedule, after: datetime, expected: datetime, why: str) -> None:
    assert next_occurrence(schedule, after) == expected, why


schedules = st.builds(
    Schedule,
    weekday=st.integers(0, 6),
    time=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(schedules, instants)
def test_it_comes_after_within_eight_days_and_says_the_right_time(schedule: Schedule, after: datetime) -> None:
    found = next_occurrence(schedule, after)
    assert timedelta(0) < found - after <= timedelta(days=8, hours=1)
    local = found.astimezone(ZoneInfo(schedule.zone))
    if (local.weekday(), local.time()) != (schedule.weekday, schedule.time):
        before = (found - timedelta(seconds=1)).astimezone(ZoneInfo(schedule.zone))
        assert before.utcoffset() != local.utcoffset()  # only where the clocks leapt over it


@given(schedules, instants)
def test_weeks_follow_each_other_without_holes(schedule: Schedule, after: datetime) -> None:
    dates = upcoming(schedule, after, 5)
    assert dates[0] == next_occurrence(schedule, after)
    for one, following in pairwise(dates):
        assert next_occurrence(schedule, one) == following
        assert timedelta(days=5) < following - one < timedelta(days=9)


@given(schedules, schedules, instants)
def test_a_new_rule_never_gives_a_week_a_second_prompt(old: Schedule, new: Schedule, now: datetime) -> None:
    posted = next_occurrence(old, now - timedelta(days=8))
    first = first_free(new, now, {week_of(old, posted)}, old.zone)
    assert first > now
    assert week_of(new, first) != week_of(old, posted)
    assert abs(first - posted) > timedelta(hours=1)


@given(schedules, instants)
def test_every_week_has_one_occurrence_and_no_other_has_its_week(schedule: Schedule, after: datetime) -> None:
    weeks = [week_of(schedule, instant) for instant in upcoming(schedule, after, 54)]
    assert len(set(weeks)) == 54
    assert weeks == sorted(weeks)


@pytest.mark.parametrize(
    ("schedule", "instant", "week"),
    [
        (Schedule(0, time(9), "UTC"), utc(2026, 1, 5, 9), "2026-W02"),
        (Schedule(4, time(9), "UTC"), utc(2027, 1, 1, 9), "2026-W53"),
        (Schedule(0, time(0), "Pacific/Kiritimati"), utc(2026, 1, 4, 10), "2026-W02"),
        (Schedule(4, time(9), "Pacific/Apia"), utc(2011, 12, 30, 10), "2011-W52"),
    ],
    ids=["plain", "by the ISO year", "by the local day", "a day that did not exist"],
)
def test_weeks(schedule: Schedule, instant: datetime, week: str) -> None:
    assert week_of(schedule, instant) == week


def test_taken_weeks_are_passed_over() -> None:
    monday = Schedule(0, time(9), "UTC")
    assert first_free(monday, utc(2026, 1, 1), {"2026-W02", "2026-W03"}) == utc(2026, 1, 19, 9)


def test_what_is_due_by_an_instant() -> None:
    monday = Schedule(0, time(9), "UTC")
    assert due_by(monday, utc(2026, 1, 5, 9), utc(2026, 1, 5, 8)) == []
    assert due_by(monday, utc(2026, 1, 5, 9), utc(2026, 1, 19, 9)) == [utc(2026, 1, day, 9) for day in (5, 12, 19)]


def transitions(zone: ZoneInfo) -> Iterator[datetime]:
    """Every hour of the next ten years in which the zone's clocks change."""
    day = utc(2026, 11, 1)
    while day < utc(2036, 11, 1):
        following = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            hours = [day + timedelta(hours=hour) for hour in range(25)]
            yield from (
                a for a, b in pairwise(hours) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()
            )
        day = following


TELLING = ("Europe/Berlin", "America/St_Johns", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca")
"""Zones whose clocks change in different ways: by an hour, by half of one, at midnight, at Ramadan."""


def test_every_transition_of_the_next_ten_years() -> None:
    around_each_transition(TELLING)


@pytest.mark.slow
@pytest.mark.parametrize("letter", sorted({zone[0] for zone in ZONES}))
def test_every_transition_of_the_next_ten_years_in_every_zone(letter: str) -> None:
    around_each_transition(zone for zone in ZONES if zone[0] == letter)


def around_each_transition(zones: Iterable[str]) -> None:
    """One occurrence a local week, later and later, at the stated time unless the clocks leapt over it."""
    seen: set[tuple[tuple[datetime, timedelta | None], ...]] = set()
    for name in zones:
        zone = ZoneInfo(name)
        changes = tuple((at, at.astimezone(zone).utcoffset()) for at in transitions(zone))
        if changes in seen:  # another name for the same clocks
            continue
        seen.add(changes)
        for at, _ in changes:
            local = at.astimezone(zone)
            for minutes in (0, 30, 59, 90, 150):
                clock = (local + timedelta(minutes=minutes)).time()
                schedule = Schedule(local.weekday(), clock, name)
                dates = upcoming(schedule, at - timedelta(days=9), 4)
                weeks = [one.astimezone(zone).isocalendar()[:2] for one in dates]
                assert len(set(weeks)) == 4, (name, at)
                assert dates == sorted(set(dates))
                for one in dates:
                    found = one.astimezone(zone)
                    before = (one - timedelta(seconds=1)).astimezone(zone)
                    assert found.time() == clock or found.utcoffset() != before.utcoffset(), (name, at)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2 weeks", date(2026, 1, 19)), ("for 2 weeks", date(2026, 1, 19)), ("a week", date(2026, 1, 12)),
        ("10 days", date(2026, 1, 15)), ("1 month", date(2026, 2, 4)), ("tomorrow", date(2026, 1, 6)),
        ("Friday", date(2026, 1, 9)), ("next monday", date(2026, 1, 12)), ("until tue", date(2026, 1, 6)),
        ("11 January", date(2026, 1, 11)), ("until 11th January", date(2026, 1, 11)), ("Jan 11", date(2026, 1, 11)),
        ("1 Jan", date(2027, 1, 1)), ("Sept. 1", date(2026, 9, 1)), ("March 3, 2027", date(2027, 3, 3)),
        ("2027-01-11", date(2027, 1, 11)), (" until 2027-01-11 ", date(2027, 1, 11)),
    ],
)  # fmt: skip
def test_a_pause_ends_on_the_day_that_is_meant(typed: str, meant: date) -> None:
    monday = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert parse_until(typed, "Asia/Tokyo", monday).astimezone(ZoneInfo("Asia/Tokyo")) == datetime.combine(
        meant, time(), ZoneInfo("Asia/Tokyo")
    )


@pytest.mark.parametrize(
    ("code", "typed", "meant"),
    [
        ("de", "11. Januar", date(2026, 1, 11)), ("de", "2 Wochen", date(2026, 1, 19)),
        ("de", "bis zum 11. März 2027", date(2027, 3, 11)), ("de", "Fr.", date(2026, 1, 9)),
        ("es", "11 de enero", date(2026, 1, 11)), ("es-419", "hasta el 3 de mayo de 2027", date(2027, 5, 3)),
        ("es", "viernes", date(2026, 1, 9)), ("fr", "1er février", date(2026, 2, 1)),
        ("fr", "jusqu'au 3 mai", date(2026, 5, 3)), ("fr", "3 mois", date(2026, 4, 5)),
        ("ja", "1月11日", date(2026, 1, 11)), ("ja", "2027年3月3日", date(2027, 3, 3)),
        ("ja", "2週間", date(2026, 1, 19)), ("ja", "金曜日", date(2026, 1, 9)),
        ("de", "11 January", date(2026, 1, 11)), ("ja", "2027-01-11", date(2027, 1, 11)),
    ],
)  # fmt: skip
def test_a_day_is_typed_in_the_language_of_who_types(code: str, typed: str, meant: date) -> None:
    monday = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert parse_until(typed, "UTC", monday, language(code)).date() == meant


@pytest.mark.parametrize("code", languages())
def test_the_example_of_a_day_is_understood(code: str) -> None:
    monday, reader = datetime(2026, 1, 5, 12, tzinfo=UTC), language(code)
    assert parse_until(reader.t("11 January"), "UTC", monday, reader).date() == date(2026, 1, 11)


@pytest.mark.parametrize("typed", ["13月1日", "1月32日", "soon"])
def test_what_means_no_day_in_japanese(typed: str) -> None:
    with pytest.raises(ScheduleError):
        parse_until(typed, "UTC", datetime(2026, 1, 5, tzinfo=UTC), language("ja"))


@pytest.mark.parametrize(
    "typed", ["", "soon", "30 February", "99 January", "2026-13-01", "ju 3", "x" * 5000, "**", "0x1"]
)
def test_what_means_no_day(typed: str) -> None:
    with pytest.raises(ScheduleError, match="isn't a day") as caught:
        parse_until(typed, "Europe/Berlin", datetime(2026, 1, 5, tzinfo=UTC))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("typed", ["2020-01-01", "2026-01-05", "0 days", "999 weeks", "9999-12-31"])
def test_a_pause_ends_in_the_next_two_years(typed: str) -> None:
    with pytest.raises(ScheduleError, match="isn't within the next two years"):
        parse_until(typed, "Europe/Berlin", datetime(2026, 1, 5, 12, tzinfo=UTC))

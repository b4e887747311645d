"""Time zones as people name them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError
from bot.language import ENGLISH, language
from bot.zones import city_of, resolve_zone, search_zones, zone_label


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("berlin", "Europe/Berlin"),
        ("BERLIN ", "Europe/Berlin"), ("new york", "America/New_York"), ("new_york", "America/New_York"),
        ("nyc", "America/New_York"), ("est", "America/New_York"), ("Pacific", "America/Los_Angeles"),
        ("san francisco", "America/Los_Angeles"), ("utc", "UTC"), ("GMT", "UTC"), ("cet", "CET"),
        ("germany", "Europe/Berlin"), ("france", "Europe/Paris"), ("india", "Asia/Kolkata"), ("mumbai", "Asia/Kolkata"),
        ("uk", "Europe/London"), ("united states", "America/New_York"), ("japan", "Asia/Tokyo"),
        ("kiev", "Europe/Kyiv"),
        ("australia", "Australia/Sydney"), ("brazil", "America/Sao_Paulo"), ("china", "Asia/Shanghai"),
        ("US/Eastern", "US/Eastern"), ("buenos aires", "America/Argentina/Buenos_Aires"),
    ],
)  # fmt: skip
def test_names_people_use(text: str, zone: str) -> None:
    assert resolve_zone(text) == zone
    assert search_zones(text)[0] == zone


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("ber", "Europe/Berlin"), ("lond", "Europe/London"), ("york", "America/New_York"), ("tok", "Asia/Tokyo"),
     ("belrin", "Europe/Berlin"), ("los ang", "America/Los_Angeles"), ("amsterdm", "Europe/Amsterdam")],
)  # fmt: skip
def test_half_typed_and_mistyped(typed: str, offered: str) -> None:
    assert offered in search_zones(typed)[:5]


@pytest.mark.parametrize(
    ("code", "typed", "zone"),
    [("ja", "東京", "Asia/Tokyo"), ("de", "Wien", "Europe/Vienna"), ("es", "Nueva York", "America/New_York"),
     ("fr", "Vienne", "Europe/Vienna"), ("ja", "tokyo", "Asia/Tokyo")],
)  # fmt: skip
def test_a_city_is_typed_in_the_language_of_who_types(code: str, typed: str, zone: str) -> None:
    assert resolve_zone(typed, language(code)) == zone
    assert search_zones(typed[:2], language=language(code))
    assert search_zones(typed, language=language(code))[0] == zone


def test_a_city_has_its_own_name_only_where_it_is_another() -> None:
    assert (city_of("Asia/Tokyo", language("ja")), city_of("Asia/Tokyo", ENGLISH)) == ("東京", "")
    assert city_of("Nowhere/Land", language("ja")) == ""


def test_an_empty_field_offers_the_well_known() -> None:
    assert search_zones("")[0] == "UTC"
    assert len(search_zones("  ")) > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("belrin", "did you mean Europe/Berlin"),
        ("../../etc/passwd", "is not a time zone"),
        ("/etc/localtime", "is not a time zone"),
        ("\0", "is not a time zone"),
        ("Factory", "is not a time zone"),
        ("", "is not a time zone"),
        ("x" * 3000, "is not a time zone"),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    with pytest.raises(ScheduleError, match=said) as caught:
        resolve_zone(text)
    assert len(str(caught.value)) < 300


OFFSETS = (
    "GMT+2", "gmt-5", "GMT +2", "gmt + 2", "UTC+2", "utc-5", "UTC +2", "UTC-03:30", "UTC+0530", "+05:30", "-3",
    "UTC+5.5", "GMT+0", "utc-0", "GMT−2", "utc–3", "UTC+2h",
)  # fmt: skip


@pytest.mark.parametrize("text", OFFSETS)
def test_an_offset_is_refused_however_it_is_written(text: str) -> None:
    """In the database GMT+2 is two hours west of Greenwich, which nobody who writes it means."""
    with pytest.raises(ScheduleError, match=r"is an offset, which is wrong for half the year.*Name a city"):
        resolve_zone(text)
    assert search_zones(text) == []


def test_a_fixed_zone_says_what_it_is() -> None:
    assert resolve_zone("etc/gmt+2") == "Etc/GMT+2"
    assert zone_label("Etc/GMT+2") == "Etc/GMT+2 (UTC−2)"
    assert zone_label("Etc/GMT-14") == "Etc/GMT-14 (UTC+14)"
    for zone in ("Etc/GMT", "Etc/GMT0", "Etc/GMT+0", "Europe/Berlin", "GMT"):
        assert zone_label(zone) == zone
    for zone in (one for one in available_timezones() if "(" in zone_label(one)):
        hours = int(zone_label(zone).partition("(UTC")[2].rstrip(")").replace("−", "-"))
        assert ZoneInfo(zone).utcoffset(datetime(2026, 1, 5)) == timedelta(hours=hours)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    offers = search_zones(text)
    assert len(offers) <= 25
    for name in offers:
        assert resolve_zone(name) in (name, resolve_zone(name.lower()))
        ZoneInfo(name)
    with suppress(ScheduleError):
        ZoneInfo(resolve_zone(text))

"""Time zones as people name them."""

from __future__ import annotations

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError
from bot.zones import resolve_zone, search_zones


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


def test_an_empty_field_offers_the_well_known() -> None:
    assert search_zones("")[0] == "UTC"
    assert len(search_zones("  ")) > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("belrin", "did you mean Europe/Berlin"),
        ("UTC+2", "is an offset, which is wrong for half the year"),
        ("+05:30", "is an offset"),
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


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    offers = search_zones(text)
    assert len(offers) <= 25
    for name in offers:
        assert resolve_zone(name) in (name, resolve_zone(name.lower()))
        ZoneInfo(name)
    with suppress(ScheduleError):
        ZoneInfo(resolve_zone(text))

"""Time zones as people name them: "berlin", "new york", "utc", "germany", "est".

Names and countries come from the IANA database (https://www.iana.org/time-zones) as the package tzdata carries it.
Everything is looked up in tables: no text that somebody typed ever becomes a file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.errors import ScheduleError
from bot.language import ENGLISH, N_, Language
from bot.schedule import shorten

WELL_KNOWN = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Kyiv", "Africa/Lagos", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
"""What an empty field offers: the zones of the most people, from the prime meridian eastwards."""
LIMIT = 25
"""Zones offered at once: as many as Discord shows."""
MIN_SIMILARITY = 75.0
"""The similarity (0 to 100) from which a name is treated as a typo of the input. At 0 everything is; at 90 "belrin" is
not Berlin."""

_ALIASES = {
    "America/New_York": "est edt et eastern nyc boston washington miami atlanta philadelphia",
    "America/Chicago": "cst cdt ct central houston dallas austin texas",
    "America/Denver": "mst mdt mt mountain colorado",
    "America/Los_Angeles": "pst pdt pt pacific la seattle california san-francisco las-vegas san-diego",
    "America/Toronto": "montreal ottawa",
    "America/Sao_Paulo": "rio brasilia rio-de-janeiro",
    "Europe/London": "bst uk england scotland wales britain great-britain manchester",
    "Europe/Berlin": "cest munich hamburg frankfurt cologne stuttgart",
    "Europe/Madrid": "barcelona",
    "Europe/Rome": "milan",
    "Europe/Zurich": "geneva basel bern",
    "Europe/Kyiv": "kiev",
    "Europe/Amsterdam": "rotterdam holland",
    "Europe/Moscow": "msk saint-petersburg st-petersburg",
    "Asia/Kolkata": "ist mumbai bombay delhi new-delhi bangalore bengaluru hyderabad chennai pune",
    "Asia/Shanghai": "beijing shenzhen guangzhou",
    "Asia/Tokyo": "jst osaka kyoto",
    "Asia/Seoul": "kst korea",
    "Asia/Ho_Chi_Minh": "hanoi saigon",
    "Asia/Dubai": "abu-dhabi uae",
    "Asia/Jerusalem": "tel-aviv",
    "Australia/Sydney": "aest aedt canberra",
    "Pacific/Honolulu": "hst hawaii",
    "UTC": "gmt z zulu",
}
"""Names that the database does not have: large cities and abbreviations. "EST" in the database is a zone without
summer time, which nobody in New York means."""

_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*[+\-\u2010-\u2015\u2212]\s*[0-9]{1,2}(?:[:.]?[0-9]{1,2})?\s*h?")
_FIXED = re.compile(r"Etc/GMT([+-])([0-9]{1,2})")


def resolve_zone(text: str, language: Language = ENGLISH) -> str:
    """The IANA name of a time zone from what was typed, maybe a city's name in a language; raises ScheduleError, which
    names the nearest ones."""
    name = _key(text)
    # Before the names: the database has "GMT+2" for the zone two hours *west* of Greenwich, by the sign of POSIX.
    if _OFFSET.fullmatch(name):
        raise ScheduleError(
            N_(
                "“{typed}” is an offset, which is wrong for half the year where clocks change. "
                "Name a city instead, such as Europe/Berlin."
            ),
            typed=shorten(text),
        )
    if zone := _by_name().get(name) or _cities(language).get(name):
        return zone
    if near := search_zones(text, limit=3, language=language):
        message = N_("“{typed}” is not a time zone that I know: did you mean {zones}?")
        raise ScheduleError(message, typed=shorten(text), zones=lambda language: language.either(near))
    message = N_(
        "“{typed}” is not a time zone that I know: name a city such as Berlin, or write it like Europe/Berlin."
    )
    raise ScheduleError(message, typed=shorten(text))


def zone_label(zone: str) -> str:
    """A zone for people to read: its name, and for `Etc/GMT+2` also what it is: `Etc/GMT+2 (UTC−2)`."""
    if (fixed := _FIXED.fullmatch(zone)) is None or int(fixed[2]) == 0:
        return zone
    return f"{zone} (UTC{'−' if fixed[1] == '+' else '+'}{int(fixed[2])})"


def search_zones(text: str, limit: int = LIMIT, language: Language = ENGLISH) -> list[str]:
    """At most `limit` IANA names for a text that is still being typed, the likeliest first; empty for noise."""
    name = _key(text)
    if not name:
        return list(WELL_KNOWN[:limit])
    if _OFFSET.fullmatch(name):
        return []
    local = (zone for city, zone in _cities(language).items() if city.startswith(name))
    found = dict.fromkeys((*local, *_matching(name)))
    return list(found or dict.fromkeys(_similar(name)))[:limit]


def city_of(zone: str, language: Language) -> str:
    """A zone's city in a language, where it isn't called as in the zone's name: `東京`; else empty."""
    return str(language.locale.time_zones.get(zone, {}).get("city", ""))


def _matching(typed: str) -> Iterator[str]:
    """Zones with a name that is the text, begins with it, has a word that does, or holds it: in this order."""
    names = _by_name()
    if typed in names:
        yield names[typed]
    for fits in (
        lambda name: name.startswith(typed),
        lambda name: f" {typed}" in name.replace("/", " "),
        lambda name: len(typed) > 2 and typed in name,
    ):
        yield from (names[name] for name in _shortest_first() if fits(name))


def _similar(typed: str) -> Iterator[str]:
    names = _by_name()
    near = process.extract(typed[:40], _shortest_first(), scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=LIMIT)
    yield from (names[name] for name, _, _ in near)


@cache
def _shortest_first() -> list[str]:
    """Every name, the likelier of two that fit first: canonical zones before old ones, then by length."""
    canonical = set(_countries())
    names = _by_name()
    return sorted(names, key=lambda name: (names[name] not in canonical, len(name), name))


@cache
def _by_name() -> dict[str, str]:
    """From every name, folded, to its zone; where two zones share a name, the better known has it."""
    found: dict[str, str] = {}
    for zone, aliases in _ALIASES.items():
        for name in aliases.split():
            found[name.replace("-", " ")] = zone
    for zone, country in _countries().items():  # before the old zones, some of which are called like countries
        found.setdefault(_key(zone.rpartition("/")[2]), zone)
        found.setdefault(_key(country), zone)
    for zone in sorted(available_timezones() - {"Factory", "localtime"}):
        found.setdefault(_key(zone), zone)
    for zone in sorted(found.values()):
        if not _FIXED.fullmatch(zone):
            found.setdefault(_key(zone.rpartition("/")[2]), zone)
    return found


@cache
def _cities(language: Language) -> dict[str, str]:
    """The zones by the names of their cities in a language, folded; most are as in the zone's name, and not here."""
    zones, known = available_timezones(), language.locale.time_zones.items()
    return {_key(names["city"]): zone for zone, names in known if "city" in names and zone in zones}


@cache
def _countries() -> dict[str, str]:
    """The canonical zones, each with the name of its country, the most populous zone of a country first."""
    data = files("tzdata") / "zoneinfo"
    names = dict(_rows((data / "iso3166.tab").read_text(encoding="utf-8")))
    zones = [(row[2], names[row[0]]) for row in _rows((data / "zone.tab").read_text(encoding="utf-8"))]
    return dict(sorted(zones, key=lambda pair: pair[0] not in _ALIASES and pair[0] not in WELL_KNOWN))


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]


def _key(name: str) -> str:
    return " ".join(name[:100].casefold().replace("_", " ").replace(",", " ").split())

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
from bot.schedule import shorten

WELL_KNOWN = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Kyiv", "Africa/Lagos", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
"""What an empty field offers: the zones of the most people, from the first meridian on."""
LIMIT = 25
"""Zones offered at once: as many as Discord shows."""
ALIKE = 75.0
"""The likeness (0 to 100) from which a name counts as a slip of what was typed. At 0 everything is; at 90 "belrin" is
not Berlin."""

_SPOKEN = {
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

_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+-]\s*[0-9]{1,2}(?::?[0-9]{2})?")


def resolve_zone(text: str) -> str:
    """The IANA name of a time zone from what an admin typed; raises ScheduleError, which names the nearest ones."""
    said = _key(text)
    if zone := _by_name().get(said):
        return zone
    if _OFFSET.fullmatch(said):
        raise ScheduleError(
            f"“{shorten(text)}” is an offset, which is wrong for half the year where clocks change. "
            "Name a city instead, such as Europe/Berlin."
        )
    near = search_zones(text, limit=3)
    hint = f"did you mean {_listed(near)}?" if near else "name a city such as Berlin, or write it like Europe/Berlin."
    raise ScheduleError(f"“{shorten(text)}” is not a time zone that I know: {hint}")


def search_zones(text: str, limit: int = LIMIT) -> list[str]:
    """At most `limit` IANA names for a text that is still being typed, the likeliest first; empty for noise."""
    said = _key(text)
    if not said:
        return list(WELL_KNOWN[:limit])
    if _OFFSET.fullmatch(said):
        return []
    found = dict.fromkeys(_matching(said))
    return list(found or dict.fromkeys(_alike(said)))[:limit]


def _matching(said: str) -> Iterator[str]:
    """Zones with a name that is the text, begins with it, has a word that does, or holds it: in this order."""
    names = _by_name()
    if said in names:
        yield names[said]
    for fits in (
        lambda name: name.startswith(said),
        lambda name: f" {said}" in name.replace("/", " "),
        lambda name: len(said) > 2 and said in name,
    ):
        yield from (names[name] for name in _shortest_first() if fits(name))


def _alike(said: str) -> Iterator[str]:
    names = _by_name()
    near = process.extract(said[:40], _shortest_first(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=LIMIT)
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
    for zone, spoken in _SPOKEN.items():
        for name in spoken.split():
            found[name.replace("-", " ")] = zone
    for zone, country in _countries().items():  # before the old zones, some of which are called like countries
        found.setdefault(_key(zone.rpartition("/")[2]), zone)
        found.setdefault(_key(country), zone)
    for zone in sorted(available_timezones() - {"Factory", "localtime"}):
        found.setdefault(_key(zone), zone)
    for zone in sorted(found.values()):
        found.setdefault(_key(zone.rpartition("/")[2]), zone)
    return found


@cache
def _countries() -> dict[str, str]:
    """The canonical zones, each with the name of its country, the most populous zone of a country first."""
    data = files("tzdata") / "zoneinfo"
    names = dict(_rows((data / "iso3166.tab").read_text(encoding="utf-8")))
    zones = [(row[2], names[row[0]]) for row in _rows((data / "zone.tab").read_text(encoding="utf-8"))]
    return dict(sorted(zones, key=lambda pair: pair[0] not in _SPOKEN and pair[0] not in WELL_KNOWN))


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]


def _key(name: str) -> str:
    return " ".join(name[:100].casefold().replace("_", " ").replace(",", " ").split())


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

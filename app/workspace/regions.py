"""Countries, currencies and time zones to choose from: ISO 3166, ISO 4217 and IANA, named as in CLDR."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

Choices = list[tuple[str, str]]

ENGLISH = Locale("en")
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
ZONE_AREAS = {
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}


@cache
def countries() -> Choices:
    """Two-letter codes with their English names, by name."""
    found = [
        (code, name)
        for code, name in ENGLISH.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    ]
    return sorted(found, key=lambda choice: choice[1])


@cache
def currencies() -> Choices:
    """The currencies that are legal tender somewhere today, by code."""
    tender = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, is_tender in entries
        if end is None and is_tender
    }
    return [(code, f"{code} – {ENGLISH.currencies.get(code, code)}") for code in sorted(tender)]


@cache
def time_zones() -> dict[str, Choices]:
    """The zones named for places, in their areas, and UTC."""
    areas: dict[str, Choices] = defaultdict(list)
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area in ZONE_AREAS:
            areas[area].append((name, place.replace("_", " ").replace("/", " – ")))
    return {"Universal": [("UTC", "UTC")], **areas}


def is_country(code: str) -> bool:
    """Whether `code` is in the list."""
    return code in dict(countries())


def is_currency(code: str) -> bool:
    """Whether `code` is in the list."""
    return code in dict(currencies())


def is_time_zone(name: str) -> bool:
    """Whether `name` is in the list."""
    return any(name == zone for choices in time_zones().values() for zone, _ in choices)

"""Countries, currencies and time zones to choose from: ISO 3166, ISO 4217 and IANA, named as in CLDR."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from wtforms import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

Choices = list[SelectChoice]

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
        SelectChoice(code, name)
        for code, name in ENGLISH.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    ]
    return sorted(found, key=lambda choice: choice.label)


@cache
def currencies() -> Choices:
    """The currencies that are legal tender somewhere today, by code."""
    tender = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, is_tender in entries
        if end is None and is_tender
    }
    return [SelectChoice(code, f"{code} – {ENGLISH.currencies.get(code, code)}") for code in sorted(tender)]


@cache
def time_zones() -> Choices:
    """UTC, and the zones named for places, by area and place."""
    places = sorted(name for name in available_timezones() if name.partition("/")[0] in ZONE_AREAS)
    return [SelectChoice("UTC", optgroup="Universal"), *map(_zone, places)]


def _zone(name: str) -> SelectChoice:
    area, _, place = name.partition("/")
    return SelectChoice(name, place.replace("_", " ").replace("/", " – "), optgroup=area)


def is_country(code: str) -> bool:
    """Whether `code` is in the list."""
    return _is_among(code, countries())


def is_currency(code: str) -> bool:
    """Whether `code` is in the list."""
    return _is_among(code, currencies())


def is_time_zone(name: str) -> bool:
    """Whether `name` is in the list."""
    return _is_among(name, time_zones())


def _is_among(value: str, choices: Choices) -> bool:
    return any(choice.value == value for choice in choices)

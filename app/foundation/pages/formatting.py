"""How values are written on pages and in mail. Local time exists here only (design section 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, has_app_context

from app.foundation.clock import utcnow
from app.foundation.money import CENTS, QUANTITY_PLACES, round_cents

UTC_ZONE = ZoneInfo("UTC")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def set_time_zone(name: str) -> None:
    """Makes `name` the zone in which this request's (or this job's) times are shown."""
    g.time_zone = ZoneInfo(name)


def in_workspace_zone(value: datetime) -> datetime:
    """The same moment on the workspace's clocks."""
    return value.astimezone(workspace_zone())


def workspace_zone() -> ZoneInfo:
    """The zone of this request or job; UTC outside of both."""
    zone: ZoneInfo = g.get("time_zone", UTC_ZONE) if has_app_context() else UTC_ZONE
    return zone


def format_money(value: Decimal | int | None) -> str:
    """An amount with two decimals and thousands in groups: 1,234.50; nothing for None."""
    return "" if value is None else _minus(f"{round_cents(Decimal(value)):,}")


def format_price(value: Decimal | int | None) -> str:
    """A unit price or cost with the decimals it has, two at least: 0.0125, 12.50."""
    if value is None:
        return ""
    whole, _, decimals = f"{Decimal(value):,f}".partition(".")
    return _minus(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}")


def format_unit_cost(value: Decimal | int | None) -> str:
    """A unit cost, an average as a rule, with two to four decimals (OQ-53); all it has below a cent."""
    if value is None:
        return ""
    cost = Decimal(value)
    return format_price(cost if abs(cost) < CENTS else cost.quantize(QUANTITY_PLACES, ROUND_HALF_UP))


def format_quantity(value: Decimal | int | None) -> str:
    """A quantity without the zeros at its end: 1,200 or 0.25."""
    if value is None:
        return ""
    whole, _, decimals = f"{Decimal(value):,f}".partition(".")
    return _minus(f"{whole}.{decimals.rstrip('0')}".rstrip("."))


def plain_number(value: Decimal) -> str:
    """A number as a machine or a form field reads it: no groups, no zeros at its end, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_date(value: date | datetime | None) -> str:
    """A day as people say it: 3 Mar 2026. A moment is first brought into the workspace's zone."""
    if value is None:
        return ""
    return _day(in_workspace_zone(value) if isinstance(value, datetime) else value)


def format_datetime(value: datetime | None) -> str:
    """A moment in the workspace's zone, exact: 3 Mar 2026, 14:05:09 CET."""
    return "" if value is None else _exact(in_workspace_zone(value))


def format_ago(value: datetime | None) -> str:
    """A moment as people say it now: just now, 5 minutes ago, today 14:05, yesterday 09:12, then the date."""
    return "" if value is None else _ago(in_workspace_zone(value))


def ago_and_exact(value: datetime) -> tuple[str, str]:
    """What `format_ago` and `format_datetime` say of a moment, its zone looked up once."""
    local = in_workspace_zone(value)
    return _ago(local), _exact(local)


def _ago(local: datetime) -> str:
    now = utcnow()
    elapsed = (now - local).total_seconds()
    if 0 <= elapsed < 60:
        return "just now"
    if 0 <= elapsed < 3600:
        return f"{count_of(int(elapsed // 60), 'minute')} ago"
    return _day_and_time(local, now.astimezone(local.tzinfo).date())


def _day_and_time(local: datetime, today: date) -> str:
    names = {0: "today", 1: "yesterday", -1: "tomorrow"}
    days = (today - local.date()).days
    return f"{names[days]} {local.hour:02}:{local.minute:02}" if days in names else _day(local)


def _exact(local: datetime) -> str:
    return f"{_day(local)}, {local.hour:02}:{local.minute:02}:{local.second:02} {local.tzname()}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_duration(seconds: float | Decimal | timedelta | None) -> str:
    """A length of time in its two largest units: under 1 s, 4 s, 1 min 20 s, 2 h 5 min, 3 d 4 h."""
    if seconds is None:
        return ""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    if total < 60:
        return f"{total} s" if total > 0 else "under 1 s"
    for size, name, below_size, below in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if total >= size:
            rest = total % size // below_size
            return f"{total // size} {name} {rest} {below}" if rest else f"{total // size} {name}"
    raise AssertionError("a minute or more has a unit")


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 item, 1,204 items, 2 companies."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def initials(name: str) -> str:
    """At most two letters that stand for a person."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def _minus(text: str) -> str:
    """A true minus sign, which lines up with tabular figures and is read as one."""
    return f"−{text[1:]}" if text.startswith("-") else text


FILTERS: dict[str, Callable[..., Any]] = {
    "money": format_money,
    "price": format_price,
    "unit_cost": format_unit_cost,
    "quantity": format_quantity,
    "date": format_date,
    "datetime": format_datetime,
    "ago": format_ago,
    "duration": format_duration,
    "count_of": count_of,
    "initials": initials,
}

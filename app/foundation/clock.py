"""The time, always aware and in UTC; local time exists only on screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utcnow() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar day that a person in `time_zone` would name now."""
    return utcnow().astimezone(ZoneInfo(time_zone)).date()

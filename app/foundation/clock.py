"""The time, always aware and in UTC; local time exists only on screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_PRETENDED: ContextVar[datetime | None] = ContextVar("_PRETENDED", default=None)


def utcnow() -> datetime:
    """This moment, aware, in UTC."""
    return _PRETENDED.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """The block works as if it were that moment: for the demo, whose workshop has a past."""
    token = _PRETENDED.set(moment)
    try:
        yield
    finally:
        _PRETENDED.reset(token)


def today(time_zone: str) -> date:
    """The calendar day that a person in `time_zone` would name now."""
    return utcnow().astimezone(ZoneInfo(time_zone)).date()

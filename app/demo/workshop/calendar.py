"""The workshop's past: when its builds were made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from app.foundation.clock import as_of, utcnow

OPENS = 16
"""The hour, in UTC, at which work in Portland begins."""
MINUTES_APART = 20


class Calendar:
    """The days since something began; what is done on one day follows what was done there before."""

    def __init__(self) -> None:
        self._now = utcnow()
        self._count = 0

    @contextmanager
    def ago(self, days: int) -> Iterator[None]:
        """The block works as if it were so many days ago or, at a weekend, on the Friday before."""
        with as_of(working_day(self._now, days) + timedelta(minutes=self._count * MINUTES_APART)):
            yield
        self._count += 1


def working_day(now: datetime, days_ago: int) -> datetime:
    """When work began that many days ago or, at a weekend, on the Friday before."""
    day = now - timedelta(days=days_ago)
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return day.replace(hour=OPENS, minute=0, second=0, microsecond=0)

"""How far back a history or a chart looks, in days of the workspace."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.foundation.clock import utcnow
from app.foundation.pages.formatting import in_workspace_zone, workspace_zone


class Period(StrEnum):
    """A length of time that ends today."""

    MONTH = "30d"
    YEAR = "12m"
    ALL = "all"

    @property
    def label(self) -> str:
        """The period as people read it."""
        return PERIOD_LABELS[self]


PERIOD_LABELS = {Period.MONTH: "30 days", Period.YEAR: "12 months", Period.ALL: "All"}
DAYS = {Period.MONTH: 30, Period.YEAR: 366}


def workspace_today() -> date:
    """The day it is where the workspace is."""
    return in_workspace_zone(utcnow()).date()


def first_day(period: Period) -> date | None:
    """The first day of a period that ends today; None for all time."""
    return workspace_today() - timedelta(days=DAYS[period] - 1) if period in DAYS else None


def start_of(day: date) -> datetime:
    """The moment at which a day begins where the workspace is, in UTC."""
    return datetime.combine(day, time.min, workspace_zone()).astimezone(UTC)

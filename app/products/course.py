"""A product's stock over time: what was on hand at the end of each day, or of each few days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import ARRAY, ColumnElement, DateTime, Integer, func, literal, select, text

from app.extensions import db
from app.foundation.pages.formatting import workspace_zone
from app.products.periods import Period, first_day, start_of, workspace_today
from app.stock.models import StockTransaction
from app.stock.service import Level

MOST_POINTS = 200


@dataclass(frozen=True)
class Course:
    """`points`: each value on hand with the first day on which it holds at the day's end, until the next."""

    points: Sequence[tuple[date, Decimal]]
    until: date
    days_each: int

    @property
    def changes(self) -> list[tuple[date, Decimal]]:
        """The points that differ from the one before, latest first."""
        later = [point for before, point in pairwise(self.points) if before[1] != point[1]]
        return [self.points[0], *later][::-1]

    @property
    def lowest(self) -> tuple[date, Decimal]:
        """The first of the points with the least on hand."""
        return min(self.points, key=lambda point: point[1])

    @property
    def highest(self) -> tuple[date, Decimal]:
        """The first of the points with the most on hand."""
        return max(self.points, key=lambda point: point[1])


def begun_at(product_id: int, period: Period) -> ColumnElement[datetime]:
    """The moment of a product's first movement, or of one before the period; NULL when it never moved."""
    moments = select(StockTransaction.occurred_at).where(StockTransaction.product_id == product_id)
    earliest = moments.with_only_columns(func.min(StockTransaction.occurred_at)).scalar_subquery()
    first = first_day(period)
    if first is None:
        return earliest
    # The first one recorded is most often early enough, and to find the earliest is to read them all.
    recorded = moments.order_by(StockTransaction.id).limit(1).subquery()
    early = select(recorded.c.occurred_at).where(recorded.c.occurred_at < start_of(first))
    return func.coalesce(early.scalar_subquery(), earliest)


def stock_over_time(product_id: int, level: Level, period: Period, moment: datetime | None) -> Course | None:
    """How much of a product was on hand in a period that ends today; None before its first movement.

    `moment` is that of its first movement, or of one before the period. Counted back from the present level,
    so that a short period reads its own transactions only. Where the days are many, a point stands for
    several, such that there are no more than 200.
    """
    if moment is None:
        return None
    begun = moment.astimezone(workspace_zone()).date()
    today = max(workspace_today(), begun)
    first = max(first_day(period) or begun, begun)
    days = (today - first).days + 1
    days_each = -(-days // MOST_POINTS)
    moved = _moved(product_id, first, days_each, (days - 1) // days_each)
    opening = level.on_hand - sum(moved.values(), Decimal(0))
    return Course(tuple(_closings(opening, moved, first, days_each)), today, days_each)


def _moved(product_id: int, first: date, days_each: int, last: int) -> Mapping[int, Decimal]:
    """By stretch of `days_each` days, 0 on `first`: what came in, less what went out.

    What is dated ahead of today counts with today, in the stretch `last`.
    """
    # Among moments, since to find the local day of each of a hundred thousand movements takes longer.
    begins = [start_of(first + timedelta(days=stretch * days_each)) for stretch in range(last + 1)]
    moments = literal(begins, ARRAY(DateTime(timezone=True)))
    stretch = func.width_bucket(StockTransaction.occurred_at, moments, type_=Integer) - 1
    statement = (
        select(stretch, func.sum(StockTransaction.quantity))
        .where(StockTransaction.product_id == product_id, StockTransaction.occurred_at >= begins[0])
        .group_by(text("1"))
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _closings(
    opening: Decimal, moved: Mapping[int, Decimal], first: date, days_each: int
) -> Iterator[tuple[date, Decimal]]:
    """What was on hand after the first stretch, and after each later one in which something moved."""
    on_hand = opening
    for stretch in sorted({0, *moved}):
        on_hand += moved.get(stretch, Decimal(0))
        yield first + timedelta(days=stretch * days_each), on_hand

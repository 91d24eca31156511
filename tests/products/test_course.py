"""Stock over time: closing balances by the workspace's days, however many transactions there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.foundation.pages.formatting import set_time_zone
from app.foundation.transaction import transaction
from app.products.course import MOST_POINTS, Course, begun_at, stock_over_time
from app.products.periods import Period
from app.stock.service import Consume, Kind, Receive, Source, levels_of, post
from tests.products.builders import stock_up, use
from tests.support.products import create_product

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def at(day: int, hour: int = 12) -> datetime:
    """A moment of June 2026."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def product(context: Flask) -> int:
    return create_product().id


@time_machine.travel(NOW, tick=False)
def course(product: int, period: Period = Period.YEAR) -> Course:
    found = read(product, period)
    assert found is not None
    return found


def read(product: int, period: Period) -> Course | None:
    moment = db.session.scalar(select(begun_at(product, period)))
    return stock_over_time(product, levels_of([product])[product], period, moment)


def test_before_the_first_movement_there_is_none(product: int) -> None:
    assert all(read(product, period) is None for period in Period)


def test_each_day_has_what_was_there_at_its_end(product: int) -> None:
    stock_up(product, "10", at=at(1, 8))
    use(product, "4", at=at(1, 20))
    stock_up(product, "5", at=at(3))
    assert course(product).points == (
        (date(2026, 6, 1), Decimal(6)),
        (date(2026, 6, 3), Decimal(11)),
    )


def test_days_are_the_workspaces(product: int) -> None:
    stock_up(product, "10", at=at(2, 3))
    use(product, "4", at=at(2, 5))
    set_time_zone("America/New_York")
    assert [day.day for day, _ in course(product).points] == [1, 2]
    set_time_zone("Pacific/Auckland")
    assert [day.day for day, _ in course(product).points] == [2]


def test_what_is_entered_later_for_an_earlier_day_counts_on_that_day(product: int) -> None:
    stock_up(product, "10", at=at(5))
    stock_up(product, "3", at=at(20))
    use(product, "2", at=at(10))
    assert [on_hand for _, on_hand in course(product).points] == [10, 8, 11]


def test_a_shorter_period_begins_with_what_was_there(product: int) -> None:
    stock_up(product, "10", at=NOW - timedelta(days=100))
    use(product, "4", at=at(20))
    shown = course(product, Period.MONTH)
    assert shown.points == ((date(2026, 6, 1), Decimal(10)), (date(2026, 6, 20), Decimal(6)))
    assert shown.until == date(2026, 6, 30)


def test_a_period_in_which_nothing_moved_is_level(product: int) -> None:
    stock_up(product, "10", at=NOW - timedelta(days=300))
    assert course(product, Period.MONTH).points == ((date(2026, 6, 1), Decimal(10)),)


def test_a_movement_dated_ahead_counts_today(product: int) -> None:
    stock_up(product, "10", at=at(1))
    use(product, "4", at=NOW + timedelta(days=9))
    assert course(product).points[-1] == (date(2026, 6, 30), Decimal(6))


@pytest.mark.parametrize(("period", "days_each"), [(Period.MONTH, 1), (Period.YEAR, 2), (Period.ALL, 16)])
def test_however_much_moved_the_points_are_few_and_end_at_the_level(
    product: int, period: Period, days_each: int
) -> None:
    def movement(number: int) -> Receive | Consume:
        moment = NOW - timedelta(hours=15 * number)
        kind = Receive if number % 3 else Consume
        cost = {"cost": Decimal(1)} if kind is Receive else {"allow_shortage": True}
        return kind(  # type: ignore[arg-type]
            product_id=product,
            kind=Kind.RECEIVE,
            source=Source("test"),
            quantity=Decimal(number % 7 + 1),
            occurred_at=moment,
            **cost,
        )

    with transaction() as session:
        post([movement(number) for number in range(5000)], session)
    shown = course(product, period)
    assert shown.days_each == days_each
    assert len(shown.points) <= MOST_POINTS
    assert shown.points[-1][1] == levels_of([product])[product].on_hand
    assert shown.lowest[1] <= shown.highest[1]


def test_the_table_has_the_days_on_which_it_changed_latest_first(product: int) -> None:
    stock_up(product, "10", at=at(1))
    stock_up(product, "1", at=at(3))
    use(product, "1", at=at(3))
    use(product, "10", at=at(4))
    assert course(product).changes == [(date(2026, 6, 4), Decimal(0)), (date(2026, 6, 1), Decimal(10))]

"""How values are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.foundation.pages.formatting import (
    count_of,
    format_ago,
    format_date,
    format_datetime,
    format_duration,
    format_money,
    format_price,
    format_quantity,
    format_unit_cost,
    initials,
    plain_number,
    set_time_zone,
)

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "value", "written"),
    [
        (format_money, Decimal("1234.5"), "1,234.50"),
        (format_money, Decimal("0.005"), "0.01"),
        (format_money, Decimal("-3"), "−3.00"),
        (format_money, None, ""),
        (format_price, Decimal("12.500000"), "12.50"),
        (format_price, Decimal("0.012500"), "0.0125"),
        (format_price, Decimal("1000.123456"), "1,000.123456"),
        (format_price, None, ""),
        (format_unit_cost, Decimal("4.485542"), "4.4855"),
        (format_unit_cost, Decimal("12.500000"), "12.50"),
        (format_unit_cost, Decimal("0.000125"), "0.000125"),
        (format_unit_cost, Decimal("-0.999950"), "−1.00"),
        (format_unit_cost, 0, "0.00"),
        (format_unit_cost, None, ""),
        (format_quantity, Decimal("1200.0000"), "1,200"),
        (format_quantity, Decimal("0.2500"), "0.25"),
        (format_quantity, Decimal("1E+2"), "100"),
        (format_quantity, 40, "40"),
        (format_quantity, Decimal("0.0000"), "0"),
        (plain_number, Decimal("1E+3"), "1000"),
        (plain_number, Decimal("-0.5000"), "-0.5"),
    ],
)
def test_numbers_are_exact_and_readable(write: Any, value: object, written: str) -> None:
    assert write(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, ""),
        (0, "under 1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (7500, "2 h 5 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
    ],
)
def test_durations_are_given_in_their_two_largest_units(seconds: Any, written: str) -> None:
    assert format_duration(seconds) == written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOON - timedelta(seconds=59), "just now"),
        (NOON - timedelta(minutes=1), "1 minute ago"),
        (NOON - timedelta(minutes=59), "59 minutes ago"),
        (NOON - timedelta(hours=2), "today 10:00"),
        (NOON - timedelta(hours=13), "yesterday 23:00"),
        (NOON - timedelta(days=400), "27 Jan 2025"),
        (NOON + timedelta(hours=1), "today 13:00"),
        (NOON + timedelta(days=1), "tomorrow 12:00"),
    ],
)
def test_moments_are_said_as_people_say_them(moment: datetime, written: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert format_ago(moment) == written


def test_moments_are_shown_on_the_workspaces_clocks(context: Flask) -> None:
    set_time_zone("America/New_York")
    late = datetime(2026, 3, 4, 2, 5, 9, tzinfo=UTC)
    assert format_datetime(late) == "3 Mar 2026, 21:05:09 EST"
    assert format_date(late) == "3 Mar 2026"


def test_dates_are_never_shifted(context: Flask) -> None:
    set_time_zone("Pacific/Honolulu")
    assert format_date(date(2026, 3, 4)) == "4 Mar 2026"


def test_counts_carry_their_noun() -> None:
    assert [count_of(1, "item"), count_of(1204, "item"), count_of(2, "company", "companies")] == [
        "1 item",
        "1,204 items",
        "2 companies",
    ]


def test_initials_are_those_of_the_first_and_last_word() -> None:
    assert [initials("Anna Maria Keller"), initials("anna"), initials("")] == ["AK", "A", "?"]

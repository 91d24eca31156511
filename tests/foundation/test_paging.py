"""Keyset paging over a real table, in both directions, with ties and with missing values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Numeric, Select, Table, Text, insert, select

from app.extensions import db
from app.foundation.lists.paging import Order, Position, Window, fetch, read_token, write_token

THINGS = Table(
    "things_to_page",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("price", Numeric(18, 6)),
    prefixes=["TEMPORARY"],
)
NAMES = ["oak", "ash", "Oak", "", "öl", "ash", "zinc", "ash", "birch", "oak", "elm", "fir"]
PRICES = ["2.5", None, "0", "-1", None, "2.5", "2.5", None, "9.000001", "9", None, "2.5"]


@pytest.fixture
def things(context: Flask) -> Iterator[Select[Any]]:
    """Twelve rows with ties and gaps, and the statement that reads them."""
    connection = db.session.connection()
    THINGS.create(connection)
    connection.execute(
        insert(THINGS),
        [
            {"id": number, "name": name, "price": price and Decimal(price)}
            for number, (name, price) in enumerate(zip(NAMES, PRICES, strict=True), start=1)
        ],
    )
    yield select(THINGS.c.id, THINGS.c.name, THINGS.c.price)
    db.session.rollback()


ORDERS = {
    "name": Order(THINGS.c.name, THINGS.c.id),
    "-name": Order(THINGS.c.name, THINGS.c.id, descending=True),
    "price": Order(THINGS.c.price, THINGS.c.id, nullable=True),
    "-price": Order(THINGS.c.price, THINGS.c.id, descending=True, nullable=True),
    "id": Order(THINGS.c.id, THINGS.c.id),
}


def ids(window: Window) -> list[int]:
    return [row.id for row in window.rows]


def in_one_go(statement: Select[Any], order: Order) -> list[int]:
    return [row.id for row in db.session.execute(statement.order_by(*order.clauses()))]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("size", [1, 2, 3, 5, 12, 50])
def test_pages_forward_and_back_show_every_row_once_in_order(
    things: Select[Any], order: Order, size: int
) -> None:
    session = db.session()
    expected = in_one_go(things, order)
    window = fetch(session, things, order, size)
    assert not window.has_previous
    pages = [ids(window)]
    while window.has_next:
        window = fetch(session, things, order, size, after=window.last)
        pages.append(ids(window))
    assert [number for page in pages for number in page] == expected
    for page in reversed(pages[:-1]):
        assert window.has_previous
        window = fetch(session, things, order, size, before=window.first)
        assert ids(window) == page
    assert not window.has_previous


def test_rows_without_a_value_come_last_whichever_way_is_sorted(things: Select[Any]) -> None:
    for name in ("price", "-price"):
        prices = [row.price for row in fetch(db.session(), things, ORDERS[name], 50).rows]
        assert prices[-4:] == [None] * 4
        assert None not in prices[:-4]


def test_a_position_behind_the_last_row_shows_the_first_page(things: Select[Any]) -> None:
    window = fetch(db.session(), things, ORDERS["id"], 5, after=Position(99, 99))
    assert ids(window) == [1, 2, 3, 4, 5]
    assert not window.has_previous


def test_a_row_that_was_inserted_meanwhile_moves_no_page(things: Select[Any]) -> None:
    session = db.session()
    first = fetch(session, things, ORDERS["name"], 4)
    session.execute(insert(THINGS).values(id=13, name=""))
    second = fetch(session, things, ORDERS["name"], 4, after=first.last)
    assert not set(ids(first)) & set(ids(second))
    assert 13 not in ids(second)


@pytest.mark.parametrize(
    "value",
    [
        "Öl & 'Wachs'",
        "",
        True,
        7,
        Decimal("9.000001"),
        datetime(2026, 3, 1, 9, 5, tzinfo=UTC),
        date(2026, 3, 1),
        None,
    ],
)
def test_a_token_keeps_its_position_exactly(context: Flask, value: object) -> None:
    read = read_token(write_token(Position(value, 12), "things name"), "things name")
    assert read == Position(value, 12)
    assert read is not None
    assert type(read.value) is type(value)


@pytest.mark.parametrize("token", ["", "x", "a.b", "WyJzIiwiYSIsMV0", "\ud800", "é" * 5000, None])
def test_a_forged_token_is_no_position(context: Flask, token: str | None) -> None:
    assert read_token(token, "things name") is None


def test_a_token_of_another_list_or_order_is_no_position(context: Flask) -> None:
    token = write_token(Position("oak", 1), "things name")
    assert read_token(token, "things price") is None
    assert read_token(token[:-1], "things name") is None

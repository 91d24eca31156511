"""What the database itself refuses, and how many statements it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.extensions import db
from app.stock.models import StockTransaction
from app.stock.service import Consume, Kind, Movement, Receive, Reverse, turn_lots_on
from tests.support.products import create_product
from tests.support.statements import statements
from tests.support.stock import a_source, consumed, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


@pytest.fixture
def sent(context: Flask) -> Iterator[list[str]]:
    """The statements that reach the database."""
    with statements(context) as seen:
        yield seen


def run(statement: str) -> None:
    """The statement, committed."""
    with db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock_transactions SET note = 'better'",
        "UPDATE stock_transactions SET note = 'better' WHERE false",
        "DELETE FROM stock_transactions",
        "TRUNCATE stock_transactions CASCADE",
        "TRUNCATE products CASCADE",
    ],
)
def test_history_is_never_rewritten(app: Flask, statement: str) -> None:
    stocked()
    with pytest.raises(DBAPIError, match=r"append-only|kept for good"):
        run(statement)
    assert db.session.query(StockTransaction).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lots SET quantity_remaining = -1",
        "UPDATE lots SET quantity_remaining = original_quantity + 1",
        "UPDATE lots SET cost_remaining = -1",
        "UPDATE lots SET status = 'exhausted'",
        "UPDATE lots SET quantity_remaining = 0",
        "UPDATE lots SET status = 'lost'",
        "UPDATE stock_levels SET unit_cost = -1",
        "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
        "occurred_at, source_kind) VALUES (1, 'RECEIVE', 0, 0, 0, 0, now(), 'receipt')",
        "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
        "occurred_at, source_kind) VALUES (1, 'MAGIC', 1, 0, 0, 0, now(), 'receipt')",
        "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
        "occurred_at, source_kind, reverses_id) VALUES (1, 'RECEIVE', 1, 0, 0, 0, now(), 'receipt', 4711)",
        "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
        "occurred_at, source_kind, gives_back_id) VALUES (1, 'RECEIVE', 1, 0, 0, 0, now(), 'receipt', 4711)",
        "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
        "occurred_at, source_kind, lot_id) VALUES (1, 'RECEIVE', 1, 0, 0, 0, now(), 'receipt', 4711)",
        "DELETE FROM lots",
        "INSERT INTO stock_mode (id) VALUES (2)",
    ],
)
def test_impossible_rows_are_refused(app: Flask, statement: str) -> None:
    turn_lots_on(None)
    stocked()
    with pytest.raises(IntegrityError):
        run(statement)


def test_a_transaction_is_reversed_once(app: Flask) -> None:
    build = a_source("build")
    consumed(stocked(), 1, build)
    post_now(Reverse(source=build, kind=Kind.BUILD_REVERSAL))
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, "
            "occurred_at, source_kind, reverses_id) SELECT product_id, kind, quantity, cost, 0, 0, now(), "
            "source_kind, reverses_id FROM stock_transactions WHERE reverses_id IS NOT NULL"
        )


def receipts(products: list[int], count: int) -> list[Movement]:
    """So many lines of a receipt."""
    source = a_source("receipt")
    return [
        Receive(
            product_id=products[n % len(products)], quantity=D(9), cost=D(7), kind=Kind.RECEIVE, source=source
        )
        for n in range(count)
    ]


def sales(products: list[int], count: int) -> list[Movement]:
    """So many lines of sales, all of which the books are to know."""
    source = a_source("sale")
    return [
        Consume(
            product_id=products[n % len(products)],
            quantity=D("1.5"),
            allow_shortage=True,
            kind=Kind.SALE,
            source=source,
            awaits_export=True,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("in_lots", [False, True])
@pytest.mark.parametrize("make", [receipts, sales])
def test_as_many_statements_for_one_as_for_ten_thousand(
    app: Flask,
    sent: list[str],
    in_lots: bool,
    make: Callable[[list[int], int], list[Movement]],
) -> None:
    products = [create_product().id for _ in range(100)]
    if in_lots:
        turn_lots_on(None)
    post_now(*receipts(products, 100), *receipts(products, 100))
    counts = []
    for count in (1, 100, 10_000):
        movements = make(products, count)
        sent.clear()
        post_now(*movements)
        counts.append(len(sent))
    # The last of the sales went short, which is a statement more.
    assert counts[0] == counts[1]
    assert counts[2] - counts[1] == (1 if make is sales else 0)
    assert counts[2] <= 12


def test_a_reversal_takes_as_many_statements_for_one_as_for_a_thousand(app: Flask, sent: list[str]) -> None:
    turn_lots_on(None)
    products = [stocked(quantity=2000) for _ in range(20)]
    counts = []
    for count in (1, 1000):
        movements = sales(products, count)
        post_now(*movements)
        sent.clear()
        post_now(Reverse(source=movements[0].source, kind=Kind.SALE_REVERSAL))
        counts.append(len(sent))
    assert counts[0] == counts[1]

"""The catalogue's filters by stock list what a plain look at each product finds, be that few or many."""

from __future__ import annotations

from decimal import Decimal
from itertools import product as combined
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.extensions import db
from app.foundation.clock import utcnow
from app.products.listing import PRODUCTS, product_rows, value_of
from app.products.models import Product
from app.stock.models import StockLevel
from app.stock.service import levels_of
from tests.support.walking import walked

MANY = 1100
"""More than a list counts."""
LEVELS = (None, "0", "-1", "3", "5", "5.0001")
POINTS = (None, "0", "5")
MOVED = """
    INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, occurred_at,
        source_kind)
    SELECT product_id, 'ADJUSTMENT', on_hand, value, on_hand, value, now(), 'test' FROM stock_levels
    WHERE (on_hand <> 0 OR value <> 0)
        AND NOT EXISTS (SELECT FROM stock_transactions t WHERE t.product_id = stock_levels.product_id)
"""


@pytest.fixture
def shelves(context: Flask) -> Flask:
    """Every level beside every reorder point, active and inactive, "Oak" and "Elm"."""
    kinds = list(combined(LEVELS, POINTS, (True, False), ("Oak", "Elm")))
    rows = [
        {"name": f"{word} {number}", "sku": f"S-{number}", "reorder_point": point, "is_active": active}
        for number, (_, point, active, word) in enumerate(kinds)
    ]
    ids = db.session.scalars(insert(Product).returning(Product.id, sort_by_parameter_order=True), rows).all()
    levels = [
        {"product_id": product_id, "on_hand": kind[0], "value": 2 * Decimal(kind[0]), "unit_cost": 2}
        for product_id, kind in zip(ids, kinds, strict=True)
        if kind[0] is not None
    ]
    db.session.execute(insert(StockLevel), levels)
    db.session.execute(text(MOVED))
    db.session.commit()
    return context


def add_many(on_hand: str | None, *, active: bool) -> None:
    """As many more products as no list counts, all alike."""
    facts = {"many": MANY, "active": active, "now": utcnow(), "on_hand": on_hand}
    db.session.execute(
        text(
            "INSERT INTO products (sku, name, product_type, unit, description, reorder_point, is_active,"
            " created_at, updated_at) SELECT 'M-' || n, 'Ash ' || n, 'component', '', '', 5, :active, :now,"
            " :now FROM generate_series(1, :many) AS n"
        ),
        facts,
    )
    if on_hand is not None:
        db.session.execute(
            text(
                "INSERT INTO stock_levels (product_id, on_hand) SELECT id, CAST(:on_hand AS numeric)"
                " FROM products WHERE sku LIKE 'M-%'"
            ),
            facts,
        )
        db.session.execute(text(MOVED))
    db.session.commit()


def plainly(stock: str, state: str, word: str) -> list[int]:
    """The ids that belong on the list, in its order, product by product."""
    level = select(StockLevel.on_hand).where(StockLevel.product_id == Product.id).scalar_subquery()
    columns = (Product.id, Product.name, Product.reorder_point, Product.is_active, level.label("on_hand"))
    rows = db.session.execute(select(*columns)).all()
    kept = [row for row in rows if _belongs(row, stock, state, word)]
    return [row.id for row in sorted(kept, key=lambda row: (row.name.lower(), row.id))]


def _belongs(row: Any, stock: str, state: str, word: str) -> bool:
    on_hand = row.on_hand or Decimal(0)
    low = row.reorder_point is not None and on_hand <= row.reorder_point
    fits = {"": True, "low": low, "out": on_hand <= 0, "in": on_hand > 0}[stock]
    return fits and (state == "all" or row.is_active == (state == "active")) and word in row.name.lower()


def check(app: Flask) -> None:
    """Every choice of the list against the plain look."""
    for stock, state, word in combined(("", "low", "out", "in"), ("active", "inactive", "all"), ("", "oak")):
        url = f"/products?stock={stock}&state={state}&q={word}"
        found = walked(app, PRODUCTS, product_rows(), url)
        assert found == plainly(stock, state, word), url
        worth = sum((one.value for one in levels_of(found).values()), Decimal(0))
        assert value_of({"stock": stock, "state": state, "q": word}) == worth, url


def test_few_are_found_by_their_stock(shelves: Flask) -> None:
    check(shelves)


@pytest.mark.parametrize("on_hand", [None, "0", "4", "6"])
@pytest.mark.parametrize("active", [True, False])
def test_so_are_they_among_many(shelves: Flask, on_hand: str | None, active: bool) -> None:
    add_many(on_hand, active=active)
    check(shelves)

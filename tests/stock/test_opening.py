"""The first stock of new products, set-based."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import BigInteger, Numeric, String, column, func, select, values

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.stock.errors import LotsAreOn
from app.stock.kinds import Kind
from app.stock.models import StockLevel, StockMode, StockTransaction
from app.stock.movements import Source
from app.stock.opening import open_stock
from app.stock.service import levels_of
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")

Row = tuple[int, str, str, Kind]


def open_with(*rows: Row) -> None:
    """The products have this first stock."""
    named = values(
        column("product_id", BigInteger),
        column("quantity", Numeric),
        column("unit_cost", Numeric),
        column("kind", String),
        name="rows",
    ).data([(product, Decimal(quantity), Decimal(cost), kind) for product, quantity, cost, kind in rows])
    with transaction() as session:
        source = Source("import", 7)
        open_stock(session.connection(), select(named), source=source, user_id=3, at=utcnow())


def test_each_product_has_its_level_and_one_transaction_of_its_kind() -> None:
    first, second = create_product().id, create_product().id
    open_with((first, "0.3333", "1.234567", Kind.OPENING), (second, "-2", "1.5", Kind.ACCOUNTING_SYNC))
    rows = db.session.query(StockTransaction).order_by(StockTransaction.id).all()
    assert [(row.product_id, row.kind, row.quantity, row.cost) for row in rows] == [
        (first, "OPENING", Decimal("0.3333"), Decimal("0.411481")),
        (second, "ACCOUNTING_SYNC", Decimal(-2), Decimal(-3)),
    ]
    assert {(row.source_kind, row.source_id, row.user_id) for row in rows} == {("import", 7, 3)}
    levels = levels_of([first, second])
    assert [(row.on_hand_after, row.value_after) for row in rows] == [
        (levels[first].on_hand, levels[first].value),
        (levels[second].on_hand, levels[second].value),
    ]
    assert (levels[first].unit_cost, levels[second].unit_cost) == (Decimal("1.234566"), Decimal("1.5"))


def test_the_unit_cost_of_a_tiny_quantity_is_what_its_value_says() -> None:
    product = create_product().id
    open_with((product, "0.0001", "1.234567", Kind.OPENING))
    level = levels_of([product])[product]
    assert (level.value, level.unit_cost) == (Decimal("0.000123"), Decimal("1.23"))


def test_a_quantity_of_zero_sets_the_unit_cost_alone() -> None:
    product = create_product().id
    open_with((product, "0", "4", Kind.OPENING))
    level = levels_of([product])[product]
    assert (level.on_hand, level.value, level.unit_cost) == (0, 0, 4)
    assert db.session.query(StockTransaction).count() == 0


def test_a_product_that_has_a_level_keeps_it() -> None:
    product = create_product().id
    open_with((product, "5", "2", Kind.OPENING))
    open_with((product, "9", "3", Kind.OPENING))
    assert levels_of([product])[product].on_hand == 5
    assert db.session.query(StockTransaction).count() == 1


def test_while_stock_is_kept_in_lots_a_quantity_is_refused_and_a_cost_is_not() -> None:
    product = create_product().id
    with transaction() as session:
        session.merge(StockMode(id=1, lots_on=True))
    with pytest.raises(LotsAreOn):
        open_with((product, "5", "2", Kind.OPENING))
    assert db.session.scalar(select(func.count()).select_from(StockLevel)) == 0
    open_with((product, "0", "2", Kind.OPENING))
    assert levels_of([product])[product].unit_cost == 2

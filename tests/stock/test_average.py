"""Stock at its weighted average: what comes in, goes out and is put right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.stock.models import Shortage, StockTransaction
from app.stock.service import (
    Adjust,
    Consume,
    InsufficientStock,
    Kind,
    Level,
    Receive,
    SetQuantity,
    levels_of,
)
from tests.support.products import create_product
from tests.support.stock import a_source, consumed, on_hand, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def level(product_id: int) -> tuple[Decimal, Decimal, Decimal]:
    """On hand, value and unit cost."""
    found = levels_of([product_id])[product_id]
    return found.on_hand, found.value, found.unit_cost


def history(product_id: int) -> list[tuple[str, Decimal, Decimal]]:
    """Kind, quantity and cost of each transaction."""
    rows = db.session.execute(
        select(StockTransaction.kind, StockTransaction.quantity, StockTransaction.cost)
        .where(StockTransaction.product_id == product_id)
        .order_by(StockTransaction.id)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def test_appendix_c_1_the_weighted_average(app: Flask) -> None:
    product = stocked(quantity=80, unit_cost=4)
    stocked(product, 20, "6.5")
    assert level(product) == (100, 450, D("4.5"))


def test_appendix_c_5_output_joins_the_average(app: Flask) -> None:
    product = stocked(quantity=10, unit_cost=50)
    post_now(
        Receive(
            product_id=product,
            quantity=D(5),
            cost=D(300),
            kind=Kind.BUILD_PRODUCE,
            source=a_source("build"),
        )
    )
    assert level(product) == (15, 800, D("53.333333"))


def test_a_product_without_a_movement_has_nothing(app: Flask) -> None:
    product = create_product().id
    assert levels_of([product]) == {product: Level(D(0), D(0), D(0))}


def test_the_last_unit_takes_what_the_others_left(app: Flask) -> None:
    product = create_product().id
    post_now(
        Receive(product_id=product, quantity=D(3), cost=D(10), kind=Kind.RECEIVE, source=a_source("receipt"))
    )
    costs = [consumed(product, 1).transactions[0].cost for _ in range(3)]
    assert costs == [D("-3.333333"), D("-3.333334"), D("-3.333333")]
    assert level(product) == (0, 0, D("3.333333"))


def test_nothing_is_taken_that_is_not_there(app: Flask) -> None:
    one, other, plenty = stocked(quantity=3), stocked(quantity=5), stocked(quantity=100)
    source = a_source("build")
    batch = [
        Consume(product_id=product, quantity=D(quantity), kind=Kind.BUILD_CONSUME, source=source)
        for product, quantity in ((other, 4), (plenty, 4), (one, 4), (other, 3))
    ]
    with pytest.raises(InsufficientStock) as refused:
        post_now(*batch)
    assert [(one.product_id, one.needed, one.available) for one in refused.value.shortfalls] == [
        (one, 4, 3),
        (other, 7, 5),
    ]
    assert [on_hand(product) for product in (one, other, plenty)] == [3, 5, 100]


def test_a_sale_may_go_below_zero_at_a_provisional_cost(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    sale = Consume(
        product_id=product,
        quantity=D(10),
        allow_shortage=True,
        shortage_unit_cost=D(21),
        kind=Kind.SALE,
        source=a_source("sale"),
    )
    post_now(sale)
    assert level(product) == (-4, -84, 20)
    found = db.session.scalars(select(Shortage)).one()
    assert (found.product_id, found.quantity, found.cost, found.resolved_at) == (product, 4, 84, None)


def test_what_comes_in_later_settles_what_was_short(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    post_now(
        Consume(
            product_id=product, quantity=D(10), allow_shortage=True, kind=Kind.SALE, source=a_source("sale")
        )
    )
    stocked(product, 10, 25)
    assert level(product) == (6, 150, 25)
    assert history(product)[-2:] == [("OPENING", 10, 250), ("COST_CORRECTION", 0, -20)]
    assert db.session.scalars(select(Shortage.resolved_at)).one() is not None


def test_a_deficit_filled_in_part_keeps_the_rest_of_its_value(app: Flask) -> None:
    product = stocked(quantity=1, unit_cost=20)
    post_now(
        Consume(
            product_id=product, quantity=D(11), allow_shortage=True, kind=Kind.SALE, source=a_source("sale")
        )
    )
    stocked(product, 4, 25)
    assert level(product) == (-6, -120, 20)


def test_an_adjustment_up_joins_the_average_and_one_down_leaves_it(app: Flask) -> None:
    product = stocked(quantity=10, unit_cost=4)
    for quantity, unit_cost in ((10, D(6)), (-5, None)):
        post_now(
            Adjust(
                product_id=product,
                quantity=D(quantity),
                unit_cost=unit_cost,
                kind=Kind.ADJUSTMENT,
                source=a_source(),
            )
        )
    assert level(product) == (15, 75, 5)


def set_quantity(product_id: int, quantity: str | int, unit_cost: str | int | None = None) -> None:
    """As the books say."""
    post_now(
        SetQuantity(
            product_id=product_id,
            quantity=D(quantity),
            unit_cost=None if unit_cost is None else D(unit_cost),
            kind=Kind.ACCOUNTING_SYNC,
            source=a_source("sync_run"),
        )
    )


def test_appendix_c_9_the_books_lead(app: Flask) -> None:
    product = stocked(quantity=40, unit_cost=2)
    set_quantity(product, 55)
    set_quantity(product, 55)
    assert history(product)[1:] == [("ACCOUNTING_SYNC", 15, 30)]


def test_a_mere_change_of_cost_is_a_correction(app: Flask) -> None:
    product = stocked(quantity=40, unit_cost=2)
    set_quantity(product, 40, "2.5")
    assert history(product)[1:] == [("COST_CORRECTION", 0, 20)]
    assert level(product) == (40, 100, D("2.5"))


def test_the_same_unit_cost_is_no_change_however_it_was_rounded(app: Flask) -> None:
    product = create_product().id
    post_now(
        Receive(product_id=product, quantity=D(3), cost=D(10), kind=Kind.RECEIVE, source=a_source("receipt"))
    )
    set_quantity(product, 3, "3.333333")
    assert len(history(product)) == 1


def test_a_product_without_stock_takes_the_cost_of_the_books(app: Flask) -> None:
    product = create_product().id
    set_quantity(product, 0, 7)
    assert level(product) == (0, 0, 7)
    assert history(product) == []


def test_the_books_may_go_below_zero(app: Flask) -> None:
    product = stocked(quantity=4, unit_cost=2)
    set_quantity(product, -3, 5)
    assert level(product) == (-3, -15, 5)
    set_quantity(product, 2)
    assert level(product) == (2, 10, 5)

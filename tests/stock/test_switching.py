"""Lots turned on, off and on again (RCV-3, OQ-61, OQ-62)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.foundation.errors import Conflict
from app.stock.models import Lot, LotDraw
from app.stock.service import (
    Kind,
    NewLot,
    Receive,
    SetQuantity,
    lots_on,
    resolve_shortage,
    turn_lots_off,
    turn_lots_on,
)
from tests.stock.test_average import history, level
from tests.stock.test_lots import lots, sold, three_lots
from tests.support.products import create_product
from tests.support.stock import a_source, consumed, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def test_each_product_with_stock_gets_a_legacy_lot(app: Flask) -> None:
    product = create_product(sku="AB-1").id
    stocked(product, 3, "3.333333")
    create_product()
    turn_lots_on(None)
    lot = db.session.scalars(select(Lot)).one()
    assert (lot.number, lot.quantity_remaining, lot.cost_remaining) == ("LEGACY-AB-1", 3, D("9.999999"))
    assert lots_on()
    turn_lots_on(None)
    assert db.session.query(Lot).count() == 1


def test_legacy_lots_are_the_oldest(app: Flask) -> None:
    product = stocked(quantity=5, unit_cost=7)
    turn_lots_on(None)
    stocked(product, 5, 1)
    assert consumed(product, 5).transactions[0].cost == -35


def test_turned_off_everything_stays_and_lots_are_frozen(app: Flask) -> None:
    turn_lots_on(None)
    product = three_lots()
    turn_lots_off(None)
    consumed(product, 15)
    assert lots(product)[0] == (15, 150, "active")
    assert level(product)[0] == 100


def test_on_again_the_difference_becomes_a_legacy_lot(app: Flask) -> None:
    product = create_product(sku="AB-2").id
    stocked(product, 4, 2)
    turn_lots_on(None)
    turn_lots_off(None)
    stocked(product, 6, 3)
    turn_lots_on(None)
    assert lots(product) == [(4, 8, "active"), (6, 18, "active")]
    assert set(db.session.scalars(select(Lot.number))) == {"LEGACY-AB-2", "LEGACY-AB-2-2"}


def test_on_again_what_left_meanwhile_leaves_the_oldest_lots(app: Flask) -> None:
    turn_lots_on(None)
    product = three_lots()
    turn_lots_off(None)
    consumed(product, 50)
    before = level(product)
    turn_lots_on(None)
    assert lots(product) == [(0, 0, "exhausted"), (5, 55, "active"), (60, 720, "active")]
    assert level(product) == (65, 775, D("11.923077"))
    assert [row[:2] for row in history(product)[-3:]] == [
        ("LOT_ADJUSTMENT", -50),
        ("LOT_ADJUSTMENT", 50),
        ("COST_CORRECTION", 0),
    ]
    assert history(product)[-1][2] == 775 - before[1]


def test_on_again_the_draws_are_kept_in_the_order_of_drawing(app: Flask) -> None:
    turn_lots_on(None)
    product = stocked(quantity=5, unit_cost=9)
    earlier = NewLot("OLD-1", received_at=datetime(2020, 1, 1, tzinfo=UTC))
    receipt = Receive(
        product_id=product, quantity=D(5), cost=D(10), lot=earlier, kind=Kind.RECEIVE, source=a_source()
    )
    post_now(receipt)
    turn_lots_off(None)
    consumed(product, 8)
    turn_lots_on(None)
    drawn = db.session.execute(select(LotDraw.quantity, LotDraw.cost).order_by(LotDraw.id)).all()
    assert [tuple(row) for row in drawn] == [(5, 10), (3, 27)]


def test_a_level_below_zero_becomes_a_shortage(app: Flask) -> None:
    product = stocked(quantity=4, unit_cost=2)
    post_now(
        SetQuantity(
            product_id=product, quantity=D(-3), kind=Kind.ACCOUNTING_SYNC, source=a_source("sync_run")
        )
    )
    turn_lots_on(None)
    stocked(product, 5, 4)
    assert level(product) == (2, 14, 4)
    resolve_shortage(product, None)
    assert level(product) == (2, 8, 4)


def test_off_with_open_shortages_leaves_no_value_of_the_wrong_sign(app: Flask) -> None:
    turn_lots_on(None)
    product = stocked(quantity=1, unit_cost=10)
    sold(product, 5, 14)
    stocked(product, 5, 10)
    assert level(product) == (1, -6, 10)
    turn_lots_off(None)
    assert level(product) == (1, 10, 10)


def test_a_quantity_set_beside_frozen_lots_settles_only_what_is_missing(app: Flask) -> None:
    turn_lots_on(None)
    product = stocked(quantity=1, unit_cost=10)
    sold(product, 5, 14)
    stocked(product, 5, 10)
    turn_lots_off(None)
    post_now(
        SetQuantity(product_id=product, quantity=D(3), kind=Kind.ACCOUNTING_SYNC, source=a_source("sync_run"))
    )
    turn_lots_on(None)
    assert lots(product) == [(2, 36, "active"), (0, 0, "exhausted"), (5, 50, "active")]
    assert level(product)[:2] == (3, 30)


def test_shortages_are_resolved_from_lots_only(app: Flask) -> None:
    with pytest.raises(Conflict):
        resolve_shortage(stocked(), None)

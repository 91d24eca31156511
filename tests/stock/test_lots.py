"""Stock in lots: first in, first out, shortages, and lots put right."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.stock.models import Lot, LotDraw, Shortage
from app.stock.service import (
    Adjust,
    Consume,
    CorrectCost,
    InsufficientStock,
    Kind,
    LotsAreOn,
    LotUnavailable,
    NewLot,
    PostedBatch,
    Receive,
    SetQuantity,
    Source,
    levels_of,
    preview,
    resolve_shortage,
    turn_lots_on,
)
from tests.stock.test_average import history, level
from tests.support.products import create_product
from tests.support.stock import a_source, consumed, on_hand, post_now, stocked

D = Decimal


@pytest.fixture(autouse=True)
def _lots_on(context: Flask) -> None:
    turn_lots_on(None)


def lots(product_id: int) -> list[tuple[Decimal, Decimal, str]]:
    """What is left of each lot, what it cost, and its status, oldest first."""
    rows = db.session.execute(
        select(Lot.quantity_remaining, Lot.cost_remaining, Lot.status)
        .where(Lot.product_id == product_id)
        .order_by(Lot.received_at, Lot.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def sold(
    product_id: int, quantity: str | int, unit_cost: str | int | None = None, source: Source | None = None
) -> PostedBatch:
    """A sale, whether there is enough or not."""
    return post_now(
        Consume(
            product_id=product_id,
            quantity=D(quantity),
            allow_shortage=True,
            shortage_unit_cost=None if unit_cost is None else D(unit_cost),
            kind=Kind.SALE,
            source=source or a_source("sale"),
        )
    )


def three_lots() -> int:
    """15 at 10.00, 40 at 11.00 and 60 at 12.00."""
    product = stocked(quantity=15, unit_cost=10)
    stocked(product, 40, 11)
    return stocked(product, 60, 12)


def test_appendix_c_4_a_build_takes_the_oldest_first(app: Flask) -> None:
    product = three_lots()
    used = consumed(product, 50).transactions[0]
    assert used.cost == -535
    assert [(draw.quantity, draw.cost) for draw in used.draws] == [(15, 150), (35, 385)]
    assert lots(product) == [(0, 0, "exhausted"), (5, 55, "active"), (60, 720, "active")]
    assert level(product) == (65, 775, D("11.923077"))


def test_appendix_c_7_a_sale_of_more_than_there_is(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    assert sold(product, 10, 21).transactions[0].cost == -204
    assert level(product) == (-4, -84, 20)
    shortage = db.session.scalars(select(Shortage)).one()
    assert (shortage.quantity, shortage.cost) == (4, 84)


def test_a_lot_received_earlier_is_drawn_first_whenever_it_was_entered(app: Flask) -> None:
    product = stocked(quantity=5, unit_cost=9)
    earlier = NewLot("OLD-1", received_at=datetime(2020, 1, 1, tzinfo=UTC))
    post_now(
        Receive(
            product_id=product,
            quantity=D(5),
            cost=D(10),
            lot=earlier,
            kind=Kind.RECEIVE,
            source=a_source("receipt"),
        )
    )
    assert consumed(product, 5).transactions[0].cost == -10


def test_a_lot_is_drawn_from_in_the_batch_that_makes_it(app: Flask) -> None:
    product = create_product().id
    source = a_source("build")
    batch = post_now(
        Receive(product_id=product, quantity=D(3), cost=D(10), kind=Kind.RECEIVE, source=source),
        *[
            Consume(product_id=product, quantity=D(1), kind=Kind.BUILD_CONSUME, source=source)
            for _ in range(3)
        ],
    )
    assert [one.cost for one in batch.transactions] == [10, D("-3.333333"), D("-3.333334"), D("-3.333333")]
    assert lots(product) == [(0, 0, "exhausted")]
    assert db.session.query(LotDraw).count() == 3


def test_lots_that_are_not_needed_are_not_read(app: Flask) -> None:
    product = three_lots()
    with pytest.raises(InsufficientStock):
        consumed(product, 116)
    consumed(product, 115)
    assert on_hand(product) == 0


def test_a_shortage_waits_for_somebody_to_resolve_it(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    sold(product, 10, 21)
    stocked(product, 3, 25)
    assert level(product) == (-1, -9, 25)
    resolve_shortage(product, None)
    stocked(product, 5, 30)
    resolve_shortage(product, None)
    assert history(product)[-4:] == [
        ("OPENING", 3, 75),
        ("COST_CORRECTION", 0, -12),
        ("OPENING", 5, 150),
        ("COST_CORRECTION", 0, -9),
    ]
    assert level(product) == (4, 120, 30)
    assert db.session.scalars(select(Shortage.resolved_at)).one() is not None


def test_what_is_owed_is_not_there_for_a_build(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    sold(product, 10)
    stocked(product, 5, 20)
    with pytest.raises(InsufficientStock) as refused:
        consumed(product, 3)
    assert (refused.value.shortfalls[0].needed, refused.value.shortfalls[0].available) == (3, 1)


def adjusted(product_id: int, lot_id: int, quantity: int, unit_cost: int | None = None) -> None:
    """The lot has been put right."""
    post_now(
        Adjust(
            product_id=product_id,
            quantity=D(quantity),
            unit_cost=None if unit_cost is None else D(unit_cost),
            lot_id=lot_id,
            kind=Kind.LOT_ADJUSTMENT,
            source=a_source(),
        )
    )


def test_a_lot_is_put_right_at_its_own_cost(app: Flask) -> None:
    product = three_lots()
    second = db.session.scalars(select(Lot.id).where(Lot.original_quantity == 40)).one()
    adjusted(product, second, -4)
    adjusted(product, second, 2)
    assert lots(product)[1] == (38, 418, "active")
    assert [row[2] for row in history(product)[-2:]] == [-44, 22]


def test_an_exhausted_lot_comes_back_to_life(app: Flask) -> None:
    product = stocked(quantity=6, unit_cost=20)
    lot = db.session.scalars(select(Lot.id)).one()
    consumed(product, 6)
    adjusted(product, lot, 2)
    assert lots(product) == [(2, 40, "active")]


def test_no_lot_goes_below_zero(app: Flask) -> None:
    product = three_lots()
    first = db.session.scalars(select(Lot.id).order_by(Lot.id).limit(1)).one()
    with pytest.raises(LotUnavailable):
        adjusted(product, first, -16)
    with pytest.raises(LotUnavailable):
        adjusted(stocked(), first, -1)
    assert lots(product)[0] == (15, 150, "active")


def test_freight_that_comes_later_goes_to_what_is_left_of_the_lot(app: Flask) -> None:
    product = stocked(quantity=10, unit_cost=2)
    lot = db.session.scalars(select(Lot.id)).one()
    consumed(product, 4)
    post_now(CorrectCost(product_id=product, cost=D(3), lot_id=lot, source=a_source("receipt")))
    assert level(product) == (6, 15, D("2.5"))
    consumed(product, 6)
    with pytest.raises(LotUnavailable):
        post_now(CorrectCost(product_id=product, cost=D(3), lot_id=lot, source=a_source("receipt")))


def test_a_quantity_cannot_be_set(app: Flask) -> None:
    product = stocked()
    with pytest.raises(LotsAreOn):
        post_now(
            SetQuantity(
                product_id=product, quantity=D(3), kind=Kind.ACCOUNTING_SYNC, source=a_source("sync_run")
            )
        )


def test_a_preview_says_what_would_happen_and_writes_nothing(app: Flask) -> None:
    product = three_lots()
    intent = Consume(product_id=product, quantity=D(50), kind=Kind.BUILD_CONSUME, source=a_source("build"))
    seen = preview([intent], db.session()).transactions[0]
    assert (seen.cost, [draw.quantity for draw in seen.draws]) == (-535, [15, 35])
    assert level(product)[0] == 115
    assert len(history(product)) == 3


def test_a_preview_of_a_product_without_any_movement_finds_nothing(app: Flask) -> None:
    product = create_product().id
    intent = Consume(product_id=product, quantity=D(1), kind=Kind.BUILD_CONSUME, source=a_source("build"))
    with pytest.raises(InsufficientStock):
        preview([intent], db.session())
    assert levels_of([product])[product].on_hand == 0

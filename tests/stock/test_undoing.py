"""Taking back: every lot gets the very quantity and cost that left it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.stock.models import Lot, Shortage
from app.stock.service import (
    CannotReverse,
    Consume,
    GiveBack,
    InsufficientStock,
    Kind,
    PostedBatch,
    Receive,
    Reverse,
    Source,
    resolve_shortage,
    turn_lots_off,
    turn_lots_on,
)
from tests.stock.test_average import history, level
from tests.stock.test_lots import adjusted, lots, sold, three_lots
from tests.support.products import create_product
from tests.support.stock import a_source, consumed, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def reversed_now(source: Source) -> PostedBatch:
    """All of the source taken back."""
    return post_now(Reverse(source=source, kind=Kind.BUILD_REVERSAL))


def given_back(transaction_id: int, quantity: str | int) -> PostedBatch:
    """A part of a consumption has been recovered."""
    return post_now(a_return(transaction_id, quantity))


def a_return(transaction_id: int, quantity: str | int) -> GiveBack:
    """A part of a consumption to be recovered."""
    return GiveBack(
        transaction_id=transaction_id,
        quantity=D(quantity),
        kind=Kind.BUILD_RECOVERY,
        source=a_source("build"),
    )


def test_a_build_and_its_reversal_leave_the_lots_as_they_were(app: Flask) -> None:
    turn_lots_on(None)
    product, build = three_lots(), a_source("build")
    before, output = lots(product), create_product().id
    post_now(
        Consume(product_id=product, quantity=D(50), kind=Kind.BUILD_CONSUME, source=build),
        Receive(product_id=output, quantity=D(1), cost=D(535), kind=Kind.BUILD_PRODUCE, source=build),
    )
    assert len(reversed_now(build).transactions) == 2
    assert lots(product) == before
    assert lots(output) == [(0, 0, "voided")]
    assert reversed_now(build).transactions == []


def test_at_the_average_the_reversal_takes_exactly_its_cost_back(app: Flask) -> None:
    product, build = stocked(quantity=3, unit_cost="3.333333"), a_source("build")
    consumed(product, 1, build)
    stocked(product, 1, 9)
    reversed_now(build)
    assert history(product)[-1] == ("BUILD_REVERSAL", 1, D("3.333333"))
    assert level(product)[:2] == (4, D("18.999999"))


def test_stock_that_was_used_cannot_be_taken_back(app: Flask) -> None:
    receipt = a_source("receipt")
    product = stocked(quantity=10, unit_cost=2, source=receipt)
    consumed(product, 1)
    with pytest.raises(InsufficientStock):
        reversed_now(receipt)


def test_a_lot_that_was_used_cannot_be_taken_back_though_others_are_there(app: Flask) -> None:
    turn_lots_on(None)
    receipt = a_source("receipt")
    product = stocked(quantity=10, unit_cost=2, source=receipt)
    stocked(product, 10, 3)
    consumed(product, 1)
    with pytest.raises(CannotReverse):
        reversed_now(receipt)


def test_what_came_in_dear_and_left_at_the_average_is_evened_out(app: Flask) -> None:
    dear = a_source("receipt")
    product = stocked(quantity=10, unit_cost=1)
    stocked(product, 10, 9, source=dear)
    consumed(product, 10)
    reversed_now(dear)
    assert history(product)[-2:] == [("BUILD_REVERSAL", -10, -90), ("COST_CORRECTION", 0, 40)]
    assert level(product)[:2] == (0, 0)


def test_the_last_drawn_lot_gets_its_part_first(app: Flask) -> None:
    turn_lots_on(None)
    product = three_lots()
    used = consumed(product, 50).transactions[0]
    assert given_back(used.id, 36).transactions[0].cost == 395
    assert lots(product) == [(1, 10, "active"), (40, 440, "active"), (60, 720, "active")]
    assert given_back(used.id, 14).transactions[0].cost == 140
    assert lots(product)[0] == (15, 150, "active")
    with pytest.raises(CannotReverse):
        given_back(used.id, 1)


def test_at_the_average_parts_come_back_at_what_they_cost_to_the_last_decimal(app: Flask) -> None:
    product = create_product().id
    post_now(
        Receive(product_id=product, quantity=D(3), cost=D(10), kind=Kind.RECEIVE, source=a_source("receipt"))
    )
    used = consumed(product, 3).transactions[0]
    costs = [given_back(used.id, 1).transactions[0].cost for _ in range(3)]
    assert sum(costs) == 10


def test_what_was_given_back_in_part_is_not_reversed_as_a_whole(app: Flask) -> None:
    product, build = stocked(), a_source("build")
    used = consumed(product, 4, build).transactions[0]
    given_back(used.id, 1)
    with pytest.raises(CannotReverse):
        reversed_now(build)


def test_what_was_reversed_is_not_given_back(app: Flask) -> None:
    product, build = stocked(), a_source("build")
    used = consumed(product, 4, build).transactions[0]
    reversed_now(build)
    with pytest.raises(CannotReverse):
        given_back(used.id, 1)


def test_reversing_a_short_sale_ends_its_shortage(app: Flask) -> None:
    turn_lots_on(None)
    product, sale = stocked(quantity=6, unit_cost=20), a_source("sale")
    sold(product, 10, 21, sale)
    reversed_now(sale)
    assert level(product) == (6, 120, 20)
    assert db.session.scalars(select(Shortage.resolved_at)).one() is not None


def test_reversing_a_sale_whose_shortage_was_resolved_takes_the_correction_back(app: Flask) -> None:
    turn_lots_on(None)
    product, sale = stocked(quantity=6, unit_cost=20), a_source("sale")
    sold(product, 10, 21, sale)
    stocked(product, 10, 25)
    resolve_shortage(product, None)
    assert level(product) == (6, 150, 25)
    reversed_now(sale)
    assert lots(product) == [(6, 120, "active"), (10, 250, "active")]
    assert [row[0] for row in history(product)[-2:]] == ["BUILD_REVERSAL", "BUILD_REVERSAL"]


def test_what_left_before_lots_comes_back_as_a_lot(app: Flask) -> None:
    build = a_source("build")
    product = stocked(quantity=10, unit_cost=2)
    consumed(product, 4, build)
    turn_lots_on(None)
    reversed_now(build)
    assert lots(product) == [(6, 12, "active"), (4, 8, "active")]
    assert len(set(db.session.scalars(select(Lot.number)))) == 2


def test_what_left_from_lots_comes_back_to_the_average_when_lots_are_off(app: Flask) -> None:
    turn_lots_on(None)
    product, build = three_lots(), a_source("build")
    consumed(product, 50, build)
    turn_lots_off(None)
    reversed_now(build)
    assert level(product)[:2] == (115, 1310)
    turn_lots_on(None)
    assert lots(product)[0] == (50, 535, "active")


def test_a_sale_made_short_before_lots_comes_back_in_part_as_a_lot(app: Flask) -> None:
    product, sale = stocked(quantity=6, unit_cost=20), a_source("sale")
    sold(product, 10, 21, sale)
    turn_lots_on(None)
    reversed_now(sale)
    assert lots(product) == [(6, 120, "active")]
    assert level(product) == (6, 120, 20)
    assert db.session.scalars(select(Shortage.resolved_at)).one() is not None


def test_a_part_given_back_before_lots_is_not_given_back_again(app: Flask) -> None:
    turn_lots_on(None)
    product = three_lots()
    used = consumed(product, 50).transactions[0]
    turn_lots_off(None)
    given_back(used.id, 20)
    turn_lots_on(None)
    given_back(used.id, 30)
    assert level(product)[0] == 115
    with pytest.raises(CannotReverse):
        given_back(used.id, 1)


def test_a_correction_that_followed_from_a_reversal_stands_when_the_source_is_reversed_again(
    app: Flask,
) -> None:
    sale = a_source("sale")
    product = stocked(quantity=10, unit_cost=1)
    stocked(product, 10, 9, source=sale)
    consumed(product, 10)
    reversed_now(sale)
    stocked(product, 10, 5)
    assert reversed_now(sale).transactions == []
    assert level(product) == (10, 50, 5)


def test_a_lot_that_has_more_than_its_receipt_gave_it_outlives_the_receipt(app: Flask) -> None:
    turn_lots_on(None)
    receipt, build = a_source("receipt"), a_source("build")
    product = stocked(quantity=10, unit_cost=2, source=receipt)
    consumed(product, 4, build)
    adjusted(product, db.session.scalars(select(Lot.id)).one(), 4, 2)
    reversed_now(receipt)
    assert lots(product) == [(0, 0, "exhausted")]
    reversed_now(build)
    assert lots(product) == [(4, 8, "active")]


def test_what_is_given_back_in_a_batch_is_not_reversed_in_it_as_a_whole(app: Flask) -> None:
    product, build = stocked(), a_source("build")
    used = consumed(product, 4, build).transactions[0].id
    with pytest.raises(CannotReverse):
        post_now(a_return(used, 1), Reverse(source=build, kind=Kind.BUILD_REVERSAL))
    assert level(product)[0] == 6


def test_what_came_back_and_left_again_in_a_batch_can_come_back_in_it(app: Flask) -> None:
    turn_lots_on(None)
    product = three_lots()
    used = consumed(product, 50).transactions[0].id
    recovery = a_return(used, 40)
    post_now(recovery)
    post_now(Reverse(source=recovery.source, kind=Kind.BUILD_REVERSAL), a_return(used, 50))
    assert lots(product) == [(15, 150, "active"), (40, 440, "active"), (60, 720, "active")]


def test_a_lot_that_its_own_source_emptied_is_voided_with_it(app: Flask) -> None:
    turn_lots_on(None)
    product, build = create_product().id, a_source("build")
    came = Receive(product_id=product, quantity=D(5), cost=D(10), kind=Kind.BUILD_PRODUCE, source=build)
    post_now(came, Consume(product_id=product, quantity=D(5), kind=Kind.BUILD_CONSUME, source=build))
    assert lots(product) == [(0, 0, "exhausted")]
    reversed_now(build)
    assert lots(product) == [(0, 0, "voided")]
    assert level(product)[:2] == (0, 0)

"""What the ledger does not take, and says so."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.foundation.errors import InvalidInput, NotFoundError
from app.foundation.transaction import transaction
from app.stock.models import Lot
from app.stock.service import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    Kind,
    Movement,
    NewLot,
    Receive,
    Reverse,
    SetQuantity,
    Source,
    hold,
    levels_of,
    turn_lots_on,
)
from tests.support.stock import a_source, on_hand, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal
HERE = {"kind": Kind.ADJUSTMENT, "source": Source("adjustment", 1)}
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - on purpose

REFUSED: list[Movement] = [
    Receive(product_id=1, quantity=D(0), cost=D(1), **HERE),
    Receive(product_id=1, quantity=D(-1), cost=D(1), **HERE),
    Receive(product_id=1, quantity=D("0.00001"), cost=D(1), **HERE),
    Receive(product_id=1, quantity=D("NaN"), cost=D(1), **HERE),
    Receive(product_id=1, quantity=D(1), cost=D("0.0000001"), **HERE),
    Receive(product_id=1, quantity=D(1), cost=D(-1), **HERE),
    Receive(product_id=1, quantity=D("1e12"), cost=D(1), **HERE),
    Receive(product_id=1, quantity=D(1), cost=D("Infinity"), **HERE),
    Receive(product_id=1, quantity=D(1), cost=D(1), lot=NewLot(" "), **HERE),
    Receive(product_id=1, quantity=D(1), cost=D(1), lot=NewLot("A", received_at=NAIVE), **HERE),
    Receive(product_id=1, quantity=D("0.0001"), cost=D("99999999999"), **HERE),
    Consume(product_id=1, quantity=D(0), **HERE),
    Consume(product_id=1, quantity=D(1), allow_shortage=True, shortage_unit_cost=D(-1), **HERE),
    Adjust(product_id=1, quantity=D(0), **HERE),
    Adjust(product_id=1, quantity=D("99999999999"), unit_cost=D("99999999999"), **HERE),
    SetQuantity(product_id=1, quantity=D("0.00001"), **HERE),
    SetQuantity(product_id=1, quantity=D("99999999999"), unit_cost=D(2), **HERE),
    CorrectCost(product_id=1, cost=D(0), source=Source("receipt", 1)),
    Reverse(kind=Kind.BUILD_REVERSAL, source=Source("build")),
    Consume(product_id=1, quantity=D(1), occurred_at=NAIVE, **HERE),
]


@pytest.mark.parametrize("movement", REFUSED, ids=lambda one: type(one).__name__)
def test_a_value_that_cannot_be_kept_is_refused(app: Flask, movement: Movement) -> None:
    assert stocked(quantity=10, unit_cost=2) == 1
    with pytest.raises(InvalidInput):
        post_now(movement)
    assert on_hand(1) == 10


def test_an_empty_batch_does_nothing(app: Flask) -> None:
    assert post_now().transactions == []


def test_what_is_not_there_cannot_be_given_back(app: Flask) -> None:
    with pytest.raises(NotFoundError):
        post_now(
            GiveBack(transaction_id=77, quantity=D(1), kind=Kind.BUILD_RECOVERY, source=a_source("build"))
        )


@pytest.mark.parametrize("lots", [False, True])
def test_a_product_that_is_not_there_is_named_as_such_and_nothing_moves(app: Flask, lots: bool) -> None:
    if lots:
        turn_lots_on(None)
    product = stocked(quantity=10, unit_cost=2)
    received = [Receive(product_id=each, quantity=D(1), cost=D(1), **HERE) for each in (product, 10**12)]
    with pytest.raises(NotFoundError, match="There is no such product"):
        post_now(*received)
    with pytest.raises(NotFoundError, match="There is no such product"), transaction() as session:
        hold([product, 10**12], session)
    assert on_hand(product) == 10


def test_a_lot_without_a_number_is_named_for_its_source(app: Flask) -> None:
    turn_lots_on(None)
    product = stocked(source=Source("build", 17))
    named = NewLot("N-1")
    post_now(
        Receive(product_id=product, quantity=D(1), cost=D(1), kind=Kind.RECEIVE, source=a_source(), lot=named)
    )
    assert list(db.session.scalars(select(Lot.number).order_by(Lot.id))) == ["BUILD-17", "N-1"]


def test_levels_of_very_many_products_are_one_question(app: Flask) -> None:
    assert len(levels_of(range(1, 100_001))) == 100_000

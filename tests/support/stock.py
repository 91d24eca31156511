"""Builders of stock, and the check with which every scenario ends. All need an open application context."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from app.foundation.transaction import transaction
from app.stock.service import (
    Consume,
    Kind,
    Movement,
    PostedBatch,
    Receive,
    Source,
    levels_of,
    post,
    verify,
)
from tests.support.products import create_product

D = Decimal
_numbers = count(1)


def a_source(kind: str = "adjustment") -> Source:
    """A source that no other movement of the test has."""
    return Source(kind, next(_numbers))


def post_now(*movements: Movement) -> PostedBatch:
    """The movements, posted and committed as one batch."""
    with transaction() as session:
        return post(movements, session)


def stocked(
    product_id: int | None = None,
    quantity: str | int = 10,
    unit_cost: str | int = 1,
    source: Source | None = None,
) -> int:
    """A product (a new one without `product_id`) with that much more on hand; returns its id."""
    product_id = product_id or create_product().id
    amount, price = Decimal(quantity), Decimal(unit_cost)
    post_now(
        Receive(
            product_id=product_id,
            quantity=amount,
            cost=(amount * price).quantize(Decimal("0.000001")),
            kind=Kind.OPENING,
            source=source or a_source(),
        )
    )
    return product_id


def consumed(product_id: int, quantity: str | int, source: Source | None = None) -> PostedBatch:
    """That much has been used by a build."""
    return post_now(
        Consume(
            product_id=product_id,
            quantity=Decimal(quantity),
            kind=Kind.BUILD_CONSUME,
            source=source or a_source("build"),
        )
    )


def on_hand(product_id: int) -> Decimal:
    """What there is of a product."""
    return levels_of([product_id])[product_id].on_hand


def assert_clean() -> None:
    """Everything that the ledger says agrees."""
    assert verify().differences == []

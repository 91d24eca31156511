"""Builders of stock, for tests of what the catalogue shows of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.foundation.transaction import transaction
from app.stock.service import Consume, Kind, Receive, Source, post

BY_HAND = Source("test")


def stock_up(product_id: int, quantity: str, cost: str = "0", at: datetime | None = None) -> None:
    """`quantity` came in, at `cost` in all; needs an open application context."""
    movement = Receive(
        product_id=product_id,
        kind=Kind.RECEIVE,
        source=BY_HAND,
        quantity=Decimal(quantity),
        cost=Decimal(cost),
        occurred_at=at,
    )
    with transaction() as session:
        post([movement], session)


def use(product_id: int, quantity: str, at: datetime | None = None) -> None:
    """`quantity` went out; needs an open application context."""
    movement = Consume(
        product_id=product_id,
        kind=Kind.SALE,
        source=BY_HAND,
        quantity=Decimal(quantity),
        occurred_at=at,
    )
    with transaction() as session:
        post([movement], session)

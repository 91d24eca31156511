"""What the real ledger says, in the words of the paper."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.extensions import db
from app.stock.models import Lot, LotStatus, Shortage, StockTransaction

Row = tuple[int, Decimal, Decimal]


def lots_of(product: int) -> list[Row]:
    """Number, quantity and cost of what is left of each lot that is not voided, oldest first."""
    rows = db.session.execute(
        select(Lot.id, Lot.quantity_remaining, Lot.cost_remaining)
        .where(Lot.product_id == product, Lot.status != LotStatus.VOIDED)
        .order_by(Lot.received_at, Lot.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def shortages_of(product: int) -> list[Row]:
    """The transaction, quantity and cost of what is owed still, oldest first."""
    rows = db.session.execute(
        select(
            Shortage.transaction_id,
            Shortage.quantity - Shortage.resolved_quantity,
            Shortage.cost - Shortage.resolved_cost,
        )
        .where(Shortage.product_id == product, Shortage.resolved_at.is_(None))
        .order_by(Shortage.transaction_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def lines_since(last: int) -> list[tuple[int, int, Decimal, Decimal]]:
    """Number, product, quantity and cost of each transaction after `last`, product by product."""
    line = StockTransaction
    rows = db.session.execute(
        select(line.id, line.product_id, line.quantity, line.cost)
        .where(line.id > last)
        .order_by(line.product_id, line.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]

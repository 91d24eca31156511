"""The first stock of products that are new, a hundred thousand of them with two statements (IMP-7, OQ-11)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Select,
    Text,
    case,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_nothing

from app.stock.errors import LotsAreOn
from app.stock.holding import hold_mode
from app.stock.models import StockLevel, StockTransaction
from app.stock.movements import Source

_LEVEL = ["product_id", "on_hand", "value", "unit_cost", "version"]
_TRANSACTION = [
    "product_id",
    "kind",
    "quantity",
    "cost",
    "on_hand_after",
    "value_after",
    "occurred_at",
    "source_kind",
    "source_id",
    "user_id",
    "note",
]


def open_stock(
    connection: Connection,
    rows: Select[tuple[int, Decimal, Decimal, str]],
    *,
    source: Source,
    user_id: int | None,
    at: datetime,
) -> None:
    """Products that have no level yet have their first, within the caller's transaction; others keep theirs.

    `rows` are `product_id`, `quantity` (signed; zero sets the unit cost alone), `unit_cost` (not below zero)
    and `kind`, each product once. Raises LotsAreOn when there is a quantity while stock is kept in lots.
    """
    opening = rows.cte("opening")
    value = func.round(opening.c.quantity * opening.c.unit_cost, 6)
    # As everywhere, the unit cost of what is there is its value by its quantity, once both are rounded.
    unit_cost = case(
        (opening.c.quantity > 0, func.round(value / opening.c.quantity, 6)), else_=opening.c.unit_cost
    )
    levels = select(opening.c.product_id, opening.c.quantity, value, unit_cost, literal(1, BigInteger))
    opened = (
        insert_or_nothing(StockLevel)
        .from_select(_LEVEL, levels.order_by(opening.c.product_id), include_defaults=False)
        .on_conflict_do_nothing()
        .returning(StockLevel.product_id, StockLevel.on_hand, StockLevel.value)
        .cte("opened")
    )
    moved = opened.c.on_hand, opened.c.value
    about: tuple[Any, ...] = (
        literal(at, DateTime(timezone=True)),
        literal(source.kind, Text),
        literal(source.id, BigInteger),
        literal(user_id, BigInteger),
        literal("", Text),
    )
    movements = (
        select(opened.c.product_id, opening.c.kind, *moved, *moved, *about)
        .join(opening, opening.c.product_id == opened.c.product_id)
        .where(opened.c.on_hand != 0)
        .order_by(opened.c.product_id)
    )
    written = insert(StockTransaction).from_select(_TRANSACTION, movements, include_defaults=False)
    posted = written.returning(StockTransaction.id).cte("posted")
    lots_on = hold_mode(connection)
    if connection.scalar(select(func.count()).select_from(posted)) and lots_on:
        raise LotsAreOn

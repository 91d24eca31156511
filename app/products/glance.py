"""All that a product's page says of its stock but the chart, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, true

from app.extensions import db
from app.foundation.errors import NotFoundError
from app.products.course import begun_at
from app.products.history import LATEST, history_of
from app.products.models import Product
from app.products.periods import Period
from app.products.service import LARGEST_ID, NO_SUCH_PRODUCT
from app.stock.models import StockLevel, StockMode, StockTransaction
from app.stock.service import Level


@dataclass(frozen=True)
class Glance:
    """A product and its level, its last 20 transactions, the last one first, and whether lots are on.

    `begun` is when the first of its movements was, or one before the period that was asked for.
    """

    product: Product
    level: Level
    lots_on: bool
    begun: datetime | None
    transactions: Sequence[Row[Any]]

    @property
    def is_low(self) -> bool:
        """Whether no more is on hand than the reorder point, if there is one (PROD-6)."""
        point = self.product.reorder_point
        return point is not None and self.level.on_hand <= point


def glance_at(product_id: int, period: Period) -> Glance:
    """The product as its page shows it; raises NotFoundError."""
    rows = db.session.execute(_statement(product_id, period)).all() if 0 < product_id <= LARGEST_ID else []
    if not rows:
        raise NotFoundError(NO_SUCH_PRODUCT)
    first = rows[0]
    return Glance(
        product=first.Product,
        level=Level(first.on_hand, first.value, first.unit_cost),
        lots_on=first.lots_on,
        begun=first.begun,
        transactions=[row for row in rows if row.id is not None],
    )


def _statement(product_id: int, period: Period) -> Select[Any]:
    """A row for each of the transactions, or one that has none."""
    last = history_of(product_id).order_by(StockTransaction.id.desc()).limit(LATEST).subquery("last")
    lots_on = select(StockMode.lots_on).scalar_subquery()
    shown: tuple[Any, ...] = (
        Product,
        func.coalesce(StockLevel.on_hand, 0).label("on_hand"),
        func.coalesce(StockLevel.value, 0).label("value"),
        func.coalesce(StockLevel.unit_cost, 0).label("unit_cost"),
        func.coalesce(lots_on, False).label("lots_on"),
        begun_at(product_id, period).label("begun"),
        *last.c,
    )
    found = select(*shown).outerjoin(StockLevel, StockLevel.product_id == Product.id).outerjoin(last, true())
    return found.where(Product.id == product_id).order_by(last.c.id.desc())

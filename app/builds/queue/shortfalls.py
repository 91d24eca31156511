"""Which planned builds cannot be executed with what is on hand now, each looked at by itself (BLD-43)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Numeric, func, literal_column, not_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.builds.models import BuildLine
from app.extensions import db
from app.foundation.pages.formatting import format_quantity
from app.products.models import Product
from app.stock.models import StockLevel

NOTHING: ColumnElement[Decimal] = literal_column("0", Numeric)


@dataclass(frozen=True)
class Shortfall:
    """The first component of which a build has too little, and how many others there are."""

    name: str
    unit: str
    missing: Decimal
    others: int

    @property
    def words(self) -> str:
        """What is missing, as people read it."""
        first = f"{self.name}, {format_quantity(self.missing)} {self.unit}".strip() + " missing"
        if not self.others:
            return first
        return f"{first}, and {self.others} more {'part' if self.others == 1 else 'parts'}"


def shortfalls(build_ids: Iterable[int]) -> dict[int, Shortfall]:
    """What each of these planned builds is short of; those that are short of nothing are left out."""
    there = func.greatest(func.coalesce(StockLevel.on_hand, NOTHING), NOTHING)
    statement = (
        select(
            BuildLine.build_id,
            Product.name,
            Product.unit,
            (BuildLine.quantity - there).label("missing"),
            (func.count().over(partition_by=BuildLine.build_id) - 1).label("others"),
        )
        .join(Product, Product.id == BuildLine.component_id)
        .outerjoin(StockLevel, StockLevel.product_id == BuildLine.component_id)
        .where(BuildLine.build_id.in_(list(build_ids)), not_(BuildLine.optional), BuildLine.quantity > there)
        .ext(distinct_on(BuildLine.build_id))
        .order_by(BuildLine.build_id, BuildLine.position)
    )
    rows = db.session.execute(statement)
    return {row.build_id: Shortfall(row.name, row.unit, row.missing, row.others) for row in rows}

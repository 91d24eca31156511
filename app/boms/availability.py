"""How many of each product can be built now, and what limits it: expressions for queries (BOM-42, BOM-43).

They read `Bom` of the statement that they stand in, and are looked up for each row that is shown, so that a
page of a long list costs what a short list does. Written with literals, which the planner sees.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    outerjoin,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.boms.models import Bom, BomCost, BomLine
from app.products.models import Product
from app.stock.models import StockLevel

Reservations = Callable[[], Select[int, Decimal] | None]
"""Makes the statement of what is committed, one row for each product: `product_id` and `quantity` above zero.

None while nothing is to be subtracted, say because inventory reservation is off.
"""

_reservations: list[Reservations] = []

ZERO: ColumnElement[Decimal] = literal_column("0", Numeric)
IS_ACTIVE: ColumnElement[bool] = Bom.status == literal_column("'active'")


def register_reservations(reservations: Reservations) -> None:
    """What these commit is not available from now on; registering them again changes nothing."""
    if reservations not in _reservations:
        _reservations.append(reservations)


def on_hand_of(product_id: Any) -> ColumnElement[Decimal]:
    """What there is of a product; zero for one that never had stock."""
    level = aliased(StockLevel)
    found = select(level.on_hand).where(level.product_id == product_id)
    return func.coalesce(found.scalar_subquery(), ZERO)


def unit_cost_of(product_id: Any) -> ColumnElement[Decimal]:
    """What one unit of a product costs; zero for one that never had stock."""
    level = aliased(StockLevel)
    found = select(level.unit_cost).where(level.product_id == product_id)
    return func.coalesce(found.scalar_subquery(), ZERO)


def available_of(product_id: Any) -> ColumnElement[Decimal]:
    """What there is of a product less what is committed, zero at least (BOM-43)."""
    there = on_hand_of(product_id)
    for reservations in _reservations:
        committed = reservations()
        if committed is not None:
            rows = committed.subquery()
            taken = select(func.sum(rows.c.quantity)).where(rows.c.product_id == product_id)
            there = there - func.coalesce(taken.scalar_subquery(), ZERO)
    return func.greatest(there, ZERO)


def component_count() -> ColumnElement[int]:
    """How many components the version has, optional ones included."""
    return select(func.count()).where(BomLine.bom_id == Bom.id).correlate(Bom).scalar_subquery()


def estimated_cost() -> ColumnElement[Decimal]:
    """What one unit costs with each component at its own unit cost, exactly (BOM-41)."""
    cost = func.coalesce(func.sum(BomLine.quantity * unit_cost_of(BomLine.component_id)), ZERO)
    material = select(cost).where(BomLine.bom_id == Bom.id, not_(BomLine.optional)).correlate(Bom)
    extra = select(func.coalesce(func.sum(BomCost.cost_per_unit), ZERO)).where(BomCost.bom_id == Bom.id)
    return material.scalar_subquery() + extra.correlate(Bom).scalar_subquery()


def can_be_built() -> ColumnElement[bool]:
    """Whether there are components for at least one unit, and neither they nor the product are inactive.

    As a condition, looked at for all BOMs at once.
    """
    lines = outerjoin(BomLine, StockLevel, StockLevel.product_id == BomLine.component_id)
    there: ColumnElement[Decimal] = func.coalesce(StockLevel.on_hand, ZERO)
    for reservations in _reservations:
        committed = reservations()
        if committed is not None:
            taken = committed.subquery()
            lines = lines.outerjoin(taken, taken.c.product_id == BomLine.component_id)
            there = there - func.coalesce(taken.c.quantity, ZERO)
    short = select(BomLine.id).select_from(lines).where(BomLine.bom_id == Bom.id, not_(BomLine.optional))
    missing = or_(there < BomLine.quantity, is_inactive(BomLine.component_id))
    return and_(not_(is_inactive(Bom.product_id)), not_(short.where(missing).correlate(Bom).exists()))


def is_inactive(product_id: Any) -> ColumnElement[bool]:
    """Whether a product is inactive; as a condition, where the few that are so are read once."""
    product = aliased(Product)
    return cast(ColumnElement[bool], product_id.in_(select(product.id).where(not_(product.is_active))))


def limit() -> ColumnElement[Any]:
    """The component that limits, as JSON: how many units it allows, and what it is; NULL without one.

    An inactive one allows none, however much of it there is (BOM-42, BLD-42).
    """
    component = aliased(Product)
    there = available_of(BomLine.component_id).label("there")
    rows = (
        select(BomLine.component_id, BomLine.quantity, BomLine.position, there)
        .where(BomLine.bom_id == Bom.id, not_(BomLine.optional))
        .correlate(Bom)
        .subquery()
    )
    usable = case((component.is_active, rows.c.there), else_=ZERO)
    units = func.div(usable, rows.c.quantity)
    facts = {
        "units": units,
        "id": component.id,
        "sku": component.sku,
        "name": component.name,
        "unit": component.unit,
        "quantity": rows.c.quantity,
        "available": rows.c.there,
        "active": component.is_active,
    }
    pairs = [part for name, value in facts.items() for part in (literal_column(f"'{name}'"), value)]
    return (
        select(func.jsonb_build_object(*pairs, type_=JSONB))
        .select_from(rows)
        .join(component, and_(component.id == rows.c.component_id))
        .order_by(units, usable / rows.c.quantity, rows.c.position)
        .limit(literal_column("1"))
        .scalar_subquery()
    )

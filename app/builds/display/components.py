"""A build as its page tells of it: its lines with their products and lots, its cost lines, its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from app.boms.models import BomCost
from app.builds.models import SOURCE, Build, BuildEvent, BuildLine
from app.builds.rules import cost_of
from app.extensions import db
from app.foundation.money import round_cost
from app.people.models import User
from app.products.models import Product
from app.stock.models import Lot, LotDraw


@dataclass(frozen=True)
class Drawn:
    """What was taken from one lot."""

    number: str
    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Component:
    """A line of a build with its product, and what it drew from which lot while stock was kept in lots."""

    line: BuildLine
    product: Product
    drawn: tuple[Drawn, ...] = ()

    @property
    def unit_cost(self) -> Decimal | None:
        """What one unit cost when it was consumed, six decimals; None while nothing was."""
        if not self.line.consumed or self.line.consumed_cost is None:
            return None
        return round_cost(self.line.consumed_cost / self.line.consumed)

    @property
    def lost(self) -> Decimal:
        """How much of what was consumed a rejection did not give back."""
        return (self.line.consumed or Decimal(0)) - (self.line.recovered or Decimal(0))


@dataclass(frozen=True)
class CostLine:
    """A cost line of the BOM version for a whole build."""

    label: str
    kind: str
    cost_per_unit: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Happening:
    """One entry of a build's timeline."""

    event: BuildEvent
    who: str | None
    """Nobody for what the program did by itself."""


def components_of(build_id: int) -> list[Component]:
    """The build's lines in their order, each with its product and draws; two queries."""
    statement = (
        select(BuildLine, Product)
        .join(Product, Product.id == BuildLine.component_id)
        .where(BuildLine.build_id == build_id)
        .order_by(BuildLine.position)
    )
    rows = db.session.execute(statement).all()
    drawn = _drawn([row.BuildLine.transaction_id for row in rows if row.BuildLine.transaction_id])
    return [
        Component(row.BuildLine, row.Product, tuple(drawn.get(row.BuildLine.transaction_id, ())))
        for row in rows
    ]


def cost_lines_of(build: Build) -> list[CostLine]:
    """The cost lines of the build's BOM version, for its quantity (BOM-22)."""
    statement = select(BomCost).where(BomCost.bom_id == build.bom_id).order_by(BomCost.position)
    return [
        CostLine(cost.label, cost.kind_label, cost.cost_per_unit, cost_of(cost.cost_per_unit, build.quantity))
        for cost in db.session.scalars(statement)
    ]


def timeline_of(build_id: int) -> list[Happening]:
    """What happened to the build, the last event first, each with who did it (BLD-4)."""
    statement = (
        select(BuildEvent, User)
        .outerjoin(User, User.id == BuildEvent.user_id)
        .where(BuildEvent.build_id == build_id)
        .order_by(BuildEvent.id.desc())
    )
    rows = db.session.execute(statement)
    return [Happening(row.BuildEvent, row.User.full_name if row.User else None) for row in rows]


def output_lot(build: Build) -> str | None:
    """The number of the lot that the build made, if it made one (OQ-26)."""
    made = select(Lot.number).where(
        Lot.source_kind == SOURCE, Lot.source_id == build.id, Lot.product_id == build.product_id
    )
    return db.session.scalars(made.order_by(Lot.id.desc()).limit(1)).first()


def component_with(sku: str) -> Product | None:
    """The active product with a SKU, whatever the case of its letters."""
    wanted = select(Product).where(func.lower(Product.sku) == func.lower(sku), Product.is_active)
    return db.session.scalars(wanted).one_or_none()


def _drawn(transactions: Sequence[int]) -> dict[int, list[Drawn]]:
    """What each of these transactions took from lots, oldest lot first."""
    statement = (
        select(LotDraw.transaction_id, Lot.number, LotDraw.quantity, LotDraw.cost)
        .join(Lot, Lot.id == LotDraw.lot_id)
        .where(LotDraw.transaction_id.in_(transactions))
        .order_by(LotDraw.id)
    )
    found: dict[int, list[Drawn]] = {}
    for row in db.session.execute(statement) if transactions else ():
        found.setdefault(row.transaction_id, []).append(Drawn(row.number, row.quantity, row.cost))
    return found

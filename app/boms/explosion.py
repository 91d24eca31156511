"""A BOM read through all of its levels: one recursive query for its BOMs, then their lines and costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, Select, and_, any_, func, literal, literal_column, select
from sqlalchemy.orm import Session, aliased

from app.boms.availability import IS_ACTIVE, available_of
from app.boms.costing import (
    EXACT,
    ZERO,
    Buildable,
    Part,
    Recipe,
    direct_cost,
    line_cost,
    max_buildable,
    recursive_cost,
    shown,
)
from app.boms.models import Bom, BomCost, BomLine
from app.foundation.money import LARGEST, QUANTITY_PLACES
from app.products.models import Product
from app.stock.models import StockLevel

MOST_READ = 20_000
"""As many components on all levels together as are read; beyond that no recursive cost is given."""
MOST_NODES = 1_000
"""As many lines as a tree shows."""
DEEPEST = 12


@dataclass(frozen=True)
class Line:
    """A component of one BOM, with its product's figures; `made_by` is the component's own active BOM."""

    bom_id: int
    component_id: int
    quantity: Decimal
    optional: bool
    sku: str
    name: str
    unit: str
    is_active: bool
    on_hand: Decimal
    unit_cost: Decimal
    available: Decimal
    made_by: int | None

    @property
    def part(self) -> Part:
        """What arithmetic needs of it."""
        return Part(self.component_id, self.quantity, self.optional)

    @property
    def cost(self) -> Decimal | None:
        """What it adds to one unit (BOM-40); None when it is too large to show."""
        return shown(line_cost(self.quantity, self.unit_cost))

    @property
    def units(self) -> Decimal:
        """How many units it suffices for."""
        return max(self.available, ZERO) // self.quantity

    @property
    def is_enough(self) -> bool:
        """Whether there is enough for one unit."""
        return self.available >= self.quantity


@dataclass(frozen=True)
class Node:
    """A line in the tree: `in_all` of it go into one unit of the whole (None when it is too much to show)."""

    line: Line
    in_all: Decimal | None
    nodes: list[Node]


@dataclass(frozen=True)
class Explosion:
    """All that a BOM is made of; `complete` unless there was more than is read."""

    bom_id: int
    lines_by_bom: dict[int, list[Line]]
    extras: dict[int, Decimal] = field(default_factory=dict)
    complete: bool = True

    @property
    def lines(self) -> list[Line]:
        """The BOM's own components in their order (BOM-4)."""
        return self.lines_by_bom.get(self.bom_id, [])

    @property
    def extra(self) -> Decimal:
        """What its cost lines add to one unit."""
        return self.extras.get(self.bom_id, ZERO)

    @property
    def has_levels(self) -> bool:
        """Whether any of its components has a BOM of its own."""
        return any(line.made_by for line in self.lines)

    @cached_property
    def direct(self) -> Decimal | None:
        """What one unit costs with sub-assemblies at their own unit cost (BOM-41, BOM-45)."""
        return shown(direct_cost(self._recipe(self.bom_id), self._unit_costs))

    @cached_property
    def recursive(self) -> Decimal | None:
        """What one unit costs with each sub-assembly at the cost of building it (BOM-45)."""
        if not self.complete:
            return None
        made_by = {line.component_id: line.made_by for line in self._all if line.made_by}
        recipes = {product: self._recipe(bom_id) for product, bom_id in made_by.items()}
        return shown(recursive_cost(self._recipe(self.bom_id), recipes, self._unit_costs))

    @cached_property
    def buildable(self) -> Buildable:
        """How many units there are components for now, and which one limits; inactive ones do (BOM-42)."""
        available = {line.component_id: line.available if line.is_active else ZERO for line in self.lines}
        return max_buildable([line.part for line in self.lines], available)

    @property
    def limiting(self) -> Line | None:
        """The component that limits; None when none does."""
        return next((line for line in self.lines if line.component_id == self.buildable.limited_by), None)

    @cached_property
    def tree(self) -> list[Node]:
        """The components with theirs below them (BOM-44), as many as are shown."""
        return list(self._nodes(self.bom_id, Decimal(1), 1, [MOST_NODES]))

    @cached_property
    def tree_is_cut(self) -> bool:
        """Whether the tree has more than is shown."""
        return not self.complete or _count(self.tree) >= MOST_NODES

    @cached_property
    def _all(self) -> list[Line]:
        return [line for lines in self.lines_by_bom.values() for line in lines]

    @cached_property
    def _unit_costs(self) -> dict[int, Decimal]:
        return {line.component_id: line.unit_cost for line in self._all}

    def _recipe(self, bom_id: int) -> Recipe:
        lines = self.lines_by_bom.get(bom_id, [])
        return Recipe(tuple(line.part for line in lines), self.extras.get(bom_id, ZERO))

    def _nodes(self, bom_id: int, units: Decimal, level: int, left: list[int]) -> Iterator[Node]:
        """Depth first; `left` is how many more lines may be shown, shared by all levels."""
        for line in self.lines_by_bom.get(bom_id, []):
            if not left[0]:
                return
            left[0] -= 1
            with localcontext(EXACT):
                needed = units * line.quantity
                in_all = needed.quantize(QUANTITY_PLACES) if needed <= LARGEST else None
            deeper = line.made_by is not None and level < DEEPEST
            below = self._nodes(line.made_by, needed, level + 1, left) if deeper and line.made_by else ()
            yield Node(line, in_all, list(below))


def explode(bom_id: int, session: Session) -> Explosion:
    """The version with everything below it, as it stands now: sub-assemblies by their active BOMs."""
    reached = list(session.scalars(_reached(bom_id)))
    rows = session.execute(_lines(bom_id, reached)).all()
    by_bom: dict[int, list[Line]] = {}
    for row in rows[:MOST_READ]:
        by_bom.setdefault(row.bom_id, []).append(_line(row))
    return Explosion(bom_id, by_bom, _extras(reached, session), complete=len(rows) <= MOST_READ)


def _reached(bom_id: int) -> Select[int]:
    """The BOM and the active BOMs of everything in it; each once, so that it ends whatever the data says."""
    start = literal(bom_id, BigInteger).label("bom_id")
    first = select(start).cte("reached", recursive=True)
    deeper = (
        select(Bom.id)
        .select_from(first)
        .join(BomLine, BomLine.bom_id == first.c.bom_id)
        .join(Bom, and_(Bom.product_id == BomLine.component_id, IS_ACTIVE))
    )
    return select(first.union(deeper).c.bom_id)


def _lines(bom_id: int, reached: list[int]) -> Select[Any]:
    """The lines of these BOMs, the one with `bom_id` before all others.

    A statement of its own, with the ids as its values: the database would take the recursion for a thousand
    BOMs, and read whole tables.
    """
    own = aliased(Bom)
    shown_of_line: tuple[Any, ...] = (
        BomLine.bom_id,
        BomLine.component_id,
        BomLine.quantity,
        BomLine.optional,
        Product.sku,
        Product.name,
        Product.unit,
        Product.is_active,
        func.coalesce(StockLevel.on_hand, ZERO).label("on_hand"),
        func.coalesce(StockLevel.unit_cost, ZERO).label("unit_cost"),
        available_of(BomLine.component_id).label("available"),
        own.id.label("made_by"),
    )
    return (
        select(*shown_of_line)
        .join(Product, Product.id == BomLine.component_id)
        .outerjoin(StockLevel, StockLevel.product_id == BomLine.component_id)
        .outerjoin(
            own, and_(own.product_id == BomLine.component_id, own.status == literal_column("'active'"))
        )
        .where(BomLine.bom_id == any_(literal(reached, ARRAY(BigInteger))))
        .order_by(BomLine.bom_id != bom_id, BomLine.bom_id, BomLine.position)
        .limit(MOST_READ + 1)
    )


def _line(row: Row[Any]) -> Line:
    return Line(**row._mapping)


def _extras(bom_ids: list[int], session: Session) -> dict[int, Decimal]:
    query = select(BomCost.bom_id, func.sum(BomCost.cost_per_unit)).group_by(BomCost.bom_id)
    return {row[0]: row[1] for row in session.execute(query.where(BomCost.bom_id.in_(bom_ids)))}


def _count(nodes: list[Node]) -> int:
    return sum(1 + _count(node.nodes) for node in nodes)

"""What people enter of a build, and what a preview shows of it. Values only, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Direction(StrEnum):
    """Where a planned build is moved in the queue."""

    UP = "up"
    DOWN = "down"
    TOP = "top"


@dataclass(frozen=True)
class PlanFields:
    """A planned build as it is entered (BLD-20); the quantity in whole units of the product."""

    bom_id: int
    quantity: Decimal
    target_date: date | None = None
    assignee_id: int | None = None
    notes: str = ""


@dataclass(frozen=True)
class QuickFields:
    """A quick build as it is entered (BLD-10)."""

    bom_id: int
    quantity: Decimal
    notes: str = ""


@dataclass(frozen=True)
class AddedLine:
    """A component that the BOM does not have; `quantity` for the whole build."""

    component_id: int
    quantity: Decimal
    optional: bool = False


@dataclass(frozen=True)
class EditFields:
    """A planned build as it is edited (BLD-27).

    `lines` maps a line's id to the quantity that it is to consume, zero to leave the component out. A line
    that is not named, or named with the quantity it has, follows the build's quantity if it did so before.
    `seen` is the last change (see `changes`) that was known to whoever entered this; None asks for no such
    thing.
    """

    quantity: Decimal
    target_date: date | None = None
    assignee_id: int | None = None
    notes: str = ""
    lines: Mapping[int, Decimal] = field(default_factory=dict)
    added: tuple[AddedLine, ...] = ()
    seen: int | None = None


@dataclass(frozen=True)
class Allocation:
    """What would be drawn from one lot."""

    lot_id: int
    number: str
    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True)
class PreviewLine:
    """One component of a build that has not happened yet (BLD-40).

    `needed` is asked for, `consumed` would be taken at `cost` in all; `missing` is the difference, which
    blocks the build unless the component is optional. `available` is what earlier lines leave.
    """

    component_id: int
    sku: str
    name: str
    unit: str
    optional: bool
    quantity_per_unit: Decimal
    needed: Decimal
    available: Decimal
    consumed: Decimal
    unit_cost: Decimal
    cost: Decimal
    allocations: tuple[Allocation, ...] = ()

    @property
    def missing(self) -> Decimal:
        """How much of what is needed would not be consumed."""
        return self.needed - self.consumed

    @property
    def blocks(self) -> bool:
        """Whether the build cannot happen because of it (BLD-43)."""
        return bool(self.missing) and not self.optional

    @property
    def is_included(self) -> bool:
        """Whether any of it would be consumed; what an optional component is asked."""
        return self.consumed > 0


@dataclass(frozen=True)
class PreviewCost:
    """One cost line of the BOM for the whole build."""

    kind: str
    label: str
    cost_per_unit: Decimal
    cost: Decimal


@dataclass(frozen=True)
class BuildPreview:
    """What a build would do just now, at current stock and prices; nothing of it has happened (BLD-41).

    `unit_cost` is that of this build; `unit_cost_after` the product's once the output is on the shelf
    (BLD-62). What is missing counts at its present unit cost, so that the total is still worth reading.
    `obstacles` are the sentences with which `execute` would refuse.
    """

    product_id: int
    bom_id: int
    quantity: Decimal
    lines: tuple[PreviewLine, ...]
    cost_lines: tuple[PreviewCost, ...]
    material_cost: Decimal
    cost_lines_total: Decimal
    total_cost: Decimal
    unit_cost: Decimal
    unit_cost_after: Decimal
    lots_on: bool
    obstacles: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether `execute` would go through just now."""
        return not self.obstacles

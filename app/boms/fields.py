"""What a version of a BOM says, as a person enters it, and what can be wrong with it by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.boms.errors import Problem
from app.boms.models import LONGEST_LABEL, CostKind
from app.foundation.money import COST_PLACES, LARGEST, QUANTITY_PLACES, round_cost
from app.foundation.pages.forms import is_storable

MOST_LINES = 500
MOST_COSTS = 50
LONGEST_NOTES = 4000

QUANTITY_RULE = "Enter a quantity above zero, with at most four decimals."
TOO_MANY_LINES = f"A BOM has at most {MOST_LINES} components"
TOO_MANY_COSTS = f"A BOM has at most {MOST_COSTS} cost lines"


@dataclass(frozen=True)
class LineFields:
    """A component: `quantity` of it in its own unit, for one unit built."""

    component_id: int
    quantity: Decimal
    optional: bool = False


@dataclass(frozen=True)
class CostFields:
    """A cost line: `cost_per_unit` for one unit built, or a rate and how much of it a unit takes (BOM-21)."""

    kind: CostKind
    label: str
    cost_per_unit: Decimal | None = None
    rate: Decimal | None = None
    quantity_per_unit: Decimal | None = None

    @property
    def cost(self) -> Decimal:
        """What one unit costs by it, six decimals."""
        if self.rate is not None and self.quantity_per_unit is not None:
            return round_cost(self.rate * self.quantity_per_unit)
        return self.cost_per_unit or Decimal(0)


@dataclass(frozen=True)
class BomFields:
    """One version. `build_point` and `target_level` are quantities of the product on hand (BOM-8)."""

    lines: tuple[LineFields, ...]
    costs: tuple[CostFields, ...] = ()
    notes: str = ""
    build_point: Decimal | None = None
    target_level: Decimal | None = None


@dataclass(frozen=True)
class Component:
    """What must be known of a product to make it a component."""

    id: int
    sku: str
    name: str
    is_active: bool = True


def line_problems(product_id: int, components: Sequence[Component | None]) -> Iterator[Problem]:
    """What is wrong with the choice of components, by their places; None is one that nobody knows."""
    first: dict[int, int] = {}
    for index, component in enumerate(components):
        if component is None:
            continue
        if component.id == product_id:
            yield Problem("lines", index, "sku", "A product cannot be its own component.")
        elif component.id in first:
            yield Problem("lines", index, "sku", f"{component.name} is a component already, further up.")
        elif not component.is_active:
            sentence = f"{component.name} is inactive. Reactivate it, or choose another component."
            yield Problem("lines", index, "sku", sentence)
        first.setdefault(component.id, index)


def problems_of(product_id: int, fields: BomFields, components: Mapping[int, Component]) -> Iterator[Problem]:
    """Everything that can be seen without looking at other BOMs; `components` are those there are, by id."""
    yield from _count_problems(len(fields.lines), len(fields.costs))
    if len(fields.lines) > MOST_LINES:
        return
    chosen = [components.get(line.component_id) for line in fields.lines]
    yield from line_problems(product_id, chosen)
    for index, line in enumerate(fields.lines):
        if chosen[index] is None:
            yield Problem("lines", index, "sku", "There is no such product.")
        if not _fits(line.quantity, QUANTITY_PLACES) or line.quantity <= 0:
            yield Problem("lines", index, "quantity", QUANTITY_RULE)
    for index, cost in enumerate(fields.costs):
        yield from (Problem("costs", index, cell, text) for cell, text in _cost_problems(cost))
    yield from _level_problems(fields)
    if len(fields.notes) > LONGEST_NOTES or not is_storable(fields.notes, lines=True):
        sentence = f"Use at most {LONGEST_NOTES:,} characters, none that cannot be stored."
        yield Problem("notes", None, "notes", sentence)


def _count_problems(lines: int, costs: int) -> Iterator[Problem]:
    if not lines:
        yield Problem("lines", None, "sku", "Add at least one component.")
    if lines > MOST_LINES:
        yield Problem("lines", None, "sku", f"{TOO_MANY_LINES} (these are {lines:,}).")
    if costs > MOST_COSTS:
        yield Problem("costs", None, "label", f"{TOO_MANY_COSTS} (these are {costs:,}).")


def _cost_problems(cost: CostFields) -> Iterator[tuple[str, str]]:
    if not cost.label:
        yield "label", "Say what this cost is for."
    elif len(cost.label) > LONGEST_LABEL or not is_storable(cost.label):
        yield "label", f"Use at most {LONGEST_LABEL} characters, none that cannot be stored."
    computed = cost.rate is not None or cost.quantity_per_unit is not None
    if computed and cost.cost_per_unit is not None:
        yield "cost", "Enter a cost per unit, or a rate and a quantity, not both."
    elif computed and (cost.rate is None or cost.quantity_per_unit is None):
        missing = "rate" if cost.rate is None else "quantity"
        yield missing, "A rate and a quantity come together."
    elif not computed and cost.cost_per_unit is None:
        yield "cost", "Enter a cost per unit, or a rate and a quantity."
    yield from _figure_problems(cost)


def _figure_problems(cost: CostFields) -> Iterator[tuple[str, str]]:
    for cell, value in (("cost", cost.cost_per_unit), ("rate", cost.rate)):
        if value is not None and not (_fits(value, COST_PLACES) and value >= 0):
            yield cell, "Enter zero or more, with at most six decimals."
            return
    quantity = cost.quantity_per_unit
    if quantity is not None and not (_fits(quantity, QUANTITY_PLACES) and quantity > 0):
        yield "quantity", QUANTITY_RULE
    elif cost.cost > LARGEST:
        yield "rate", f"Together this is more than {LARGEST:,}."


def _level_problems(fields: BomFields) -> Iterator[Problem]:
    point, target = fields.build_point, fields.target_level
    for name, value in (("build_point", point), ("target_level", target)):
        if value is not None and not (_fits(value, QUANTITY_PLACES) and value >= 0):
            yield Problem(name, None, name, "Enter zero or more, with at most four decimals.")
            return
    if target is not None and point is None:
        yield Problem("build_point", None, "build_point", "A target level needs a build point.")
    elif target is not None and point is not None and target <= point:
        sentence = "The target level must be above the build point, or nothing would be built."
        yield Problem("target_level", None, "target_level", sentence)


def _fits(value: Decimal, places: Decimal) -> bool:
    return value.is_finite() and abs(value) <= LARGEST and value == value.quantize(places)

"""What a product costs by its BOM, and how many can be built: plain figures in, plain figures out.

A **recipe** is the part of a BOM that arithmetic needs. The **direct** cost of a unit takes each component at
its own unit cost; the **recursive** cost puts in the place of each sub-assembly what building it costs, down
to what has no BOM (BOM-45). Optional components are in neither, and hinder no build (BOM-41, BOM-42).

Sums and products are exact, however deep the nesting; `shown` rounds once, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from app.foundation.money import LARGEST, round_cost

ZERO = Decimal(0)
EXACT = Context(prec=1000)
"""Ten levels of quantities with fifteen digits each, and costs with eighteen, have far fewer digits."""


@dataclass(frozen=True)
class Part:
    """So much of a component goes into one unit."""

    component_id: int
    quantity: Decimal
    optional: bool = False


@dataclass(frozen=True)
class Recipe:
    """The components of one unit in their order, and what it costs beside them (BOM-20)."""

    parts: tuple[Part, ...]
    extra: Decimal = ZERO

    @property
    def required(self) -> list[Part]:
        """The components without which nothing is built."""
        return [part for part in self.parts if not part.optional]


@dataclass(frozen=True)
class Buildable:
    """How many units there are components for (None: no component sets a limit), and which one runs out."""

    quantity: Decimal | None
    limited_by: int | None = None


def line_cost(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """What a component adds to a unit, exactly (BOM-40)."""
    with localcontext(EXACT):
        return quantity * unit_cost


def direct_cost(recipe: Recipe, unit_costs: Mapping[int, Decimal]) -> Decimal:
    """What a unit costs with each component at its own unit cost, exactly (BOM-41)."""
    with localcontext(EXACT):
        return recipe.extra + sum(
            (part.quantity * unit_costs[part.component_id] for part in recipe.required), ZERO
        )


def recursive_cost(
    recipe: Recipe, recipes: Mapping[int, Recipe], unit_costs: Mapping[int, Decimal]
) -> Decimal:
    """What a unit costs when everything that can be built is built for it, exactly (BOM-45).

    `recipes` by the product they make, free of cycles. Each is computed once, however often it is used.
    """
    known: dict[int, Decimal] = {}

    def total(made: Recipe) -> Decimal:
        return made.extra + sum((part.quantity * cost(part.component_id) for part in made.required), ZERO)

    def cost(product_id: int) -> Decimal:
        if product_id not in recipes:
            return unit_costs[product_id]
        if product_id not in known:
            known[product_id] = total(recipes[product_id])
        return known[product_id]

    with localcontext(EXACT):
        return total(recipe)


def max_buildable(parts: Sequence[Part], available: Mapping[int, Decimal]) -> Buildable:
    """The most whole units for which every required component suffices (BOM-42).

    Of several components that allow equally many, the one of which the least is left over limits, then the
    first.
    """
    limit = Buildable(None)
    closest = ZERO
    for part in parts:
        if part.optional:
            continue
        there = max(available[part.component_id], ZERO)
        units, ratio = there // part.quantity, there / part.quantity
        if limit.quantity is None or (units, ratio) < (limit.quantity, closest):
            limit, closest = Buildable(units, part.component_id), ratio
    return limit


def shown(cost: Decimal) -> Decimal | None:
    """A cost at its six decimals, as it is stored and shown; None when it is larger than any that can be."""
    return round_cost(cost) if cost <= LARGEST else None

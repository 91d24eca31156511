"""What the rows of an unfinished form come to, as far as they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.boms.costing import ZERO, Buildable, Part, Recipe, direct_cost, max_buildable, shown
from app.boms.entry import CostEntry, Entry
from app.boms.fields import CostFields
from app.boms.models import CostKind
from app.foundation.money import parse_decimal


@dataclass(frozen=True)
class Estimate:
    """`components` counts the rows that can be read; `cost` is None when it is too large to show."""

    components: int
    cost: Decimal | None
    buildable: Buildable
    limited_by: str = ""


def estimate_of(entry: Entry) -> Estimate:
    """The figures of the rows that name a product and a quantity; others are left out."""
    rows = {line.found.component.id: line for line in entry.lines if line.found and line.amount}
    parts = [Part(key, line.amount or ZERO, line.optional) for key, line in rows.items()]
    found = {key: line.found for key, line in rows.items() if line.found}
    recipe = Recipe(tuple(parts), sum((_cost(cost) for cost in entry.costs), ZERO))
    usable = {key: each.available if each.component.is_active else ZERO for key, each in found.items()}
    buildable = max_buildable(parts, usable)
    limiting = found.get(buildable.limited_by or 0)
    return Estimate(
        components=len(parts),
        cost=shown(direct_cost(recipe, {key: each.unit_cost for key, each in found.items()})),
        buildable=buildable,
        limited_by=limiting.component.name if limiting else "",
    )


def cost_of(row: CostEntry) -> Decimal | None:
    """What a cost line comes to when it is computed; None when it is typed in, or cannot be read."""
    try:
        rate, quantity = parse_decimal(row.rate, places=6), parse_decimal(row.quantity, places=4)
    except ValueError:
        return None
    return CostFields(CostKind.OTHER, "", rate=rate, quantity_per_unit=quantity).cost


def _cost(row: CostEntry) -> Decimal:
    computed = cost_of(row)
    if computed is not None:
        return max(computed, ZERO)
    try:
        return max(parse_decimal(row.cost, places=6), ZERO)
    except ValueError:
        return ZERO

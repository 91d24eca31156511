"""The arithmetic of builds and what may be entered of one. Values in, values out: no database, no Flask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import reduce

from app.builds.errors import TooCostly
from app.builds.statuses import Recovery
from app.foundation.errors import InvalidInput
from app.foundation.money import COST_PLACES, LARGEST, QUANTITY_PLACES
from app.foundation.pages.formatting import format_quantity
from app.foundation.pages.forms import is_storable

ZERO = Decimal(0)
LONGEST_NOTES = 2000
_EXACT = Context(prec=60)
"""Wide enough for any product of a quantity and a cost that can be stored."""


@dataclass(frozen=True)
class Part:
    """What a build line asks for: `quantity` of a component, all of it unless it is optional."""

    component_id: int
    quantity: Decimal
    optional: bool


def check_units(quantity: Decimal) -> None:
    """Raises InvalidInput unless the quantity is a whole number of units, one at least (OQ-21)."""
    if not (quantity.is_finite() and 1 <= quantity <= LARGEST and quantity == quantity.to_integral_value()):
        raise InvalidInput(f"Enter a whole number of units, from 1 to {LARGEST:,}.", "quantity")


def check_amount(quantity: Decimal, most: Decimal, field: str) -> None:
    """Raises InvalidInput unless the quantity lies from zero to `most` and has four decimals at most."""
    fits = quantity.is_finite() and 0 <= quantity <= most and quantity == quantity.quantize(QUANTITY_PLACES)
    if not fits:
        sentence = f"Enter a quantity from 0 to {format_quantity(most)}, with at most four decimals."
        raise InvalidInput(sentence, field)


def check_notes(notes: str, field: str = "notes") -> None:
    """Raises InvalidInput for notes that are too long or cannot be stored."""
    if len(notes) > LONGEST_NOTES or not is_storable(notes, lines=True):
        raise InvalidInput(f"Use at most {LONGEST_NOTES:,} characters, none that cannot be stored.", field)


def amount(per_unit: Decimal, units: Decimal) -> Decimal:
    """How much of a component that many units need; raises InvalidInput when it is more than can be kept."""
    needed = _EXACT.multiply(per_unit, units).quantize(QUANTITY_PLACES, ROUND_HALF_UP, _EXACT)
    if needed > LARGEST:
        raise InvalidInput(f"A component would be needed more than {LARGEST:,} times.", "quantity")
    return needed


def cost_of(each: Decimal, quantity: Decimal) -> Decimal:
    """What a quantity costs when one unit costs `each`, six decimals, however much that is (BOM-22)."""
    return _rounded(_EXACT.multiply(each, quantity))


def total_of(costs: Iterable[Decimal]) -> Decimal:
    """The sum of costs, however much that is."""
    return reduce(_EXACT.add, costs, ZERO)


def unit_cost_of(total: Decimal, units: Decimal) -> Decimal:
    """What one of so many units costs, six decimals (BLD-62)."""
    return _rounded(_EXACT.divide(total, units))


def check_total(total: Decimal) -> None:
    """Raises TooCostly when a build of that cost cannot be kept."""
    if total > LARGEST:
        raise TooCostly


def _rounded(cost: Decimal) -> Decimal:
    return cost.quantize(COST_PLACES, ROUND_HALF_EVEN, _EXACT)


def is_modified(parts: Iterable[tuple[Decimal, Decimal]], units: Decimal) -> bool:
    """Whether some line, as (quantity per unit, quantity), differs from the BOM's (BLD-23)."""
    return any(quantity != amount(per_unit, units) for per_unit, quantity in parts)


def to_consume(part: Part, on_hand: Decimal) -> Decimal:
    """What is used of the component: all that is asked for, of an optional one no more than there is."""
    return min(part.quantity, max(on_hand, ZERO)) if part.optional else part.quantity


def short(parts: Sequence[Part], on_hand: Mapping[int, Decimal]) -> list[Part]:
    """The required parts of which there is too little (BLD-43)."""
    return [
        part for part in parts if to_consume(part, on_hand[part.component_id]) > on_hand[part.component_id]
    ]


def recovery_of(mode: Recovery, consumed: Mapping[int, Decimal], given: Mapping[int, Decimal]) -> Recovery:
    """The mode that `given` amounts to: all of it is full recovery, none of it total loss (OQ-23)."""
    if mode is not Recovery.PARTIAL:
        return mode
    if all(given.get(component, ZERO) == quantity for component, quantity in consumed.items()):
        return Recovery.FULL
    return Recovery.PARTIAL if any(given.values()) else Recovery.NONE

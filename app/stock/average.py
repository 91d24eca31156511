"""The weighted average (COST-1, COST-2): arithmetic on a level's quantity and value, nothing else."""

from __future__ import annotations

from decimal import Decimal

from app.foundation.money import round_cost

ZERO = Decimal(0)


def share(quantity: Decimal, cost: Decimal, part: Decimal) -> Decimal:
    """What `part` of `quantity` costs when all of it costs `cost`; the whole takes all of it."""
    return cost if part == quantity else round_cost(cost * part / quantity)


def unit_cost(on_hand: Decimal, value: Decimal, last: Decimal) -> Decimal:
    """The average of what is there, or the last one known when nothing is."""
    return round_cost(value / on_hand) if on_hand > 0 else last


def settlement(on_hand: Decimal, value: Decimal, quantity: Decimal, cost: Decimal) -> Decimal:
    """The correction that follows when `quantity` at `cost` comes to a level below zero.

    The part that fills the deficit settles at its provisional value; what remains on hand keeps the unit cost
    of what came in. Zero when the level was not below zero.
    """
    if on_hand >= 0:
        return ZERO
    deficit = -on_hand
    if quantity <= deficit:
        after = value - share(deficit, value, quantity)
    else:
        after = cost - share(quantity, cost, deficit)
    return after - (value + cost)


def evening(on_hand: Decimal, value: Decimal, last: Decimal) -> Decimal:
    """The correction that leaves a value of the sign of `on_hand`, at the `last` unit cost; mostly zero.

    Needed after an exact reversal: stock that came in dear and left at the average takes more value with it
    than is there.
    """
    if on_hand == 0:
        return -value
    if value * on_hand >= 0:
        return ZERO
    return round_cost(on_hand * last) - value

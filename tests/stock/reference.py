"""The ledger as one would keep it on paper: slow, obvious, and sharing no code with the real one.

At the average a shelf is a quantity and a value. In lots it is a queue of them, less what is owed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    """At six decimals."""
    return value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


@dataclass
class Paper:
    """One product's page: `lots` are id, quantity, cost, oldest first; `owed` was sold and not there."""

    on_hand: Decimal = ZERO
    value: Decimal = ZERO
    unit_cost: Decimal = ZERO
    lots: list[list[Decimal]] = field(default_factory=list)
    owed: Decimal = ZERO
    owed_cost: Decimal = ZERO

    def taken(self, quantity: Decimal, in_lots: bool) -> Decimal:
        """The cost of `quantity`, all of which is there, having left."""
        cost = self._taken_from_lots(quantity) if in_lots else self._taken_at_average(quantity)
        self.on_hand -= quantity
        self.value -= cost
        return cost

    def _taken_at_average(self, quantity: Decimal) -> Decimal:
        if quantity == self.on_hand:
            return self.value
        return rounded(self.value * quantity / self.on_hand)

    def _taken_from_lots(self, quantity: Decimal) -> Decimal:
        cost = ZERO
        for lot in self.lots:
            part = min(quantity, lot[1])
            if not part:
                continue
            price = lot[2] if part == lot[1] else rounded(lot[2] * part / lot[1])
            lot[1] -= part
            lot[2] -= price
            cost += price
            quantity -= part
        assert quantity == 0
        return cost

    def sold(self, quantity: Decimal, in_lots: bool) -> Decimal:
        """The cost of `quantity` having left, whether it was there or not."""
        there = sum((lot[1] for lot in self.lots), ZERO) if in_lots else max(self.on_hand, ZERO)
        present = min(there, quantity)
        missing = quantity - present
        provisional = rounded(missing * self.unit_cost)
        cost = self.taken(present, in_lots) if present else ZERO
        self.on_hand -= missing
        self.value -= provisional
        self.owed += missing
        self.owed_cost += provisional
        return cost + provisional

    def average(self, in_lots: bool) -> None:
        """The unit cost is that of what is there."""
        quantity, value = self.on_hand, self.value
        if in_lots:
            quantity, value = (sum((lot[place] for lot in self.lots), ZERO) for place in (1, 2))
        if quantity > 0:
            self.unit_cost = rounded(value / quantity)

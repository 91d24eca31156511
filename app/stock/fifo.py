"""First in, first out (LOT-4): draws from lots and their way back, with no database and no clock.

A lot stores the cost still in it. A draw that empties it takes all of that, any other its rounded share, so
that the cost of all draws and of what remains is always the cost that came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.stock.average import ZERO, share


@dataclass(slots=True, eq=False)
class OpenLot:
    """A lot as costing sees it, oldest first by `received_at` and then `number`, which is its id."""

    number: int
    product_id: int
    received_at: datetime
    quantity: Decimal
    cost: Decimal
    original_quantity: Decimal
    original_cost: Decimal
    voided: bool = False
    before: tuple[Decimal | bool, ...] = ()

    def __post_init__(self) -> None:
        self.before = self._state()

    def _state(self) -> tuple[Decimal | bool, ...]:
        return self.quantity, self.cost, self.original_quantity, self.original_cost, self.voided

    @property
    def changed(self) -> bool:
        """Whether it is not as it was read."""
        return self._state() != self.before

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands in the queue."""
        return self.received_at, self.number

    def take(self, quantity: Decimal, cost: Decimal) -> Draw:
        """That much has left the lot (negative: has come back to it)."""
        self.quantity -= quantity
        self.cost -= cost
        return Draw(self, quantity, cost)


class Draw(NamedTuple):
    """What was taken from a lot; negative when it was given back."""

    lot: OpenLot
    quantity: Decimal
    cost: Decimal


def draw(lots: Iterable[OpenLot], quantity: Decimal) -> tuple[list[Draw], Decimal]:
    """Takes `quantity` from `lots` in their order; returns the draws and how much was not there."""
    draws: list[Draw] = []
    for lot in lots:
        if not quantity:
            break
        if lot.quantity:
            part = min(quantity, lot.quantity)
            draws.append(lot.take(part, share(lot.quantity, lot.cost, part)))
            quantity -= part
    return draws, quantity


def give_back(drawn: Sequence[Draw], quantity: Decimal) -> tuple[list[Draw], Decimal]:
    """Returns `quantity` of what was `drawn`, last-drawn lots first, each at the cost at which it left.

    `drawn` is in the order of drawing and less what has been given back before. Returns the (negative) draws
    and how much of `quantity` was never drawn.
    """
    draws: list[Draw] = []
    for lot, taken, cost in reversed(drawn):
        if not quantity:
            break
        part = min(quantity, taken)
        draws.append(lot.take(-part, -share(taken, cost, part)))
        quantity -= part
    return draws, quantity


def total(draws: Iterable[Draw]) -> Decimal:
    """What the draws cost together."""
    return sum((one.cost for one in draws), ZERO)

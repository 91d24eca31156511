"""What can stand in the way of a movement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.foundation.errors import Conflict


@dataclass(frozen=True)
class Shortfall:
    """A product of which more is needed than is there."""

    product_id: int
    needed: Decimal
    available: Decimal


class InsufficientStock(Conflict):
    """Some products do not have what a batch needs; nothing of it was written."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        many = len(shortfalls) > 1
        first = shortfalls[0]
        super().__init__(
            f"{len(shortfalls)} products do not have enough on hand."
            if many
            else f"There is not enough on hand: needed {first.needed:f}, available {first.available:f}."
        )
        self.shortfalls = list(shortfalls)


class LotsAreOn(Conflict):
    """While stock is kept in lots, nobody may set a quantity from outside (INV-10)."""

    def __init__(self) -> None:
        super().__init__("Stock is kept in lots, so its quantity cannot be set. Adjust a lot instead.")


class LotUnavailable(Conflict):
    """The lot does not allow the change; the message says why."""


class CannotReverse(Conflict):
    """A movement cannot be taken back; the message says why."""

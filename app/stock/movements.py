"""Intents: what the rooms above want the ledger to do. They carry values only and know no database.

Quantities have at most four decimals, costs at most six; a cost is the total of the movement unless it is
called a unit cost. `check` holds each movement to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.foundation.errors import InvalidInput
from app.foundation.money import COST_PLACES, LARGEST, QUANTITY_PLACES
from app.stock.kinds import Kind

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Source:
    """What a movement belongs to: "build" 17, "receipt" 4, "adjustment" without a number."""

    kind: str
    id: int | None = None


@dataclass(frozen=True)
class NewLot:
    """The lot that a receipt or a build puts on the shelf; without a moment, it is received when posted."""

    number: str
    received_at: datetime | None = None
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What every intent says. `awaits_export` marks a local move that the books do not know yet (OQ-7)."""

    kind: Kind
    source: Source
    user_id: int | None = None
    note: str = ""
    occurred_at: datetime | None = None
    awaits_export: bool = False

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        if self.occurred_at is not None and self.occurred_at.utcoffset() is None:
            raise InvalidInput("The moment of a movement needs its time zone.")


@dataclass(frozen=True, kw_only=True)
class ProductMovement(Movement):
    """An intent about one product."""

    product_id: int


@dataclass(frozen=True, kw_only=True)
class Receive(ProductMovement):
    """`quantity` comes in and costs `cost` in all; while lots are on it becomes a lot of its own."""

    quantity: Decimal
    cost: Decimal
    lot: NewLot | None = None

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_quantity(self.quantity)
        _check_cost(self.cost)
        if self.lot is not None:
            _check_lot(self.lot)


@dataclass(frozen=True, kw_only=True)
class Consume(ProductMovement):
    """`quantity` goes out at the average, or from the oldest lots (COST-4).

    With `allow_shortage` what is not there goes out as well, at `shortage_unit_cost` or else the level's.
    """

    quantity: Decimal
    allow_shortage: bool = False
    shortage_unit_cost: Decimal | None = None

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_quantity(self.quantity)
        _check_cost(self.shortage_unit_cost)


@dataclass(frozen=True, kw_only=True)
class Adjust(ProductMovement):
    """The signed `quantity` is put right, up at `unit_cost` or else at the present one (ADJ-4, LAD-3)."""

    quantity: Decimal
    unit_cost: Decimal | None = None
    lot_id: int | None = None

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_quantity(abs(self.quantity))
        _check_cost(self.unit_cost)


@dataclass(frozen=True, kw_only=True)
class SetQuantity(ProductMovement):
    """On hand is `quantity`, even below zero, at `unit_cost` or else the present one.

    Refused while lots are on (INV-10).
    """

    quantity: Decimal
    unit_cost: Decimal | None = None

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_quantity(abs(self.quantity), zero=True)
        _check_cost(self.unit_cost)


@dataclass(frozen=True, kw_only=True)
class CorrectCost(ProductMovement):
    """What is on hand (of a lot, while lots are on) is worth `cost` more, or less; no quantity moves."""

    cost: Decimal
    lot_id: int | None = None
    kind: Kind = Kind.COST_CORRECTION

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_cost(abs(self.cost))
        if not self.cost:
            raise InvalidInput("A correction of zero corrects nothing.")


@dataclass(frozen=True, kw_only=True)
class ResolveShortages(ProductMovement):
    """What was sold without being there is drawn from the lots that have come since (OQ-41)."""


@dataclass(frozen=True, kw_only=True)
class Reverse(Movement):
    """Every transaction of `source` that still stands gets its exact opposite."""

    def check(self) -> None:
        """Raises InvalidInput when the source has no number: "adjustment" alone would be all of them."""
        super().check()
        if self.source.id is None:
            raise InvalidInput("Only what has a number can be reversed.")


@dataclass(frozen=True, kw_only=True)
class GiveBack(Movement):
    """`quantity` of one consumption comes back at the cost at which it left, last-drawn lots first."""

    transaction_id: int
    quantity: Decimal

    def check(self) -> None:
        """Raises InvalidInput when a value cannot be kept."""
        super().check()
        _check_quantity(self.quantity)


def _check_quantity(quantity: Decimal, *, zero: bool = False) -> None:
    _check_size(quantity, "quantity")
    if quantity != quantity.quantize(QUANTITY_PLACES):
        raise InvalidInput("A quantity has at most four decimals.", field="quantity")
    if quantity < 0 or not (quantity or zero):
        raise InvalidInput("A quantity must be above zero.", field="quantity")


def _check_cost(cost: Decimal | None) -> None:
    if cost is None:
        return
    _check_size(cost, "unit_cost")
    if cost != cost.quantize(COST_PLACES):
        raise InvalidInput("A cost has at most six decimals.", field="unit_cost")
    if cost < 0:
        raise InvalidInput("A cost must not be below zero.", field="unit_cost")


def _check_lot(lot: NewLot) -> None:
    if not lot.number.strip():
        raise InvalidInput("A lot needs a number.", field="number")
    if lot.received_at is not None and lot.received_at.utcoffset() is None:
        raise InvalidInput("The moment at which a lot was received needs its time zone.")


def _check_size(number: Decimal, field: str) -> None:
    if not number.is_finite() or abs(number) > LARGEST:
        raise InvalidInput(f"Enter a number no larger than {LARGEST:,}.", field=field)

"""Stock corrected by hand, while we lead on it and keep no lots (ADJ-1…5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.errors import InvalidInput
from app.foundation.money import COST_PLACES, LARGEST, QUANTITY_PLACES
from app.foundation.pages.formatting import format_quantity
from app.foundation.pages.forms import is_storable
from app.foundation.transaction import transaction
from app.products.errors import AdjustingRefused, AlreadyAdjusted
from app.products.leading import leader_of
from app.products.models import Product, StockAdjustment
from app.products.service import get_product
from app.stock.average import unit_cost
from app.stock.service import (
    Adjust,
    InsufficientStock,
    Kind,
    Level,
    Source,
    levels_of,
    lots_on,
    post,
    preview,
)

LONGEST_NOTES = 500
SOURCE = "adjustment"
LOTS_LEAD = "With receiving on, stock lies in lots: correct the lot instead, on the product's page."


class Direction(StrEnum):
    """Which way an adjustment goes."""

    ADD = "add"
    REMOVE = "remove"


class Reason(StrEnum):
    """Why stock is adjusted (ADJ-3)."""

    RECEIVED = "received_stock"
    COUNT = "count_correction"
    BREAKAGE = "breakage_loss"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason as people read it."""
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.RECEIVED: "Received stock",
    Reason.COUNT: "Count correction",
    Reason.BREAKAGE: "Breakage or loss",
    Reason.OTHER: "Other",
}


@dataclass(frozen=True)
class Adjustment:
    """What a person entered: `quantity` in the product's unit, above zero; `unit_cost` for additions only.

    Without a unit cost an addition comes in at the product's present one.
    """

    product_id: int
    direction: Direction
    quantity: Decimal
    reason: Reason
    unit_cost: Decimal | None = None
    notes: str = ""

    @property
    def note(self) -> str:
        """What the transaction says of it: the reason, and the notes if there are any."""
        return f"{self.reason.label}: {self.notes}" if self.notes else self.reason.label

    def movement(self, source: Source, user_id: int | None) -> Adjust:
        """The adjustment as the ledger takes it."""
        adds = self.direction is Direction.ADD
        return Adjust(
            product_id=self.product_id,
            kind=Kind.ADJUSTMENT,
            source=source,
            user_id=user_id,
            note=self.note,
            quantity=self.quantity if adds else -self.quantity,
            unit_cost=self.unit_cost if adds else None,
        )


@dataclass(frozen=True)
class Outcome:
    """A product's stock before and after."""

    before: Level
    after: Level


def refusal(product_id: int, *, lots: bool | None = None) -> str | None:
    """Why the product's stock cannot be adjusted by hand, as a sentence; None when it can (ADJ-1).

    `lots` says whether lots are on to whoever knows it already.
    """
    return LOTS_LEAD if (lots_on() if lots is None else lots) else leader_of(product_id)


def ensure_adjustable(product_id: int) -> None:
    """Raises AdjustingRefused while lots or the books lead on the product's quantity."""
    sentence = refusal(product_id)
    if sentence:
        raise AdjustingRefused(sentence)


def adjust(adjustment: Adjustment, token: UUID, user_id: int | None) -> Level:
    """One transaction has moved the product's stock (ADJ-5); a `token` does so once, however often sent.

    Returns what is there now. Raises NotFoundError, AdjustingRefused, AlreadyAdjusted, or InvalidInput naming
    the field.
    """
    _check(adjustment)
    with transaction() as session:
        ensure_adjustable(adjustment.product_id)
        product = get_product(adjustment.product_id)
        before = levels_of([product.id], session)[product.id]
        _check_against(before, adjustment)
        number = _record(adjustment, token, user_id, session)
        with _said_at_its_field(product, before):
            post([adjustment.movement(Source(SOURCE, number), user_id)], session)
        return levels_of([product.id], session)[product.id]


def outcome_of(adjustment: Adjustment) -> Outcome:
    """What the adjustment would do; nothing is written. Raises as `adjust` does."""
    _check(adjustment)
    ensure_adjustable(adjustment.product_id)
    product = get_product(adjustment.product_id)
    before = levels_of([product.id])[product.id]
    _check_against(before, adjustment)
    with _said_at_its_field(product, before):
        moved = preview([adjustment.movement(Source(SOURCE), None)], db.session()).transactions
    on_hand = before.on_hand + sum(each.quantity for each in moved)
    value = before.value + sum(each.cost for each in moved)
    return Outcome(before, Level(on_hand, value, unit_cost(on_hand, value, before.unit_cost)))


@contextmanager
def _said_at_its_field(product: Product, before: Level) -> Iterator[None]:
    """A shortage in the block is the quantity's mistake, in the product's own unit."""
    try:
        yield
    except InsufficientStock as error:
        raise InvalidInput(_too_much(product, before.on_hand), "quantity") from error


def _check_against(before: Level, adjustment: Adjustment) -> None:
    """Raises InvalidInput for an addition without a cost, or beyond what the ledger can hold."""
    if adjustment.direction is Direction.REMOVE:
        return
    if adjustment.unit_cost is None and not before.unit_cost:
        raise InvalidInput("Say what one unit cost, since none is known yet; 0 if nothing.", "unit_cost")
    cost = before.unit_cost if adjustment.unit_cost is None else adjustment.unit_cost
    if before.on_hand + adjustment.quantity > LARGEST:
        raise InvalidInput(f"Stock on hand cannot be more than {LARGEST:,}.", "quantity")
    if before.value + adjustment.quantity * cost > LARGEST:
        raise InvalidInput(f"The stock's value cannot be more than {LARGEST:,}.", "unit_cost")


def _too_much(product: Product, on_hand: Decimal) -> str:
    there = f"{format_quantity(on_hand)} {product.unit}".strip()
    return f"There is no more than {there} on hand." if on_hand > 0 else "There is nothing on hand to remove."


def _record(adjustment: Adjustment, token: UUID, user_id: int | None, session: Session) -> int:
    """The adjustment's own id. A second sender of the token waits here until the first has committed."""
    row = insert(StockAdjustment).values(
        product_id=adjustment.product_id,
        reason=adjustment.reason,
        notes=adjustment.notes,
        token=token,
        user_id=user_id,
    )
    once = row.on_conflict_do_nothing(index_elements=[StockAdjustment.token]).returning(StockAdjustment.id)
    number = session.scalar(once)
    if number is None:
        raise AlreadyAdjusted
    return number


def _fits(value: Decimal, places: Decimal) -> bool:
    return value.is_finite() and abs(value) <= LARGEST and value == value.quantize(places)


def _check_notes(notes: str) -> None:
    if len(notes) > LONGEST_NOTES or not is_storable(notes, lines=True):
        raise InvalidInput(f"Use at most {LONGEST_NOTES} characters, none that cannot be stored.", "notes")


def _check(adjustment: Adjustment) -> None:
    """Raises InvalidInput for what can be seen without looking at the stock."""
    quantity, cost = adjustment.quantity, adjustment.unit_cost
    if not (_fits(quantity, QUANTITY_PLACES) and quantity > 0):
        raise InvalidInput("Enter a quantity above zero, with at most four decimals.", "quantity")
    if cost is not None and not (_fits(cost, COST_PLACES) and cost >= 0):
        raise InvalidInput("A unit cost is zero or more, with at most six decimals.", "unit_cost")
    _check_notes(adjustment.notes)
    if adjustment.reason is Reason.RECEIVED and adjustment.direction is not Direction.ADD:
        raise InvalidInput("Received stock is added. Choose Add, or another reason.", "reason")
    if adjustment.reason is Reason.BREAKAGE and adjustment.direction is not Direction.REMOVE:
        raise InvalidInput("What is broken or lost is removed. Choose Remove, or another reason.", "reason")

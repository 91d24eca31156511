"""`post`, the one way in: lock and read, compute in memory, write, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.clock import utcnow
from app.foundation.errors import InvalidInput, NotFoundError
from app.stock import averaging, lotting, undoing
from app.stock.batch import Batch, Entry, Shelf
from app.stock.movements import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    Movement,
    ProductMovement,
    Receive,
    ResolveShortages,
    Reverse,
    SetQuantity,
)
from app.stock.reading import read_batch
from app.stock.undoing import Past
from app.stock.writing import TOO_LARGE, write_batch

Way = Callable[[Batch, Shelf, Any], None]
AT_AVERAGE: dict[type[Movement], Way] = {
    Receive: averaging.receive,
    Consume: averaging.consume,
    Adjust: averaging.adjust,
    SetQuantity: averaging.set_quantity,
    CorrectCost: averaging.correct_cost,
    ResolveShortages: averaging.resolve_shortages,
}
IN_LOTS: dict[type[Movement], Way] = {
    Receive: lotting.receive,
    Consume: lotting.consume,
    Adjust: lotting.adjust,
    SetQuantity: lotting.set_quantity,
    CorrectCost: lotting.correct_cost,
    ResolveShortages: lotting.resolve_shortages,
}


@dataclass(frozen=True, slots=True)
class PostedDraw:
    """What a transaction took from a lot; negative when it gave back."""

    lot_id: int
    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class PostedTransaction:
    """A transaction that a batch wrote; `movement` is the place of its intent in the batch.

    `quantity` and `cost` are signed. `lot_id` is the lot that it made, added to or corrected.
    """

    id: int
    movement: int
    product_id: int
    kind: str
    quantity: Decimal
    cost: Decimal
    lot_id: int | None
    draws: Sequence[PostedDraw]


@dataclass(frozen=True, slots=True)
class PostedBatch:
    """What came of a batch, in the order in which it happened."""

    transactions: list[PostedTransaction]


def post(movements: Sequence[Movement], session: Session) -> PostedBatch:
    """All `movements` have happened, in their order, or none; the caller's transaction makes it last.

    Raises InsufficientStock with every product that is short, LotsAreOn, LotUnavailable, CannotReverse,
    InvalidInput, NotFoundError; the caller's transaction must then be rolled back.
    """
    return _run(movements, session, write=True)


def preview(movements: Sequence[Movement], session: Session) -> PostedBatch:
    """What `post` would do just now, by the same arithmetic; nothing is locked or written, ids are zero."""
    return _run(movements, session, write=False)


def _run(movements: Sequence[Movement], session: Session, *, write: bool) -> PostedBatch:
    if not movements:
        return PostedBatch([])
    for movement in movements:
        movement.check()
    session.flush()
    batch, pasts = read_batch(session, movements, utcnow(), lock=write)
    try:
        for index, movement in enumerate(movements):
            batch.begin(index, movement)
            _apply(batch, movement, pasts)
    except InvalidOperation as error:
        raise InvalidInput(TOO_LARGE) from error
    batch.refuse_shortfalls()
    if write:
        write_batch(session, batch)
    return PostedBatch([_posted(entry) for entry in batch.entries])


def _apply(batch: Batch, movement: Movement, pasts: dict[int, Past]) -> None:
    """One movement has happened in memory."""
    if isinstance(movement, Reverse):
        standing = [past for past in pasts.values() if past.stands_for(movement.source)]
        undoing.reverse(batch, standing)
        touched = {past.product_id for past in standing}
    elif isinstance(movement, GiveBack):
        past = pasts.get(movement.transaction_id)
        if past is None:
            raise NotFoundError("There is no such movement.")
        undoing.return_part(batch, movement, past)
        touched = {past.product_id}
    elif isinstance(movement, ProductMovement):
        ways = IN_LOTS if batch.lots_on else AT_AVERAGE
        ways[type(movement)](batch, batch.shelves[movement.product_id], movement)
        touched = {movement.product_id}
    for product_id in touched:
        batch.shelves[product_id].renew_unit_cost(batch.lots_on)


def _posted(entry: Entry) -> PostedTransaction:
    return PostedTransaction(
        entry.id,
        entry.index,
        entry.product_id,
        entry.kind,
        entry.quantity,
        entry.cost,
        entry.lot.number if entry.lot else None,
        [PostedDraw(draw.lot.number, draw.quantity, draw.cost) for draw in entry.draws],
    )

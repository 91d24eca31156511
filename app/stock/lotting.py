"""The intents while stock is kept in lots (COST-4, LOT-4, LAD-3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.foundation.money import round_cost
from app.stock.average import ZERO, share
from app.stock.averaging import provisional_cost
from app.stock.batch import Batch, Shelf
from app.stock.errors import LotsAreOn, LotUnavailable
from app.stock.fifo import OpenLot, draw, total
from app.stock.movements import Adjust, Consume, CorrectCost, Receive, ResolveShortages, SetQuantity


def receive(batch: Batch, shelf: Shelf, movement: Receive) -> None:
    """The quantity is on the shelf, a lot of its own; open shortages stay as they are (OQ-41)."""
    lot = batch.add_lot(shelf, movement.quantity, movement.cost, movement.lot)
    batch.enter(shelf, movement.quantity, movement.cost, lot=lot)


def consume(batch: Batch, shelf: Shelf, movement: Consume) -> None:
    """The quantity has left the oldest lots, the part that was not there at its provisional cost."""
    if not movement.allow_shortage and not batch.can_remove(shelf, movement.quantity):
        return
    draws, missing = draw(shelf.open_lots(), movement.quantity)
    cost = total(draws)
    if not missing:
        batch.enter(shelf, -movement.quantity, -cost, draws=draws)
        return
    provisional = provisional_cost(shelf, missing, movement.shortage_unit_cost)
    entry = batch.enter(shelf, -movement.quantity, -cost - provisional, draws=draws)
    batch.add_shortage(shelf, entry, missing, provisional)


def adjust(batch: Batch, shelf: Shelf, movement: Adjust) -> None:
    """A lot has been put right; without one, the quantity came as a new lot or left the oldest."""
    if movement.lot_id is not None:
        _adjust_lot(batch, shelf, _lot_of(batch, shelf, movement.lot_id), movement)
    elif movement.quantity > 0:
        unit_cost = shelf.unit_cost if movement.unit_cost is None else movement.unit_cost
        cost = round_cost(movement.quantity * unit_cost)
        batch.enter(shelf, movement.quantity, cost, lot=batch.add_lot(shelf, movement.quantity, cost, None))
    elif batch.can_remove(shelf, -movement.quantity):
        draws, _ = draw(shelf.open_lots(), -movement.quantity)
        batch.enter(shelf, movement.quantity, -total(draws), draws=draws)


def set_quantity(_batch: Batch, _shelf: Shelf, _movement: SetQuantity) -> None:
    """Refused: with lots, quantities are ours alone (INV-10)."""
    raise LotsAreOn


def correct_cost(batch: Batch, shelf: Shelf, movement: CorrectCost) -> None:
    """What is left of the lot is worth that much more or less."""
    if movement.lot_id is None:
        raise LotUnavailable("Say which lot's cost is to be corrected.")
    lot = _lot_of(batch, shelf, movement.lot_id)
    if not lot.quantity:
        raise LotUnavailable("Nothing is left of the lot whose cost could be corrected.")
    change_lot(lot, ZERO, movement.cost)
    batch.enter(shelf, ZERO, movement.cost, lot=lot)


def resolve_shortages(batch: Batch, shelf: Shelf, movement: ResolveShortages) -> None:
    """The oldest shortages have drawn from the lots, as far as these go, and cost what those cost.

    The draws belong to the transaction that was short, and so does the correction by its source: reversing
    the sale takes both back.
    """
    for owed in shelf.shortages:
        draws, missing = draw(shelf.open_lots(), owed.quantity)
        if not draws:
            break
        provisional = owed.resolve(owed.quantity - missing)
        batch.late_draws += [(owed.transaction_id, one) for one in draws]
        batch.begin(0, replace(movement, source=owed.source or movement.source))
        batch.correct(shelf, provisional - total(draws))


def change_lot(lot: OpenLot, quantity: Decimal, cost: Decimal) -> None:
    """The lot was bigger or dearer from the start; what has been drawn from it stays drawn."""
    if lot.quantity + quantity < 0 or lot.cost + cost < 0 or lot.original_cost + cost < 0:
        raise LotUnavailable("The change would leave less than nothing in the lot.")
    lot.quantity += quantity
    lot.cost += cost
    lot.original_quantity += quantity
    lot.original_cost += cost


def _adjust_lot(batch: Batch, shelf: Shelf, lot: OpenLot, movement: Adjust) -> None:
    quantity = movement.quantity
    if quantity > 0:
        cost = round_cost(quantity * _unit_cost(lot, movement.unit_cost))
        change_lot(lot, quantity, cost)
        shelf.queue(lot)
        batch.enter(shelf, quantity, cost, lot=lot)
    elif -quantity > lot.quantity:
        raise LotUnavailable(f"The lot has {lot.quantity:f} left, so no more can be taken from it.")
    else:
        drawn = lot.take(-quantity, share(lot.quantity, lot.cost, -quantity))
        batch.enter(shelf, quantity, -drawn.cost, draws=[drawn])


def _unit_cost(lot: OpenLot, given: Decimal | None) -> Decimal:
    if given is not None:
        return given
    quantity, cost = (lot.quantity, lot.cost) if lot.quantity else (lot.original_quantity, lot.original_cost)
    return round_cost(cost / quantity)


def _lot_of(batch: Batch, shelf: Shelf, lot_id: int) -> OpenLot:
    lot = batch.lots.get(lot_id)
    if lot is None or lot.product_id != shelf.product_id:
        raise LotUnavailable("The product has no such lot.")
    if lot.voided:
        raise LotUnavailable("The lot is voided and takes part in nothing any more.")
    return lot

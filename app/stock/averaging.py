"""The intents while stock is kept at its weighted average (COST-1 to COST-3, ADJ-4)."""

from __future__ import annotations

from decimal import Decimal

from app.foundation.errors import Conflict
from app.foundation.money import round_cost
from app.stock.average import ZERO, settlement, share
from app.stock.batch import Batch, Shelf
from app.stock.errors import LotUnavailable
from app.stock.kinds import Kind
from app.stock.movements import Adjust, Consume, CorrectCost, Receive, ResolveShortages, SetQuantity


def receive(batch: Batch, shelf: Shelf, movement: Receive) -> None:
    """The quantity is on the shelf; what it met below zero has settled."""
    _bring_in(batch, shelf, movement.quantity, movement.cost)


def consume(batch: Batch, shelf: Shelf, movement: Consume) -> None:
    """The quantity has left at the average, the part that was not there at its provisional cost."""
    quantity = movement.quantity
    if quantity <= shelf.on_hand or not movement.allow_shortage:
        if batch.can_remove(shelf, quantity):
            batch.enter(shelf, -quantity, -share(shelf.on_hand, shelf.value, quantity))
        return
    there, cost = (shelf.on_hand, shelf.value) if shelf.on_hand > 0 else (ZERO, ZERO)
    missing = quantity - there
    provisional = provisional_cost(shelf, missing, movement.shortage_unit_cost)
    entry = batch.enter(shelf, -quantity, -cost - provisional)
    batch.add_shortage(shelf, entry, missing, provisional)


def adjust(batch: Batch, shelf: Shelf, movement: Adjust) -> None:
    """The quantity has been put right; a removal leaves the unit cost as it was (ADJ-4)."""
    if movement.lot_id is not None:
        raise LotUnavailable("Lots cannot be adjusted while stock is not kept in lots.")
    if movement.quantity > 0:
        unit_cost = shelf.unit_cost if movement.unit_cost is None else movement.unit_cost
        _bring_in(batch, shelf, movement.quantity, round_cost(movement.quantity * unit_cost))
    elif batch.can_remove(shelf, -movement.quantity):
        cost = share(shelf.on_hand, shelf.value, -movement.quantity)
        batch.enter(shelf, movement.quantity, -cost)


def set_quantity(batch: Batch, shelf: Shelf, movement: SetQuantity) -> None:
    """On hand is what the books say, even below zero, and worth that quantity at the unit cost.

    A unit cost that the level has already changes no value, however it was rounded.
    """
    moved = movement.quantity - shelf.on_hand
    wanted = shelf.unit_cost if movement.unit_cost is None else movement.unit_cost
    if not moved and wanted == shelf.unit_cost:
        return
    worth = round_cost(movement.quantity * wanted)
    shelf.resolve_shortages(min(moved, -shelf.on_hand))
    kind = movement.kind if moved else Kind.COST_CORRECTION
    batch.enter(shelf, moved, worth - shelf.value, kind=kind)
    shelf.unit_cost = wanted


def correct_cost(batch: Batch, shelf: Shelf, movement: CorrectCost) -> None:
    """What is on hand is worth that much more or less."""
    if shelf.on_hand <= 0:
        raise Conflict("Nothing is on hand whose cost could be corrected.")
    if shelf.value + movement.cost < 0:
        raise Conflict("The correction would leave the stock worth less than nothing.")
    batch.enter(shelf, ZERO, movement.cost)


def resolve_shortages(_batch: Batch, _shelf: Shelf, _movement: ResolveShortages) -> None:
    """Nothing to do: at the average, what comes in settles what was short by itself."""


def provisional_cost(shelf: Shelf, quantity: Decimal, unit_cost: Decimal | None) -> Decimal:
    """What a quantity that is not there costs until it is known better."""
    return round_cost(quantity * (shelf.unit_cost if unit_cost is None else unit_cost))


def _bring_in(batch: Batch, shelf: Shelf, quantity: Decimal, cost: Decimal) -> None:
    correction = settlement(shelf.on_hand, shelf.value, quantity, cost)
    shelf.resolve_shortages(min(quantity, -shelf.on_hand))
    batch.enter(shelf, quantity, cost)
    batch.correct(shelf, correction)

"""Storing what a batch has computed: one statement for each table, whatever the batch's size."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.errors import InvalidInput
from app.foundation.money import LARGEST
from app.stock.arrays import array
from app.stock.batch import FIRST_NEW_LOT, Batch, OpenShortage
from app.stock.fifo import OpenLot
from app.stock.models import LotStatus

TOO_LARGE = "A quantity or a cost would become too large to be kept."

NEXT_IDS = """
    SELECT nextval('stock_transactions_id_seq'), NULL
    FROM generate_series(1, :transactions)
    UNION ALL
    SELECT NULL, nextval('lots_id_seq') FROM generate_series(1, :lots)
"""
ADD_LOTS = """
    INSERT INTO lots (id, product_id, number, original_quantity, original_cost, quantity_remaining,
        cost_remaining, received_at, expires_on, status, source_kind, source_id)
    SELECT * FROM unnest(
        CAST(:ids AS bigint[]), CAST(:products AS bigint[]), CAST(:numbers AS text[]),
        CAST(:quantities AS numeric[]), CAST(:costs AS numeric[]), CAST(:left AS numeric[]),
        CAST(:worth AS numeric[]), CAST(:received AS timestamptz[]), CAST(:expires AS date[]),
        CAST(:statuses AS text[]), CAST(:source_kinds AS text[]), CAST(:source_ids AS bigint[])
    )
"""
CHANGE_LOTS = """
    UPDATE lots SET quantity_remaining = changed.quantity, cost_remaining = changed.cost,
        original_quantity = changed.original_quantity, original_cost = changed.original_cost,
        status = changed.status
    FROM unnest(
        CAST(:ids AS bigint[]), CAST(:left AS numeric[]), CAST(:worth AS numeric[]),
        CAST(:quantities AS numeric[]), CAST(:costs AS numeric[]), CAST(:statuses AS text[])
    ) AS changed(id, quantity, cost, original_quantity, original_cost, status)
    WHERE lots.id = changed.id
"""
ADD_TRANSACTIONS = """
    INSERT INTO stock_transactions (id, product_id, kind, quantity, cost, on_hand_after, value_after,
        occurred_at, source_kind, source_id, user_id, note, reverses_id, gives_back_id, lot_id)
    SELECT * FROM unnest(
        CAST(:ids AS bigint[]), CAST(:products AS bigint[]), CAST(:kinds AS text[]),
        CAST(:quantities AS numeric[]), CAST(:costs AS numeric[]), CAST(:on_hands AS numeric[]),
        CAST(:after_values AS numeric[]), CAST(:moments AS timestamptz[]), CAST(:source_kinds AS text[]),
        CAST(:source_ids AS bigint[]), CAST(:users AS bigint[]), CAST(:notes AS text[]),
        CAST(:reverses AS bigint[]), CAST(:gives_back AS bigint[]), CAST(:lots AS bigint[])
    )
"""
ADD_DRAWS = """
    INSERT INTO lot_draws (transaction_id, lot_id, quantity, cost)
    SELECT * FROM unnest(
        CAST(:transactions AS bigint[]), CAST(:lots AS bigint[]), CAST(:quantities AS numeric[]),
        CAST(:costs AS numeric[])
    )
"""
KEEP_SHORTAGES = """
    INSERT INTO shortages (transaction_id, product_id, quantity, cost, resolved_quantity, resolved_cost,
        resolved_at)
    SELECT transaction, product, quantity, cost, resolved_quantity, resolved_cost,
        CASE WHEN resolved_quantity = quantity THEN CAST(:now AS timestamptz) END
    FROM unnest(
        CAST(:transactions AS bigint[]), CAST(:products AS bigint[]), CAST(:quantities AS numeric[]),
        CAST(:costs AS numeric[]), CAST(:resolved AS numeric[]), CAST(:resolved_costs AS numeric[])
    ) AS new(transaction, product, quantity, cost, resolved_quantity, resolved_cost)
"""
RESOLVE_SHORTAGES = """
    UPDATE shortages SET resolved_quantity = quantity - still.quantity_left,
        resolved_cost = cost - still.cost_left,
        resolved_at = CASE WHEN still.quantity_left = 0 THEN CAST(:now AS timestamptz) END
    FROM unnest(CAST(:transactions AS bigint[]), CAST(:quantities AS numeric[]), CAST(:costs AS numeric[]))
        AS still(transaction, quantity_left, cost_left)
    WHERE transaction_id = still.transaction
"""
ADD_UNEXPORTED = """
    INSERT INTO unexported_movements (transaction_id, product_id, quantity, source_kind, source_id)
    SELECT * FROM unnest(
        CAST(:transactions AS bigint[]), CAST(:products AS bigint[]), CAST(:quantities AS numeric[]),
        CAST(:source_kinds AS text[]), CAST(:source_ids AS bigint[])
    )
"""
SET_LEVELS = """
    UPDATE stock_levels SET on_hand = new.on_hand, value = new.value, unit_cost = new.unit_cost,
        version = version + 1
    FROM unnest(
        CAST(:products AS bigint[]), CAST(:on_hands AS numeric[]), CAST(:worth AS numeric[]),
        CAST(:unit_costs AS numeric[])
    ) AS new(product_id, on_hand, value, unit_cost)
    WHERE stock_levels.product_id = new.product_id
"""


def write_batch(session: Session, batch: Batch) -> None:
    """The batch is stored, its entries and new lots have their ids; raises InvalidInput on huge numbers."""
    _check_sizes(batch)
    changed = [lot for lot in batch.lots.values() if lot.number < FIRST_NEW_LOT and lot.changed]
    _number(session, batch)
    _write_lots(session, batch, changed)
    _write_transactions(session, batch)
    _write_draws(session, batch)
    _write_shortages(session, batch)
    _write_unexported(session, batch)
    _write_levels(session, batch)


def _check_sizes(batch: Batch) -> None:
    for shelf in batch.shelves.values():
        if max(abs(shelf.on_hand), abs(shelf.value), shelf.unit_cost) > LARGEST:
            raise InvalidInput(TOO_LARGE)


def _number(session: Session, batch: Batch) -> None:
    counts = {"transactions": len(batch.entries), "lots": len(batch.new_lots)}
    rows = session.execute(text(NEXT_IDS), counts).all()
    for entry, row in zip(batch.entries, rows, strict=False):
        entry.id = row[0]
    for (lot, _), row in zip(batch.new_lots, rows[len(batch.entries) :], strict=True):
        lot.number = row[1]


def _status(lot: OpenLot) -> str:
    if lot.voided:
        return LotStatus.VOIDED
    return LotStatus.ACTIVE if lot.quantity else LotStatus.EXHAUSTED


def _remains(lots: Sequence[OpenLot]) -> dict[str, object]:
    return {
        "ids": array(lot.number for lot in lots),
        "left": array(lot.quantity for lot in lots),
        "worth": array(lot.cost for lot in lots),
        "quantities": array(lot.original_quantity for lot in lots),
        "costs": array(lot.original_cost for lot in lots),
        "statuses": [_status(lot) for lot in lots],
    }


def _write_lots(session: Session, batch: Batch, changed: Sequence[OpenLot]) -> None:
    if batch.new_lots:
        facts = [facts for _, facts in batch.new_lots]
        lots = [lot for lot, _ in batch.new_lots]
        rows = _remains(lots) | {
            "products": array(lot.product_id for lot in lots),
            "received": array(lot.received_at for lot in lots),
            "numbers": [one.number for one in facts],
            "expires": array(one.expires_on for one in facts),
            "source_kinds": [one.source.kind for one in facts],
            "source_ids": array(one.source.id for one in facts),
        }
        session.execute(text(ADD_LOTS), rows)
    if changed:
        session.execute(text(CHANGE_LOTS), _remains(changed))


def _write_transactions(session: Session, batch: Batch) -> None:
    entries = batch.entries
    if not entries:
        return
    movements = [entry.movement for entry in entries]
    rows = {
        "ids": array(entry.id for entry in entries),
        "products": array(entry.product_id for entry in entries),
        "kinds": [entry.kind.value for entry in entries],
        "quantities": array(entry.quantity for entry in entries),
        "costs": array(entry.cost for entry in entries),
        "on_hands": array(entry.on_hand_after for entry in entries),
        "after_values": array(entry.value_after for entry in entries),
        "moments": array(movement.occurred_at or batch.now for movement in movements),
        "source_kinds": [movement.source.kind for movement in movements],
        "source_ids": array(movement.source.id for movement in movements),
        "users": array(movement.user_id for movement in movements),
        "notes": [movement.note for movement in movements],
        "reverses": array(entry.reverses_id for entry in entries),
        "gives_back": array(entry.gives_back_id for entry in entries),
        "lots": array(entry.lot.number if entry.lot else None for entry in entries),
    }
    session.execute(text(ADD_TRANSACTIONS), rows)


def _write_draws(session: Session, batch: Batch) -> None:
    draws = [(entry.id, draw) for entry in batch.entries for draw in entry.draws] + batch.late_draws
    if draws:
        rows = {
            "transactions": array(transaction for transaction, _ in draws),
            "lots": array(draw.lot.number for _, draw in draws),
            "quantities": array(draw.quantity for _, draw in draws),
            "costs": array(draw.cost for _, draw in draws),
        }
        session.execute(text(ADD_DRAWS), rows)


def _write_shortages(session: Session, batch: Batch) -> None:
    every = [one for shelf in batch.shelves.values() for one in shelf.shortages]
    new = [one for one in every if one.entry is not None]
    if new:
        session.execute(text(KEEP_SHORTAGES), _new_shortages(new) | {"now": batch.now})
    known = [one for one in every if one.entry is None and one.changed]
    if known:
        rows = {
            "transactions": array(one.transaction_id for one in known),
            "quantities": array(one.quantity for one in known),
            "costs": array(one.cost for one in known),
        }
        session.execute(text(RESOLVE_SHORTAGES), rows | {"now": batch.now})


def _new_shortages(new: Sequence[OpenShortage]) -> dict[str, object]:
    return {
        "transactions": array(one.entry.id for one in new if one.entry),
        "products": array(one.entry.product_id for one in new if one.entry),
        "quantities": array(one.first_quantity for one in new),
        "costs": array(one.first_cost for one in new),
        "resolved": array(one.first_quantity - one.quantity for one in new),
        "resolved_costs": array(one.first_cost - one.cost for one in new),
    }


def _write_unexported(session: Session, batch: Batch) -> None:
    waiting = [entry for entry in batch.entries if entry.movement.awaits_export and entry.quantity]
    if waiting:
        rows = {
            "transactions": array(entry.id for entry in waiting),
            "products": array(entry.product_id for entry in waiting),
            "quantities": array(entry.quantity for entry in waiting),
            "source_kinds": [entry.movement.source.kind for entry in waiting],
            "source_ids": array(entry.movement.source.id for entry in waiting),
        }
        session.execute(text(ADD_UNEXPORTED), rows)


def _write_levels(session: Session, batch: Batch) -> None:
    shelves = [shelf for shelf in batch.shelves.values() if shelf.changed]
    if shelves:
        rows = {
            "products": array(shelf.product_id for shelf in shelves),
            "on_hands": array(shelf.on_hand for shelf in shelves),
            "worth": array(shelf.value for shelf in shelves),
            "unit_costs": array(shelf.unit_cost for shelf in shelves),
        }
        session.execute(text(SET_LEVELS), rows)

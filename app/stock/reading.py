"""What a batch must know before it computes: levels under lock, shortages, lots and what is to be undone.

Levels are locked in the order of their products (OQ-27), so that no two batches wait for each other. All else
is read after that lock: whoever changes a product's lots or shortages holds its level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.errors import NotFoundError
from app.stock.arrays import array
from app.stock.average import ZERO
from app.stock.batch import Batch, OpenShortage, Shelf
from app.stock.errors import CannotReverse
from app.stock.fifo import Draw, OpenLot
from app.stock.holding import hold_mode
from app.stock.models import LotStatus
from app.stock.modes import lots_on
from app.stock.movements import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    Movement,
    ProductMovement,
    ResolveShortages,
    Reverse,
    Source,
)
from app.stock.undoing import Past

ADD_LEVELS = """
    INSERT INTO stock_levels (product_id)
    SELECT wanted.id FROM unnest(CAST(:products AS bigint[])) AS wanted(id)
    WHERE NOT EXISTS (SELECT FROM stock_levels l WHERE l.product_id = wanted.id)
    ORDER BY wanted.id ON CONFLICT DO NOTHING
"""
LEVELS = """
    SELECT product_id, on_hand, value, unit_cost FROM stock_levels
    WHERE product_id = ANY(CAST(:products AS bigint[])) ORDER BY product_id
"""
SHORTAGES = """
    SELECT s.transaction_id, s.product_id, s.quantity - s.resolved_quantity AS quantity,
        s.cost - s.resolved_cost AS cost, t.source_kind, t.source_id
    FROM shortages s JOIN stock_transactions t ON t.id = s.transaction_id
    WHERE s.product_id = ANY(CAST(:products AS bigint[])) AND s.resolved_at IS NULL
    ORDER BY s.transaction_id
"""
OPEN_LOTS = """
    SELECT id, product_id, received_at, quantity_remaining, cost_remaining, original_quantity, original_cost,
        status
    FROM open_lots(CAST(:products AS bigint[]), CAST(:needs AS numeric[]))
    UNION
    SELECT id, product_id, received_at, quantity_remaining, cost_remaining, original_quantity, original_cost,
        status
    FROM lots WHERE id = ANY(CAST(:lots AS bigint[]))
    ORDER BY product_id, received_at, id
"""
# What a sync moved is not undone by its source, which the index of sources goes by.
UNDONE = """
    SELECT id, product_id FROM stock_transactions WHERE id = ANY(CAST(:transactions AS bigint[]))
    UNION
    SELECT t.id, t.product_id
    FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[])) AS wanted(kind, id)
    JOIN stock_transactions t ON t.source_kind = wanted.kind AND t.source_id = wanted.id
    WHERE t.source_kind <> 'sync_run' AND t.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = t.id)
"""
PASTS = f"""
    SELECT t.id, t.product_id, t.source_kind, t.source_id, t.quantity, t.cost, t.lot_id,
        coalesce((l.source_kind, l.source_id) = (t.source_kind, t.source_id), false) AS made_lot,
        t.reverses_id IS NOT NULL
            OR EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = t.id) AS reversed
    FROM ({UNDONE}) AS undone
    JOIN stock_transactions t ON t.id = undone.id
    LEFT JOIN lots l ON l.id = t.lot_id
    ORDER BY t.id
"""  # noqa: S608 - our own condition
RETURNS = """
    SELECT g.id, g.gives_back_id, g.quantity, g.cost FROM stock_transactions g
    WHERE g.gives_back_id IS NOT NULL AND g.gives_back_id = ANY(CAST(:transactions AS bigint[]))
        AND NOT EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = g.id)
    ORDER BY g.id
"""
DRAWS = """
    SELECT transaction_id, lot_id, quantity, cost FROM lot_draws
    WHERE transaction_id = ANY(CAST(:transactions AS bigint[])) ORDER BY id
"""


@dataclass(frozen=True)
class Targets:
    """What the batch takes back, as the caller named it."""

    sources: frozenset[Source]
    transactions: frozenset[int]

    def parameters(self) -> dict[str, object]:
        """For the statements above."""
        named = [source for source in self.sources if source.id is not None]
        return {
            "kinds": [source.kind for source in named],
            "ids": array(source.id for source in named),
            "transactions": array(self.transactions),
        }


def read_batch(
    session: Session, movements: Sequence[Movement], now: datetime, *, lock: bool
) -> tuple[Batch, dict[int, Past]]:
    """The batch before its first movement, and the transactions that it takes back.

    With `lock`, the mode and every level involved stay as they are until the caller's transaction ends.
    """
    batch = Batch(hold_mode(session) if lock else lots_on(session), now)
    targets = _targets(movements)
    products = {movement.product_id for movement in movements if isinstance(movement, ProductMovement)}
    undone = bool(targets.sources or targets.transactions)
    if undone:
        found = session.execute(text(UNDONE), targets.parameters())
        products |= {row.product_id for row in found}
    _read_shelves(session, batch, products, lock)
    rows = session.execute(text(PASTS), targets.parameters()).all() if undone else []
    if {row.product_id for row in rows} - products:
        raise CannotReverse("It was changed at the same moment. Try again.")
    returns = _read(session, RETURNS, transactions=array(row.id for row in rows)) if rows else []
    drawn = [row.id for row in (*rows, *returns)]
    draws = _read(session, DRAWS, transactions=array(drawn)) if drawn else []
    if batch.lots_on:
        named = {row.lot_id for row in (*rows, *draws) if row.lot_id is not None}
        _read_lots(session, batch, _needs(batch, movements, rows), named | _named_lots(movements))
    return batch, _pasts(batch, rows, returns, draws)


def hold_levels(session: Session, products: Iterable[int]) -> None:
    """The mode and these levels stay as the caller leaves them until its transaction ends."""
    wanted = array(sorted(set(products)))
    hold_mode(session)
    _add_levels(session, wanted)
    session.execute(text(LEVELS + " FOR UPDATE"), {"products": wanted})


def _add_levels(session: Session, products: str) -> None:
    """Each product has a level; the database knows which products there are (NotFoundError)."""
    try:
        session.execute(text(ADD_LEVELS), {"products": products})
    except IntegrityError as error:
        raise NotFoundError("There is no such product.") from error


def _read(session: Session, statement: str, **parameters: object) -> Sequence[Row[Any]]:
    return session.execute(text(statement), parameters).all()


def _targets(movements: Sequence[Movement]) -> Targets:
    reversals = [movement for movement in movements if isinstance(movement, Reverse)]
    returned = [movement for movement in movements if isinstance(movement, GiveBack)]
    return Targets(
        frozenset(movement.source for movement in reversals),
        frozenset(movement.transaction_id for movement in returned),
    )


def _read_shelves(session: Session, batch: Batch, products: Iterable[int], lock: bool) -> None:
    wanted = array(sorted(products))
    if lock:
        _add_levels(session, wanted)
    for row in _read(session, LEVELS + (" FOR UPDATE" if lock else ""), products=wanted):
        batch.shelves[row.product_id] = Shelf(row.product_id, row.on_hand, row.value, row.unit_cost)
    for product_id in products:
        if product_id not in batch.shelves:
            batch.shelves[product_id] = Shelf(product_id, ZERO, ZERO, ZERO)
    for row in _read(session, SHORTAGES, products=wanted):
        source = Source(row.source_kind, row.source_id)
        shortage = OpenShortage(row.transaction_id, row.quantity, row.cost, source=source)
        batch.shelves[row.product_id].shortages.append(shortage)


def _needs(batch: Batch, movements: Sequence[Movement], rows: Sequence[Row[Any]]) -> dict[int, Decimal]:
    """The most that the batch can draw of each product."""
    needs: dict[int, Decimal] = {}
    for movement in movements:
        if isinstance(movement, Consume):
            needs[movement.product_id] = needs.get(movement.product_id, ZERO) + movement.quantity
        elif isinstance(movement, Adjust) and movement.quantity < 0:
            needs[movement.product_id] = needs.get(movement.product_id, ZERO) - movement.quantity
        elif isinstance(movement, ResolveShortages):
            owed = sum((one.quantity for one in batch.shelves[movement.product_id].shortages), ZERO)
            needs[movement.product_id] = needs.get(movement.product_id, ZERO) + owed
    for row in rows:
        if row.quantity > 0:
            needs[row.product_id] = needs.get(row.product_id, ZERO) + row.quantity
    return needs


def _named_lots(movements: Sequence[Movement]) -> set[int]:
    return {
        movement.lot_id
        for movement in movements
        if isinstance(movement, Adjust | CorrectCost) and movement.lot_id is not None
    }


def _read_lots(session: Session, batch: Batch, needs: dict[int, Decimal], named: set[int]) -> None:
    wanted = {"products": array(needs), "needs": array(needs.values()), "lots": array(named)}
    for row in session.execute(text(OPEN_LOTS), wanted):
        lot = OpenLot(
            row.id,
            row.product_id,
            row.received_at,
            row.quantity_remaining,
            row.cost_remaining,
            row.original_quantity,
            row.original_cost,
            row.status == LotStatus.VOIDED,
        )
        batch.lots[lot.number] = lot
        shelf = batch.shelves.get(lot.product_id)
        if lot.quantity and shelf is not None:
            shelf.lots.append(lot)
            shelf.queued.add(lot.number)


def _pasts(
    batch: Batch, rows: Sequence[Row[Any]], returns: Sequence[Row[Any]], draws: Sequence[Row[Any]]
) -> dict[int, Past]:
    """The transactions taken back, with what they drew; lots are known only while stock is kept in lots."""
    drawn: dict[int, list[Draw]] = {}
    for row in draws:
        if batch.lots_on:
            draw = Draw(batch.lots[row.lot_id], row.quantity, row.cost)
            drawn.setdefault(row.transaction_id, []).append(draw)
    pasts = {
        row.id: Past(
            row.id,
            row.product_id,
            Source(row.source_kind, row.source_id),
            row.quantity,
            row.cost,
            batch.lots.get(row.lot_id),
            row.made_lot,
            row.reversed,
            drawn.get(row.id, []),
        )
        for row in rows
    }
    for row in returns:
        past = pasts[row.gives_back_id]
        past.add_return(row.id, row.quantity, row.cost, drawn.get(row.id, []))
        if row.id in pasts:
            pasts[row.id].gives_back = past
    return pasts

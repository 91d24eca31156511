"""Undoing an executed build (OQ-20): every movement gets its opposite, if the output is all there still."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import literal_column, select, text
from sqlalchemy.orm import Session

from app.builds import loading, rules, timeline
from app.builds.errors import OutputUsed
from app.builds.execution.locking import moving
from app.builds.models import SOURCE, Build
from app.builds.queue import autoplanning
from app.builds.statuses import BuildStatus, Event, refusal
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.pages.formatting import format_quantity
from app.products.models import Product
from app.stock.models import Lot, StockTransaction
from app.stock.service import (
    CannotReverse,
    InsufficientStock,
    Kind,
    Reverse,
    Source,
    hold,
    lots_on,
    mark_exported,
    post,
)

# Without lots, what was there before a build leaves first. What left and came back in the open does not
# count, neither does the way back of something that came in after the build.
LEFT_SINCE = """
    SELECT coalesce(sum(-t.quantity - coalesce(back.quantity, 0)), 0)
    FROM stock_transactions t
    LEFT JOIN stock_transactions undone ON undone.id = t.reverses_id
    LEFT JOIN LATERAL (
        SELECT sum(g.quantity) AS quantity FROM stock_transactions g
        WHERE g.gives_back_id = t.id
            AND NOT EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = g.id)
    ) back ON true
    WHERE t.product_id = :product AND t.id > :made AND t.quantity < 0
        AND (undone.id IS NULL OR undone.id < :made)
        AND NOT EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = t.id)
"""


def undo(build_id: int, note: str, user_id: int | None) -> Build:
    """Every movement of the build has its exact opposite and it is reversed (OQ-20).

    The note stays with the reversing transactions and on the build's timeline.

    Raises NotFoundError, WrongStatus, InvalidInput, OutputUsed, SyncLockHeld, BuildInterrupted.
    """
    rules.check_notes(note, "note")
    with moving(build_id, Event.REVERSED, user_id) as (build, session):
        before = BuildStatus(build.status)
        components = [line.component_id for line in loading.locked_lines(build, session) if line.consumed]
        hold([build.product_id, *components], session)
        _ensure_unused(build, session)
        source = Source(SOURCE, build.id)
        kind = Kind.BUILD_REVERSAL
        _post(Reverse(source=source, kind=kind, user_id=user_id, note=note, awaits_export=True), session)
        mark_exported(source, session)
        build.status, build.reversed_at, build.reversed_by = BuildStatus.REVERSED, utcnow(), user_id
        timeline.record(
            session, build, Event.REVERSED, user_id, before=before, at=build.reversed_at, note=note
        )
    autoplanning.check_after_a_build(build)
    return build


def undo_refusal(build_id: int) -> str | None:
    """Why the build cannot be undone just now, as a sentence; None when it can. Raises NotFoundError."""
    build = loading.get_build(build_id)
    sentence = refusal(build.number, BuildStatus(build.status), Event.REVERSED)
    if sentence:
        return sentence
    try:
        _ensure_unused(build, db.session())
    except OutputUsed as error:
        return error.message
    return None


def _ensure_unused(build: Build, session: Session) -> None:
    """Raises OutputUsed unless all that the build put on the shelf is there still."""
    made = session.execute(
        select(
            StockTransaction.id,
            StockTransaction.lot_id,
            StockTransaction.on_hand_after,
            StockTransaction.quantity,
        ).where(
            StockTransaction.source_kind == literal_column(f"'{SOURCE}'"),
            StockTransaction.source_id == build.id,
            StockTransaction.kind == Kind.BUILD_PRODUCE,
        )
    ).one_or_none()
    if made is None:
        return
    if made.lot_id is not None and lots_on(session):
        _ensure_lot_whole(build, session.get_one(Lot, made.lot_id, populate_existing=True), session)
        return
    left = session.scalar(text(LEFT_SINCE), {"product": build.product_id, "made": made.id}) or rules.ZERO
    used = left - (made.on_hand_after - made.quantity)
    if used > 0:
        raise _used(build, min(used, build.quantity), session)


def _ensure_lot_whole(build: Build, lot: Lot, session: Session) -> None:
    used = lot.original_quantity - lot.quantity_remaining
    if used > 0:
        raise _used(build, used, session)
    if (lot.original_quantity, lot.original_cost) != (build.quantity, build.total_cost):
        raise OutputUsed(
            f"Lot {lot.number} has been adjusted since {build.number} made it, so the build cannot be undone."
        )


def _used(build: Build, used: Decimal, session: Session) -> OutputUsed:
    product = session.get_one(Product, build.product_id)
    return OutputUsed(
        f"{format_quantity(used)} of the {format_quantity(build.quantity)} × {product.name} that "
        f"{build.number} made {'has' if used == 1 else 'have'} been used, so the build cannot be undone."
    )


def _post(reversal: Reverse, session: Session) -> None:
    try:
        post([reversal], session)
    except (InsufficientStock, CannotReverse) as error:
        raise OutputUsed(f"The build cannot be undone. {error.message}") from error

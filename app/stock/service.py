"""The way into the ledger: the intents, `post`, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ARRAY, BigInteger, any_, literal, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.stock.errors import CannotReverse, InsufficientStock, LotsAreOn, LotUnavailable, Shortfall
from app.stock.exporting import mark_exported
from app.stock.kinds import Kind
from app.stock.models import StockLevel
from app.stock.modes import lots_on, turn_lots_off, turn_lots_on
from app.stock.movements import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    Movement,
    NewLot,
    Receive,
    Reverse,
    SetQuantity,
    Source,
)
from app.stock.posting import PostedBatch, PostedDraw, PostedTransaction, post, preview
from app.stock.reading import hold_levels
from app.stock.shortages import resolve_shortage
from app.stock.verify import Difference, VerifyReport, register_check, verify

__all__ = [
    "Adjust",
    "CannotReverse",
    "Consume",
    "CorrectCost",
    "Difference",
    "GiveBack",
    "InsufficientStock",
    "Kind",
    "Level",
    "LotUnavailable",
    "LotsAreOn",
    "Movement",
    "NewLot",
    "PostedBatch",
    "PostedDraw",
    "PostedTransaction",
    "Receive",
    "Reverse",
    "SetQuantity",
    "Shortfall",
    "Source",
    "VerifyReport",
    "hold",
    "levels_of",
    "lots_on",
    "mark_exported",
    "post",
    "preview",
    "register_check",
    "resolve_shortage",
    "turn_lots_off",
    "turn_lots_on",
    "verify",
]


@dataclass(frozen=True)
class Level:
    """What is on hand of a product, its value, and its unit cost (without stock: the last one known)."""

    on_hand: Decimal
    value: Decimal
    unit_cost: Decimal


NOTHING = Level(Decimal(0), Decimal(0), Decimal(0))


def levels_of(product_ids: Iterable[int], session: Session | None = None) -> dict[int, Level]:
    """The level of each product, zeros for those that never had any."""
    wanted = list(product_ids)
    rows = (session or db.session).execute(
        select(StockLevel.product_id, StockLevel.on_hand, StockLevel.value, StockLevel.unit_cost).where(
            StockLevel.product_id == any_(literal(wanted, ARRAY(BigInteger)))
        )
    )
    found = {row.product_id: Level(row.on_hand, row.value, row.unit_cost) for row in rows}
    return {product_id: found.get(product_id, NOTHING) for product_id in wanted}


def hold(product_ids: Iterable[int], session: Session) -> dict[int, Level]:
    """The level of each product, which nobody else changes until the caller's transaction ends.

    For a caller that posts twice, the second time by what the first one cost: all levels are locked here, in
    id order (OQ-27).
    """
    wanted = list(product_ids)
    hold_levels(session, wanted)
    return levels_of(wanted, session)

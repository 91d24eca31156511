"""Resolving what was sold without being there (OQ-41)."""

from __future__ import annotations

from app.foundation.errors import Conflict
from app.foundation.transaction import transaction
from app.stock.kinds import Kind
from app.stock.modes import lots_on
from app.stock.movements import ResolveShortages, Source
from app.stock.posting import PostedBatch, post


def resolve_shortage(product_id: int, user_id: int | None) -> PostedBatch:
    """The product's open shortages have drawn from its lots, oldest first, as far as these go.

    A COST_CORRECTION replaces each provisional cost by the real one. Raises Conflict while lots are off: at
    the average, what comes in settles what was short by itself.
    """
    with transaction() as session:
        if not lots_on(session):
            raise Conflict("Shortages are resolved from lots, and stock is not kept in lots.")
        intent = ResolveShortages(
            product_id=product_id, kind=Kind.COST_CORRECTION, source=Source("shortage"), user_id=user_id
        )
        return post([intent], session)

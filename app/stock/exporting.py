"""What the books do not know yet of what moved here (OQ-7)."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.stock.models import UnexportedMovement
from app.stock.movements import Source


def mark_exported(source: Source, session: Session | None = None) -> int:
    """The books know of the source's movements from now on; returns how many. The caller's transaction."""
    pending = update(UnexportedMovement).where(
        UnexportedMovement.source_kind == source.kind,
        UnexportedMovement.source_id == source.id,
        UnexportedMovement.exported_at.is_(None),
    )
    marked = pending.values(exported_at=utcnow()).returning(UnexportedMovement.transaction_id)
    return len((session or db.session()).scalars(marked).all())

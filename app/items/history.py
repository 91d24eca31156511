"""What the books said of an item, in their own words, and what past syncs changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.extensions import db
from app.items.documents import unpacked
from app.items.models import AccountingItem, ItemPage
from app.sync.models import RunKind, SyncEntry, SyncRun

MOST_ENTRIES = 20


def entries_of(item: AccountingItem) -> Sequence[Row[Any]]:
    """What syncs did to the item, the last one first, at most 20: run_id, at, action, changes."""
    query = (
        select(SyncRun.id.label("run_id"), SyncRun.finished_at.label("at"))
        .add_columns(SyncEntry.action, SyncEntry.changes)
        .join(SyncEntry, SyncEntry.run_id == SyncRun.id)
        .where(SyncEntry.external_id == item.external_id, SyncRun.connection_id == item.connection_id)
        .where(SyncRun.kind == RunKind.ITEM_SYNC)
        .order_by(SyncEntry.id.desc())
        .limit(MOST_ENTRIES)
    )
    return db.session.execute(query).all()


def document_of(item: AccountingItem) -> str | None:
    """The provider's own document, None if the last listing had no such item."""
    place = func.array_position(ItemPage.external_ids, item.external_id)
    query = (
        select(ItemPage.documents, place - 1)
        .where(ItemPage.connection_id == item.connection_id, place.is_not(None))
        .order_by(ItemPage.number.desc())
        .limit(1)
    )
    found = db.session.execute(query).one_or_none()
    return unpacked(*found) if found else None

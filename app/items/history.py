"""What the books said of an item, in their own words, and what past syncs changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from app.extensions import db
from app.items.models import AccountingItem
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


def raw_document(item: AccountingItem) -> str:
    """The provider's own document, laid out by the database, so that no number passes through a float."""
    query = select(func.jsonb_pretty(cast(AccountingItem.raw, JSONB))).where(AccountingItem.id == item.id)
    return db.session.scalar(query) or ""

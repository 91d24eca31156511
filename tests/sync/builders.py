"""Connections and runs for the tests of syncs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.sync.models import RunKind, SyncRun

CONNECTION = """
    INSERT INTO connections (provider, external_company_id, company_name, state, item_types, connected_at, access_token, refresh_token)
    VALUES ('quickbooks', '9341453908', 'Alder & Finch', 'active', '{inventory,service,bundle}', now(), 'a', 'r')
    RETURNING id
"""


def create_connection() -> int:
    """A connection row without tokens; returns its id."""
    with transaction() as session:
        return int(session.scalar(text(CONNECTION)) or 0)


def create_run(connection_id: int, **overrides: Any) -> SyncRun:
    """A queued item sync."""
    facts: dict[str, Any] = {
        "kind": RunKind.ITEM_SYNC,
        "connection_id": connection_id,
        "title": "Item sync of Alder & Finch",
        "queued_at": utcnow(),
    }
    with transaction() as session:
        run = SyncRun(**(facts | overrides))
        session.add(run)
    db.session.refresh(run)
    return run


def ago(seconds: int) -> datetime:
    """A moment in the past."""
    return utcnow() - timedelta(seconds=seconds)

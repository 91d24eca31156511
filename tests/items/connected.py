"""A workspace that is connected to the sandbox, with little patience, and syncs in one line."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select, text

from app.extensions import db
from app.items.models import AccountingItem
from app.items.sync import runs
from app.sync.models import SyncEntry, SyncRun
from tests.support.integrations import IMPATIENT, store_connection
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace


def connect(sandbox: SandboxProcess, types: tuple[str, ...] = ("inventory", "service", "bundle")) -> int:
    """A workspace with a connection to the sandbox's first company; returns the connection's id."""
    create_workspace()
    current_app.config["PROVIDER_OPTIONS"] = IMPATIENT
    return store_connection(sandbox, item_types=list(types))


# Items are found by words that each statement which names one has to store.
OTHER_WORDS = text("""
    SELECT external_id FROM accounting_items
    WHERE search IS DISTINCT FROM lotledger_words(full_name || ' ' || coalesce(sku, ''))
""")


def sync(connection_id: int, *, preview: bool = False) -> SyncRun:
    """A whole run in this process, after which items are found by their words; the session is fresh."""
    run = runs.run_now(connection_id, None, preview=preview)
    db.session.rollback()
    assert db.session.scalars(OTHER_WORDS).all() == []
    db.session.rollback()
    return run


def counts(run: SyncRun) -> tuple[int, int, int, int]:
    """Created, updated, deactivated, skipped; fails if the run did not succeed."""
    assert run.status == "succeeded", run.message
    return run.created, run.updated, run.deactivated, run.skipped


def changes(run: SyncRun) -> dict[str, dict[str, list[Any]]]:
    """What the run updated: external id → field → before and after."""
    entries = db.session.scalars(
        select(SyncEntry).where(SyncEntry.run_id == run.id, SyncEntry.action == "updated")
    )
    return {entry.external_id: entry.changes for entry in entries}


def item(external_id: str) -> AccountingItem:
    """One stored item."""
    return db.session.scalars(select(AccountingItem).where(AccountingItem.external_id == external_id)).one()


def stored() -> dict[str, tuple[Any, ...]]:
    """All stored items, comparable."""
    shown = (AccountingItem.name, AccountingItem.sku, AccountingItem.unit_price, AccountingItem.active)
    rows = db.session.execute(select(AccountingItem.external_id, *shown, AccountingItem.content_hash))
    return {row.external_id: tuple(row)[1:] for row in rows}

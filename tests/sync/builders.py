"""Connections and runs for the tests of syncs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.models import Connection, ConnectionState
from app.items.models import StockChange
from app.sync.models import RunKind, SyncRun
from tests.support.products import create_product


def create_connection() -> int:
    """An active connection whose tokens nobody can open; returns its id."""
    connection = Connection(
        provider="quickbooks",
        external_company_id="9341453908",
        company_name="Alder & Finch",
        state=ConnectionState.ACTIVE,
        item_types=["inventory", "service", "bundle"],
        connected_at=utcnow(),
        access_token=b"sealed",
        refresh_token=b"sealed",
    )
    with transaction() as session:
        session.add(connection)
    return connection.id


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


def restock(run_id: int, products: int) -> None:
    """The run brought another quantity and unit cost to so many new products, `Oak <01>`, `Oak <02>` …"""
    with transaction() as session:
        session.get_one(SyncRun, run_id).stock_changed = products
    made = [create_product(name=f"Oak <{number:02}>").id for number in range(1, products + 1)]
    with transaction() as session:
        session.add_all(
            StockChange(
                run_id=run_id,
                product_id=product_id,
                on_hand_before=Decimal(40),
                on_hand_after=Decimal(55),
                unit_cost_before=Decimal("3.5"),
                unit_cost_after=Decimal(4),
            )
            for product_id in made
        )

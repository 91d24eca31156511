"""Builders of accounting items and the companies they belong to."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.models import Connection
from app.items.documents import packed
from app.items.linking import get_item
from app.items.models import AccountingItem, ItemPage
from tests.support.products import create_product

_numbers = count(1)

MANY = """
    INSERT INTO accounting_items (connection_id, external_id, name, full_name, sku, item_type, unit_price,
        purchase_cost, quantity_on_hand, active, content_hash, first_seen_at, changed_at)
    SELECT :connection, n::text, 'Part ' || n, 'Part ' || n, 'P-' || n, 'inventory', n % 100, n % 40, n % 7,
        true, '\\x00', now(), now()
    FROM generate_series(1, :number) AS n
"""


def create_company(**overrides: Any) -> Connection:
    """A stored active connection; needs an open application context."""
    values: dict[str, Any] = {
        "provider": "quickbooks",
        "external_company_id": f"93414539{next(_numbers)}",
        "company_name": "Alder & Finch",
        "currency": "USD",
        "state": "active",
        "item_types": ["inventory", "service", "bundle"],
        "access_token": b"a",
        "refresh_token": b"r",
        "connected_at": utcnow(),
    }
    with transaction() as session:
        connection = Connection(**(values | overrides))
        session.add(connection)
    return connection


def create_item(document: str | None = None, **overrides: Any) -> AccountingItem:
    """A stored item as a sync would leave it, of the first company there is; needs an open context.

    Its `document`, JSON text, is kept on a page of its own.
    """
    number = next(_numbers)
    values: dict[str, Any] = {
        "external_id": str(number),
        "name": f"Item {number}",
        "sku": f"ITEM-{number}",
        "item_type": "inventory",
        "active": True,
        "content_hash": b"hash",
        "first_seen_at": utcnow(),
        "changed_at": utcnow(),
    } | overrides
    values.setdefault("full_name", values["name"])
    if "connection_id" not in values:
        values["connection_id"] = _first_company().id
    with transaction() as session:
        item = AccountingItem(**values)
        session.add(item)
        if document is not None:
            session.add(_page(item, number, document))
    return item


def _page(item: AccountingItem, number: int, document: str) -> ItemPage:
    return ItemPage(
        connection_id=item.connection_id,
        run_id=1,
        number=number,
        item_types=[],
        digest=b"digest",
        listed=1,
        external_ids=[item.external_id],
        documents=packed(f"[{document}]".encode()),
    )


def create_many_items(number: int) -> int:
    """As many items named `Part 1`, `Part 2` …, in one statement; returns their company's id."""
    company = _first_company().id
    with transaction() as session:
        session.execute(text(MANY), {"connection": company, "number": number})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE accounting_items"))
    return company


def add_item(app: Flask, **overrides: Any) -> int:
    """The id of a new item, for tests without an open context."""
    with app.app_context():
        return create_item(**overrides).id


def add_product(app: Flask, **overrides: Any) -> int:
    """The id of a new product by hand, for tests without an open context."""
    with app.app_context():
        return create_product(**overrides).id


def product_of(app: Flask, item_id: int) -> int | None:
    """The product that the item is linked to, for tests without an open context."""
    with app.app_context():
        return get_item(item_id).product_id


def _first_company() -> Connection:
    return db.session.query(Connection).order_by(Connection.id).first() or create_company()

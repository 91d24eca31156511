"""Whose quantities come from the books: inventory items, in Sync mode, while lots are off (INV-9, INV-10)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from app.extensions import db
from app.foundation.pages.once import once
from app.integrations.inventory import inventory_connection
from app.integrations.models import Connection, ConnectionState, InventoryMode
from app.items.linking import links_of
from app.items.models import AccountingItem, ItemLink
from app.providers import registry
from app.providers.base import ItemType
from app.stock.service import lots_on

COMES_WITH_SYNC = "The next sync brings the quantity from the books."


def leading_connection() -> Connection | None:
    """The connection whose books lead on quantities; None while Lotledger does."""
    return None if lots_on() else inventory_connection()


def links_for_page(product_id: int) -> list[ItemLink]:
    """The product's links; one query, however many parts of a page show something of them."""
    return once(f"links of product {product_id}", lambda: links_of(product_id))


def quantity_leader(product_id: int) -> str | None:
    """The sentence that says who leads on the product's quantity; None while Lotledger does (ADJ-1).

    Asked while lots are off.
    """
    leading = next((link for link in links_for_page(product_id) if _leads(link)), None)
    if leading is None:
        return None
    label = registry.label(leading.connection.provider)
    return f"{label} leads on this product's quantity. Change it there; the next sync brings it here."


def _leads(link: ItemLink) -> bool:
    """Whether a sync brings the quantity of the linked item."""
    connection, item = link.connection, link.accounting_item
    stands = connection.state != ConnectionState.DISCONNECTED
    in_sync = stands and connection.inventory_mode == InventoryMode.SYNC
    return in_sync and item.active and item.item_type == ItemType.INVENTORY


def any_comes_with_sync(item_ids: Collection[int]) -> bool:
    """Whether the next sync brings the quantity of one of these items to its product."""
    connection = leading_connection()
    if connection is None:
        return False
    query = _led_items(connection).where(AccountingItem.id.in_(item_ids))
    return db.session.scalar(query.limit(1)) is not None


def _led_items(connection: Connection) -> Select[Any]:
    """The items whose quantity a sync of the connection brings; what is inactive in the books, none does."""
    return select(AccountingItem.id).where(
        AccountingItem.connection_id == connection.id,
        AccountingItem.item_type == ItemType.INVENTORY,
        AccountingItem.active,
    )

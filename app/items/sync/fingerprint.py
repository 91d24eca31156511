"""Whether an item has changed, in sixteen bytes."""

from __future__ import annotations

from hashlib import blake2b

from app.providers.base import RemoteItem

FIELDS = (
    "name",
    "full_name",
    "sku",
    "item_type",
    "unit_price",
    "purchase_cost",
    "quantity_on_hand",
    "income_account_id",
    "expense_account_id",
    "asset_account_id",
)
"""What a sync stores and compares (SYNC-3), named alike in RemoteItem and the table; `active` goes beside."""

NUMBERS = frozenset({"unit_price", "purchase_cost", "quantity_on_hand"})


def fingerprint(item: RemoteItem) -> bytes:
    """Equal for two items when all FIELDS are, since a record spells each number in one way only."""
    facts = (
        item.name,
        item.full_name,
        item.sku,
        item.item_type.value,
        str(item.unit_price),
        str(item.purchase_cost),
        str(item.quantity_on_hand),
        item.income_account_id,
        item.expense_account_id,
        item.asset_account_id,
    )
    return blake2b(repr(facts).encode(), digest_size=16).digest()

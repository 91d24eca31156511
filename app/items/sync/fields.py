"""What a sync stores of an item and compares (SYNC-3)."""

from __future__ import annotations

from typing import Any

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
"""Named alike in RemoteItem, in the tables and in the entries of a run; whether it is active goes beside."""

SEARCHED = ("full_name", "sku")
"""Those whose words the search column has; a statement that sets one sets that, too."""

NUMBERS = frozenset({"unit_price", "purchase_cost", "quantity_on_hand"})


def values_of(item: RemoteItem) -> tuple[Any, ...]:
    """The item's values in the order of `FIELDS`."""
    return (
        item.name,
        item.full_name,
        item.sku,
        item.item_type.value,
        item.unit_price,
        item.purchase_cost,
        item.quantity_on_hand,
        item.income_account_id,
        item.expense_account_id,
        item.asset_account_id,
    )

"""What a sync stores of an item and compares (SYNC-3)."""

from __future__ import annotations

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

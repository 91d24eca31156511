"""What a run changed on a record, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LABELS = {
    "active": "Active",
    "name": "Name",
    "full_name": "Full name",
    "sku": "SKU",
    "item_type": "Type",
    "unit_price": "Price",
    "purchase_cost": "Cost",
    "quantity_on_hand": "Quantity",
    "income_account_id": "Income account",
    "expense_account_id": "Expense account",
    "asset_account_id": "Asset account",
    "sku_refused": "SKU, not taken over because another product has it",
    "on_hand": "On hand",
    "too_large": "Quantity, not taken over because it or its value is too large",
    "unit_cost": "Unit cost",
}


@dataclass(frozen=True)
class Change:
    """One field of one record, before and after, as people read it."""

    label: str
    before: str
    after: str


def described(changes: dict[str, list[Any]]) -> list[Change]:
    """The changes in the order of the labels, fields without one last."""
    order = list(LABELS)
    known = sorted(changes, key=lambda field: order.index(field) if field in LABELS else len(order))
    return [Change(LABELS.get(field, field), *map(_word, changes[field])) for field in known]


def as_text(changes: dict[str, list[Any]]) -> str:
    """The changes on one line, for a file."""
    return "; ".join(f"{each.label}: {each.before} → {each.after}" for each in described(changes))


def _word(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

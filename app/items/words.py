"""Accounting items in the words that people read."""

from __future__ import annotations

from typing import Any

from app.providers.base import ItemType

TYPE_LABELS = {
    ItemType.INVENTORY: "Inventory",
    ItemType.NON_INVENTORY: "Non-inventory",
    ItemType.SERVICE: "Service",
    ItemType.GROUP: "Group",
    ItemType.BUNDLE: "Bundle",
    ItemType.OTHER: "Other",
}

Badge = tuple[str, str]


def states(row: Any) -> list[Badge]:
    """The words and tones for where an item stands; `row` has `active`, `visible` and `product_id`."""
    found: list[Badge] = [("imported", "good")] if row.product_id else []
    if not row.active:
        found.append(("inactive", "warn"))
    if not row.visible:
        found.append(("hidden", "neutral"))
    return found or [("not imported", "neutral")]


def parent(row: Any) -> str:
    """What stands above the item in the books: "Wood" of "Wood:Oak board", "" for most."""
    above = str(row.full_name).removesuffix(str(row.name)).rstrip(":")
    return "" if row.full_name == row.name else above or str(row.full_name)


def type_label(item_type: str) -> str:
    """An item's type as people read it."""
    return TYPE_LABELS[ItemType(item_type)]

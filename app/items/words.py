"""Accounting items in the words that people read."""

from __future__ import annotations

from typing import Any

from app.foundation.pages.formatting import count_of, format_money
from app.items.opening import ComingStock
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


def stock_that_comes(stock: ComingStock) -> list[str]:
    """What an import would bring along, in sentences, before anybody says yes."""
    if stock.lots_on:
        return ["No stock comes along, since stock is kept in lots: receive it, and it has one."]
    said = "No stock comes along."
    if stock.products:
        products = count_of(stock.products, "of the new products has", "of the new products have")
        worth = format_money(stock.value)
        said = f"Stock comes along: {products} a quantity in the books, worth {worth} in all."
    found = [said, *(f"{sentence} is not taken over." for sentence in _left_in_the_books(stock))]
    if stock.awaiting:
        found.append("A product that is linked keeps its own stock until the next sync.")
    return found


def stock_that_came(stock: ComingStock) -> list[str]:
    """What an import brought along, in sentences; none when there was nothing to say."""
    found = []
    if stock.products:
        products = count_of(stock.products, "product")
        found.append(f"Stock came along for {products}, worth {format_money(stock.value)} in all.")
    found += [f"{sentence} was not taken over." for sentence in _left_in_the_books(stock)]
    if stock.awaiting:
        found.append(f"The next sync brings the quantity of {count_of(stock.awaiting, 'linked product')}.")
    return found


def _left_in_the_books(stock: ComingStock) -> list[str]:
    """The beginnings of sentences about quantities that no import takes."""
    left = ((stock.below_zero, "which is below zero"), (stock.too_large, "which is more than can be kept"))
    return [f"The books' quantity of {count_of(number, 'item')}, {why}," for number, why in left if number]

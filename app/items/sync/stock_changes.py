"""What a sync changed of products' stock, from what to what: its list, and what the mail says of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.foundation.lists.search import matches
from app.foundation.lists.tables import Column, Listing, Page
from app.foundation.pages.formatting import plain_number
from app.items.models import StockChange
from app.products.models import Product
from app.sync.changes import as_text
from app.sync.models import SyncRun
from app.sync.summary import MailSection

FEW = 20
"""So many are shown on the run's own page, and in its mail."""

STOCK_CHANGES = Listing(
    name="sync-run-stock",
    noun="product",
    key=Product.id,
    columns=(
        Column("name", "Product", sort=func.lower(Product.name)),
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("on_hand_before", "On hand before", numeric=True),
        Column("on_hand_after", "On hand after", numeric=True),
        Column("unit_cost_before", "Unit cost before", numeric=True),
        Column("unit_cost_after", "Unit cost after", numeric=True),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    row_per_key=True,
)


def changes_of(run: SyncRun) -> Select[Any]:
    """The products whose stock the run changed, named as they are now."""
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.unit,
        StockChange.on_hand_before,
        StockChange.on_hand_after,
        StockChange.unit_cost_before,
        StockChange.unit_cost_after,
    )
    ours = (StockChange.product_id == Product.id) & (StockChange.run_id == run.id)
    return select(*shown).join(StockChange, ours)


def first_changes(run: SyncRun) -> Page:
    """The first of them, by name."""
    return STOCK_CHANGES.page(changes_of(run), {}, FEW)


def mail_section(run: SyncRun) -> MailSection | None:
    """What the run's mail says of stock; None where none has changed."""
    if not run.stock_changed:
        return None
    lines = [(row.name, _in_words(row)) for row in first_changes(run).rows]
    return MailSection("Stock that changed", lines, run.stock_changed - len(lines))


def _in_words(row: Any) -> str:
    pairs = {
        "on_hand": (row.on_hand_before, row.on_hand_after),
        "unit_cost": (row.unit_cost_before, row.unit_cost_after),
    }
    return as_text(
        {name: list(map(plain_number, pair)) for name, pair in pairs.items() if pair[0] != pair[1]}
    )

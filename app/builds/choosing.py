"""What can be built: the products with an active BOM, for somebody who starts a build (BOM-31)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.boms.models import Bom, BomStatus
from app.foundation.search import matches
from app.foundation.tables import Column, Listing
from app.products.models import Product
from app.stock.models import StockLevel

CHOICES = Listing(
    name="buildable-products",
    noun="product",
    key=Product.id,
    columns=(
        Column("name", "Product", sort=func.lower(Product.name)),
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("on_hand", "On hand", numeric=True),
        Column("unit", "Unit"),
        Column("version", "BOM version", numeric=True),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Product or SKU",
)


def buildable_products() -> Select[Any]:
    """Active products with their active BOM, and what is on hand."""
    on_hand = select(StockLevel.on_hand).where(StockLevel.product_id == Product.id).scalar_subquery()
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.unit,
        Bom.id.label("bom_id"),
        Bom.version,
        func.coalesce(on_hand, 0).label("on_hand"),
    )
    active = (Bom.product_id == Product.id) & (Bom.status == BomStatus.ACTIVE)
    return select(*shown).join_from(Product, Bom, active).where(Product.is_active)

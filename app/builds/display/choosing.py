"""What can be built: the products with an active BOM, for somebody who starts a build (BOM-31)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.boms.availability import limit, on_hand_of
from app.boms.models import Bom, BomStatus
from app.boms.words import limit_text, max_text
from app.foundation.lists.search import matches
from app.foundation.lists.tables import Column, Listing
from app.products.models import Product

CHOICES = Listing(
    name="buildable-products",
    noun="product",
    key=Product.id,
    columns=(
        Column("name", "Product", sort=func.lower(Product.name)),
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("on_hand", "On hand", numeric=True),
        Column("unit", "Unit"),
        Column("can_build", "Can build", numeric=True, value=max_text),
        Column("limit", "Limited by", value=limit_text),
        Column("version", "BOM version", numeric=True),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Product or SKU",
    row_per_key=True,
)


def buildable_products() -> Select[Any]:
    """Active products with their active BOM, what is on hand, and how many can be built of it now."""
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.unit,
        Product.is_active,
        Bom.id.label("bom_id"),
        Bom.version,
        on_hand_of(Product.id).label("on_hand"),
        limit().label("limit"),
    )
    active = (Bom.product_id == Product.id) & (Bom.status == BomStatus.ACTIVE)
    return select(*shown).join_from(Product, Bom, active).where(Product.is_active)

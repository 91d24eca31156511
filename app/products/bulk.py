"""Many products at once, made where their data lies: in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CTE, Select, literal
from sqlalchemy.dialects.postgresql import insert

from app.products.models import Product, ProductType


def inserted_from(rows: Select[tuple[str, str]], product_type: ProductType, now: datetime) -> CTE:
    """An INSERT for the caller's statement: an active product from each SKU and name of `rows`.

    Its own rows are the `id` and `sku` of what was made. A SKU that is taken by then is passed over.
    """
    source = rows.add_columns(
        literal(product_type.value), literal(""), literal(""), literal(True), literal(now), literal(now)
    )
    columns = ["sku", "name", "product_type", "unit", "description", "is_active", "created_at", "updated_at"]
    statement = insert(Product).from_select(columns, source, include_defaults=False)
    return statement.on_conflict_do_nothing().returning(Product.id, Product.sku).cte("made")

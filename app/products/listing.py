"""The catalogue as a list: searched, filtered, sorted, paged, downloaded."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, not_

from app.foundation.search import matches
from app.foundation.tables import Column, Filter, Listing
from app.products.models import Product, ProductType

TYPES = (("", "All types"), *((kind.value, kind.label) for kind in ProductType))
STATES = (("active", "Active"), ("inactive", "Inactive"), ("all", "All"))


def _of_type(value: str) -> ColumnElement[bool] | None:
    return Product.product_type == value if value else None


def _in_state(value: str) -> ColumnElement[bool] | None:
    if value == "all":
        return None
    return not_(Product.is_active) if value == "inactive" else Product.is_active.expression


PRODUCTS = Listing(
    name="products",
    noun="product",
    key=Product.id,
    columns=(
        Column("name", "Name", sort=func.lower(Product.name)),
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("product_type", "Type", value=lambda product: product.type_label),
        Column("unit", "Unit"),
        Column("reorder_point", "Reorder point", numeric=True),
        Column("is_active", "State", value=lambda product: product.state),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    filters=(
        Filter("type", "Type", TYPES, _of_type),
        Filter("state", "State", STATES, _in_state),
    ),
)

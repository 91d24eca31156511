"""The catalogue as a list: searched, filtered, sorted, paged, downloaded, with what is on hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, exists, func, literal_column, not_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.foundation.lists.search import matches
from app.foundation.lists.tables import Column, Filter, Listing
from app.products.models import Product, ProductType
from app.stock.models import StockLevel

TYPES = (("", "All types"), *((kind.value, kind.label) for kind in ProductType))
STATES = (("active", "Active"), ("inactive", "Inactive"), ("all", "All"))
STOCK = (("", "Any"), ("low", "Low stock"), ("out", "Out of stock"), ("in", "In stock"))
ZERO: ColumnElement[Decimal] = literal_column("0", Numeric)


def _level(figure: InstrumentedAttribute[Decimal]) -> ColumnElement[Decimal]:
    """A figure of the product's level; zero for a product that never had stock.

    Looked up per row shown, not joined: a join would be made for all that match, then sorted.
    """
    found = select(figure).where(StockLevel.product_id == Product.id).scalar_subquery()
    return func.coalesce(found, ZERO).label(figure.key)


def _of_type(value: str) -> ColumnElement[bool] | None:
    return Product.product_type == value if value else None


def _in_state(value: str) -> ColumnElement[bool] | None:
    if value == "all":
        return None
    return not_(Product.is_active) if value == "inactive" else Product.is_active.expression


def _with_stock(value: str) -> ColumnElement[bool] | None:
    if value == "low":
        return _low()
    there = exists().where(StockLevel.product_id == Product.id, StockLevel.on_hand > ZERO)
    return {"in": there, "out": ~there}.get(value)


def _low() -> ColumnElement[bool]:
    """No more is on hand than the reorder point, if there is one (PROD-6)."""
    level = exists().where(StockLevel.product_id == Product.id)
    return Product.reorder_point.is_not(None) & ~level.where(StockLevel.on_hand > Product.reorder_point)


def _keys_with_stock(value: str) -> Select[int] | None:
    """The products with such stock, active or not, read in the order of their ids beside their levels.

    Where none is out of stock, "whose level does not exist" would have the database look up every product's
    level; see the items' list, too.
    """
    if value == "low":
        return select(Product.id).where(_low())
    if value == "in":
        return select(StockLevel.product_id).where(StockLevel.on_hand > ZERO)
    there = (StockLevel.product_id == Product.id) & (StockLevel.on_hand > ZERO)
    beside = select(Product.id).outerjoin(StockLevel, there)
    return beside.where(StockLevel.product_id.is_distinct_from(Product.id)) if value else None


def type_label(row: Any) -> str:
    """The product's type as people read it."""
    return ProductType(row.product_type).label


def state(row: Any) -> str:
    """Whether it is offered for new work, as a word."""
    return "active" if row.is_active else "inactive"


def is_low(row: Any) -> bool:
    """Whether no more is on hand than its reorder point, if it has one (PROD-6)."""
    return row.reorder_point is not None and row.on_hand <= row.reorder_point


PRODUCTS = Listing(
    name="products",
    noun="product",
    key=Product.id,
    columns=(
        Column("name", "Name", sort=func.lower(Product.name)),
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("product_type", "Type", value=type_label),
        Column("on_hand", "On hand", numeric=True),
        Column("unit", "Unit"),
        Column("unit_cost", "Unit cost", numeric=True),
        Column("value", "Value", numeric=True),
        Column("reorder_point", "Reorder point", numeric=True),
        Column("stock", "Stock", value=lambda row: "low stock" if is_low(row) else ""),
        Column("is_active", "State", value=state),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    filters=(
        Filter("type", "Type", TYPES, _of_type),
        Filter("stock", "Stock", STOCK, _with_stock, _keys_with_stock),
        Filter("state", "State", STATES, _in_state),
    ),
    row_per_key=True,
)


@cache
def product_rows() -> Select[Any]:
    """What the list shows of each product: its own columns, and its stock."""
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.product_type,
        Product.unit,
        Product.reorder_point,
        Product.is_active,
        _level(StockLevel.on_hand),
        _level(StockLevel.unit_cost),
        _level(StockLevel.value),
    )
    return select(*shown)


def value_of(args: Mapping[str, str]) -> Decimal:
    """What all products that the list's search and filters leave are worth together; one statement."""
    meant = PRODUCTS.narrow(select(Product.id), PRODUCTS.asked(args)).subquery()
    total = select(func.sum(StockLevel.value)).join(meant, meant.c.id == StockLevel.product_id)
    return db.session.scalar(total) or Decimal(0)

"""Builds as a list: the history of all of them, found by number, product and SKU."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import request
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    func,
    select,
    text,
)

from app.boms.models import Bom
from app.builds.display.searching import found_by
from app.builds.display.words import build_number, status_label
from app.builds.models import Build
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.foundation.ids import id_from
from app.foundation.lists.listing import Choices
from app.foundation.lists.tables import Column, Filter, Listing
from app.people.models import User
from app.products.models import Product
from app.products.periods import Period, first_day, start_of

MOST_PRODUCTS = 100
"""As many products as a filter offers; where there are more, people search for one."""
MOST_FOUND = 1000
"""As many builds of a search as are found and then sorted; of more, a page is read in their order."""
STATUSES = (("", "All"), *((status.value, status.label) for status in BuildStatus))
PERIODS = (
    (Period.ALL.value, "All time"),
    (Period.MONTH.value, "Last 30 days"),
    (Period.YEAR.value, "Last 12 months"),
)
# Reads one entry of the index per product, not one per build; none if the latest builds are of too many.
BUILT_PRODUCTS = text("""
    WITH RECURSIVE late AS MATERIALIZED (
        SELECT count(DISTINCT product_id) AS products
        FROM (SELECT product_id FROM builds ORDER BY id DESC LIMIT 2 * :most) AS latest
    ), built AS (
        SELECT first.product_id
        FROM (SELECT product_id FROM builds ORDER BY product_id LIMIT 1) AS first, late
        WHERE late.products <= :most
        UNION ALL
        SELECT (SELECT product_id FROM builds WHERE product_id > built.product_id ORDER BY product_id LIMIT 1)
        FROM built WHERE built.product_id IS NOT NULL
    )
    SELECT products.id, products.name, products.sku
    FROM (SELECT product_id FROM built WHERE product_id IS NOT NULL LIMIT :most + 1) AS found
    JOIN products ON products.id = found.product_id
    ORDER BY lower(products.name), products.id
""")


def of_product(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A column of the built product; looked up per row shown, since a join is made for all that match."""
    return select(column).where(Product.id == Build.product_id).scalar_subquery()


def of_bom(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A column of the BOM version."""
    return select(column).where(Bom.id == Build.bom_id).scalar_subquery()


def name_of(user_id: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A person's whole name; NULL for nobody."""
    whole = func.trim(User.first_name + " " + User.last_name)
    return select(whole).where(User.id == user_id).scalar_subquery()


def product_choices() -> Choices:
    """The products that have builds."""
    return choices_of(db.session.execute(BUILT_PRODUCTS, {"most": MOST_PRODUCTS}).all())


def choices_of(found: Sequence[Any]) -> Choices:
    """A choice for each product, unless they are too many, and for the one that is chosen already."""
    rows = [*found] if len(found) <= MOST_PRODUCTS else []
    rows += _chosen_product(but={row.id for row in rows})
    return [("", "All products"), *((str(row.id), f"{row.name} ({row.sku})") for row in rows)]


def _chosen_product(but: set[int]) -> Sequence[Any]:
    asked = id_from(request.args.get("product", ""))
    if asked is None or asked in but:
        return []
    return db.session.execute(select(Product.id, Product.name, Product.sku).where(Product.id == asked)).all()


def by_product(value: str) -> ColumnElement[bool] | None:
    """Builds of one product."""
    return Build.product_id == int(value) if value else None


def _by_status(value: str) -> ColumnElement[bool] | None:
    return Build.status == value if value else None


def _in_period(value: str) -> ColumnElement[bool] | None:
    first = first_day(Period(value))
    return None if first is None else Build.executed_at >= start_of(first)


HISTORY = Listing(
    name="builds",
    noun="build",
    key=Build.id,
    columns=(
        Column("number", "Build", sort=Build.id, value=build_number),
        Column("name", "Product"),
        Column("sku", "SKU"),
        Column("quantity", "Quantity", numeric=True),
        Column("unit", "Unit"),
        Column("version", "BOM version", numeric=True),
        Column("status", "Status", value=status_label),
        Column("executed_at", "Executed", sort=Build.executed_at, nullable=True),
        Column("executed_by", "By"),
        Column("total_cost", "Total cost", numeric=True),
        Column("unit_cost", "Cost per unit", numeric=True),
    ),
    default_sort="-number",
    search=found_by,
    search_hint="Number, product or SKU",
    row_per_key=True,
    most_found=MOST_FOUND,
    filters=(
        Filter("status", "Status", STATUSES, _by_status),
        Filter("product", "Product", product_choices, by_product),
        Filter("period", "Executed", PERIODS, _in_period),
    ),
)


# What every list shows of a build; each adds what is its own.
SHOWN: tuple[Any, ...] = (
    Build.id,
    Build.product_id,
    Build.quantity,
    Build.status,
    Build.target_date,
    Build.auto_generated,
    Build.modified,
    of_product(Product.name).label("name"),
    of_product(Product.sku).label("sku"),
    of_product(Product.unit).label("unit"),
    of_bom(Bom.version).label("version"),
)


@cache
def build_rows() -> Select[Any]:
    """What the history shows of each build; put together once, like the rows of every long list."""
    own: tuple[Any, ...] = (
        Build.created_at,
        Build.executed_at,
        Build.total_cost,
        Build.unit_cost,
        name_of(Build.executed_by).label("executed_by"),
    )
    return select(*SHOWN, *own)

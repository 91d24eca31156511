"""The queue as a list: planned builds in the order of their priority (BLD-24, BLD-26)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    func,
    literal_column,
    not_,
    select,
    text,
)

from app.boms.models import Bom, BomCost
from app.builds.display.history import (
    MOST_FOUND,
    MOST_PRODUCTS,
    SHOWN,
    by_product,
    choices_of,
    name_of,
    of_bom,
)
from app.builds.display.searching import found_by
from app.builds.display.words import build_number
from app.builds.models import Build, BuildLine
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.foundation.lists.listing import Choices
from app.foundation.lists.tables import Column, DateFilter, Filter, Listing
from app.stock.models import StockLevel

ZERO: ColumnElement[Decimal] = literal_column("0", Numeric)
PAGE_SIZE = 20
"""Fewer than elsewhere, since each row is tall with its buttons."""


# None if the most urgent builds are of too many; the others are not even looked at then.
PLANNED_PRODUCTS = text("""
    WITH urgent AS (
        SELECT product_id FROM builds WHERE status = 'planned' ORDER BY queue_position, id LIMIT 2 * :most
    ), planned AS MATERIALIZED (
        SELECT product_id FROM builds
        WHERE status = 'planned' AND (SELECT count(DISTINCT product_id) FROM urgent) <= :most
    ), found AS (
        SELECT DISTINCT product_id FROM planned LIMIT :most + 1
    )
    SELECT products.id, products.name, products.sku
    FROM found JOIN products ON products.id = found.product_id
    ORDER BY lower(products.name), products.id
""")


def planned_products() -> Choices:
    """The products of planned builds."""
    return choices_of(db.session.execute(PLANNED_PRODUCTS, {"most": MOST_PRODUCTS}).all())


QUEUE = Listing(
    name="build-queue",
    noun="planned build",
    key=Build.id,
    columns=(
        Column("place", "Priority", sort=Build.queue_position, in_file=False),
        Column("number", "Build", value=build_number),
        Column("name", "Product"),
        Column("sku", "SKU"),
        Column("quantity", "Quantity", numeric=True),
        Column("unit", "Unit"),
        Column("version", "BOM version", numeric=True),
        Column("target_date", "Target date"),
        Column("assignee", "Assignee"),
        Column("estimated_cost", "Estimated cost", numeric=True),
        Column("auto_generated", "Auto-generated", value=lambda row: "yes" if row.auto_generated else ""),
        Column("modified", "Modified", value=lambda row: "yes" if row.modified else ""),
    ),
    default_sort="place",
    search=found_by,
    search_hint="Number, product or SKU",
    row_per_key=True,
    most_found=MOST_FOUND,
    filters=(
        Filter("product", "Product", planned_products, by_product),
        DateFilter("from", "Target date from", lambda day: Build.target_date >= day),
        DateFilter("to", "Target date to", lambda day: Build.target_date <= day),
    ),
    page_size=PAGE_SIZE,
)
WITHOUT_ASSIGNEES = replace(QUEUE, columns=tuple(each for each in QUEUE.columns if each.key != "assignee"))
"""The queue while build assignments are off."""


def _estimated_cost() -> ColumnElement[Decimal]:
    """Required components at present unit costs, and the cost lines (BOM-41)."""
    unit_cost = func.coalesce(StockLevel.unit_cost, ZERO)
    materials = (
        select(func.coalesce(func.sum(BuildLine.quantity * unit_cost), ZERO))
        .select_from(BuildLine)
        .outerjoin(StockLevel, StockLevel.product_id == BuildLine.component_id)
        .where(BuildLine.build_id == Build.id, not_(BuildLine.optional))
        .scalar_subquery()
    )
    costs = (
        select(func.coalesce(func.sum(BomCost.cost_per_unit), ZERO))
        .where(BomCost.bom_id == Build.bom_id)
        .scalar_subquery()
    )
    return materials + costs * Build.quantity


@cache
def queue_rows() -> Select[Any]:
    """What the queue shows of each planned build."""
    own: tuple[Any, ...] = (
        of_bom(Bom.status).label("bom_status"),
        name_of(Build.assignee_id).label("assignee"),
        _estimated_cost().label("estimated_cost"),
    )
    return select(*SHOWN, *own).where(Build.status == BuildStatus.PLANNED)

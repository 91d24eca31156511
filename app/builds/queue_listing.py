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
)

from app.boms.models import Bom, BomCost
from app.builds.listing import MOST_FOUND, SHOWN, by_product, name_of, of_bom, product_choices
from app.builds.models import Build, BuildLine
from app.builds.searching import found_by
from app.builds.statuses import BuildStatus
from app.builds.words import build_number
from app.foundation.tables import Column, DateFilter, Filter, Listing
from app.stock.models import StockLevel

ZERO: ColumnElement[Decimal] = literal_column("0", Numeric)
PAGE_SIZE = 20
"""Fewer than elsewhere, since each row is tall with its buttons."""

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
        Filter("product", "Product", product_choices, by_product),
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

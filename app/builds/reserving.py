"""What builds will take from the shelf and what they will put there (BOM-43, BLD-54)."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Select, func, select

from app.builds.models import Build, BuildLine
from app.builds.statuses import BuildStatus
from app.workspace.features import Feature, is_on


def committed() -> Select[int, Decimal] | None:
    """How much of each product the planned builds will use; None while inventory reservation is off."""
    if not is_on(Feature.INVENTORY_RESERVATION):
        return None
    return (
        select(BuildLine.component_id.label("product_id"), func.sum(BuildLine.quantity).label("quantity"))
        .join(Build, Build.id == BuildLine.build_id)
        .where(Build.status == BuildStatus.PLANNED, BuildLine.quantity > 0)
        .group_by(BuildLine.component_id)
    )


def on_the_way() -> Select[int, Decimal]:
    """How much of each product waits for QA review before it is on the shelf."""
    return (
        select(Build.product_id, func.sum(Build.quantity).label("quantity"))
        .where(Build.status == BuildStatus.EXECUTED)
        .group_by(Build.product_id)
    )

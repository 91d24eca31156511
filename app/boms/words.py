"""What figures of BOMs are called to people, on pages and in files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.boms.costing import shown
from app.boms.models import BomStatus
from app.foundation.pages.formatting import format_quantity
from app.products.models import ProductType

NO_LIMIT = "no limit"
PRODUCT_INACTIVE = "product inactive"
TONES = {BomStatus.ACTIVE: "good", BomStatus.DRAFT: "info", BomStatus.ARCHIVED: "neutral"}


def tone(status: str) -> str:
    """The colour of a version's status."""
    return TONES[BomStatus(status)]


def cost_of(row: Any) -> Decimal | None:
    """What one unit of a row's product costs; None when it is too large to show."""
    return shown(row.estimated_cost)


def max_text(row: Any) -> str | Decimal:
    """How many can be built of a row's product, none while it is inactive, or that no component limits it."""
    if not row.is_active:
        return Decimal(0)
    return NO_LIMIT if row.limit is None else Decimal(row.limit["units"])


def limit_text(row: Any) -> str:
    """What limits: the component that runs out first, or what is inactive; "" for nothing."""
    if not row.is_active:
        return PRODUCT_INACTIVE
    if row.limit is None:
        return ""
    if not row.limit["active"]:
        return f"{row.limit['name']} ({row.limit['sku']}): inactive"
    there, needed = (format_quantity(Decimal(row.limit[key])) for key in ("available", "quantity"))
    return f"{row.limit['name']} ({row.limit['sku']}): {there} available, {needed} for one"


def type_label(row: Any) -> str:
    """The product's type as people read it."""
    return ProductType(row.product_type).label

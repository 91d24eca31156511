"""Builders of BOMs; all need an open application context."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.boms.models import Bom
from app.boms.service import BomFields, CostFields, CostKind, LineFields, save_version
from app.products.models import Product, ProductType
from tests.support.products import create_product

Amounts = Mapping[int, str | int]


def buildable(**overrides: Any) -> Product:
    """A product that may have a BOM: a finished good, unless said otherwise."""
    return create_product(**({"product_type": ProductType.FINISHED_GOOD} | overrides))


def labor(cost: str | int = 5, label: str = "Assembly") -> CostFields:
    """A cost line that is typed in directly."""
    return CostFields(CostKind.LABOR, label, Decimal(cost))


def bom_fields(required: Amounts, optional: Amounts | None = None, **overrides: Any) -> BomFields:
    """What a version says, by the components' ids and quantities."""
    lines = [
        LineFields(component, Decimal(quantity), is_optional)
        for amounts, is_optional in ((required, False), (optional or {}, True))
        for component, quantity in amounts.items()
    ]
    return BomFields(**({"lines": tuple(lines)} | overrides))


def create_bom(
    product_id: int | None = None,
    required: Amounts | None = None,
    optional: Amounts | None = None,
    *,
    draft: bool = False,
    user_id: int | None = None,
    **overrides: Any,
) -> Bom:
    """A saved version, of a new finished good and of one new component unless said otherwise."""
    product_id = product_id or buildable().id
    if required is None:
        required = {} if optional else {create_product().id: 1}
    return save_version(product_id, bom_fields(required, optional, **overrides), user_id, draft=draft)

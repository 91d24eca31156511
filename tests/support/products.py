"""Builders of products."""

from __future__ import annotations

from itertools import count
from typing import Any

from app.products.models import Product
from app.products.service import ProductFields, set_active
from app.products.service import create_product as create

_numbers = count(1)


def create_product(*, is_active: bool = True, **overrides: Any) -> Product:
    """A stored product with a SKU of its own; needs an open application context."""
    number = next(_numbers)
    values: dict[str, Any] = {"sku": f"SKU-{number}", "name": f"Part {number}"}
    product = create(ProductFields(**(values | overrides)))
    return product if is_active else set_active(product.id, False)

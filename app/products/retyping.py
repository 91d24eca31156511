"""What rooms above make of products, asked before a product gets another type (PROD-4, PROD-5)."""

from __future__ import annotations

from collections.abc import Callable

from app.products.models import ProductType

Objector = Callable[[int, ProductType], str | None]
"""Given a product's id and the type it is to have: None, or the whole sentence that says what is in the way.

It is called in the transaction that changes the type, and may hold in it what it looked at.
"""

_objectors: list[Objector] = []


def register_objector(objector: Objector) -> None:
    """`objector` is asked from now on; registering it again changes nothing."""
    if objector not in _objectors:
        _objectors.append(objector)


def objection(product_id: int, wanted: ProductType) -> str | None:
    """The first sentence that says why the product cannot have the type; None when it can."""
    return next((sentence for objector in _objectors if (sentence := objector(product_id, wanted))), None)

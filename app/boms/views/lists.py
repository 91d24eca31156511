"""Pages with many BOMs: all of them, what can be built, where a product is used, the versions of one."""

from __future__ import annotations

from flask import Response

from app.boms import words
from app.boms.listing import (
    BOMS,
    CAN_BUILD,
    VERSIONS,
    WHERE_USED,
    active_rows,
    bom_rows,
    used_in,
    versions_of,
)
from app.boms.service import get_bom
from app.boms.views.blueprint import blueprint
from app.people.access import requires
from app.products.service import get_product


@blueprint.get("/boms")
@requires("view_inventory")
def index() -> Response:
    """The products that have a BOM."""
    return BOMS.answer(bom_rows(), "boms/index.html", words=words)


@blueprint.get("/boms/what-can-i-build")
@requires("view_inventory")
def what_can_i_build() -> Response:
    """How many of each product there are components for, and which component limits it (DSH-7)."""
    return CAN_BUILD.answer(active_rows(), "boms/can_build.html", words=words)


@blueprint.get("/products/<int:product_id>/used-in")
@requires("view_inventory")
def where_used(product_id: int) -> Response:
    """The active BOMs that a product is a component of."""
    product = get_product(product_id)
    return WHERE_USED.answer(used_in(product_id), "boms/where_used.html", product=product)


@blueprint.get("/boms/<int:bom_id>/versions")
@requires("view_inventory")
def versions(bom_id: int) -> Response:
    """Every version of a product's BOM (BOM-34)."""
    bom = get_bom(bom_id)
    product = get_product(bom.product_id)
    rows = versions_of(product.id)
    return VERSIONS.answer(rows, "boms/versions.html", bom=bom, product=product, words=words)

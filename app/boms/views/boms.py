"""Pages of one version of a BOM, and its part of the product page."""

from __future__ import annotations

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.boms import service, words
from app.boms.errors import BomRefused, CannotHaveBom, StatusRefused
from app.boms.explosion import explode
from app.boms.line_files import HEADINGS
from app.boms.listing import versions_of
from app.boms.models import Bom, BomStatus
from app.boms.part import part_in_boms
from app.boms.service import BUILDABLE_TYPES, get_bom
from app.boms.views.blueprint import blueprint
from app.extensions import db
from app.foundation.lists.csv import csv_response
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.products.models import Product
from app.products.service import get_product

VERSIONS_SHOWN = 10
USES_SHOWN = 10


@blueprint.get("/boms/<int:bom_id>")
@requires("view_inventory")
def show(bom_id: int) -> str:
    """One version: its components, costs and tree as things stand, and the other versions."""
    bom = get_bom(bom_id)
    versions = versions_of(bom.product_id).order_by(Bom.version.desc()).limit(VERSIONS_SHOWN + 1)
    history = db.session.execute(versions).all()
    return render_template(
        "boms/show.html",
        bom=bom,
        product=get_product(bom.product_id),
        active=service.active_bom(bom.product_id),
        explosion=explode(bom_id, db.session()),
        costs=service.costs_of(bom_id),
        versions=history[:VERSIONS_SHOWN],
        more_versions=len(history) > VERSIONS_SHOWN,
        words=words,
        statuses=BomStatus,
    )


@blueprint.get("/boms/<int:bom_id>/lines.csv")
@requires("view_inventory")
def lines_csv(bom_id: int) -> Response:
    """A version's components as a file, which the form can read again."""
    bom = get_bom(bom_id)
    rows = [
        [line.sku, line.name, line.quantity, line.unit, line.optional, line.unit_cost, line.cost]
        for line in explode(bom_id, db.session()).lines
    ]
    return csv_response(f"bom-{bom.product_id}-version-{bom.version}", HEADINGS, rows)


@blueprint.post("/boms/<int:bom_id>/activate")
@requires("manage_boms")
def activate(bom_id: int) -> ResponseReturnValue:
    """A draft made the version that is built."""
    try:
        bom = service.activate(bom_id)
    except (BomRefused, CannotHaveBom, StatusRefused) as error:
        flash(error.message, "error")
    else:
        flash(f"Version {bom.version} is active: builds use it from now on.", "success")
    return see_other("boms.show", bom_id=bom_id)


@blueprint.post("/boms/<int:bom_id>/archive")
@requires("manage_boms")
def archive(bom_id: int) -> ResponseReturnValue:
    """The active version or a draft set aside."""
    try:
        bom = service.archive(bom_id)
    except StatusRefused as error:
        flash(error.message, "error")
    else:
        flash(f"Version {bom.version} is archived.", "success")
    return see_other("boms.show", bom_id=bom_id)


def product_panel(product: Product) -> Markup | None:
    """The product's BOM and where it is used, on its own page; None for what has neither."""
    part = part_in_boms(product.id, USES_SHOWN)
    may_have = product.product_type in BUILDABLE_TYPES
    if not (part.uses or may_have or part.own):
        return None
    page = render_template(
        "boms/_product_panel.html",
        product=product,
        part=part,
        may_have=may_have,
        words=words,
    )
    return Markup(page)  # noqa: S704 - escaped already

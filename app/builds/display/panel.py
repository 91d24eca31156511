"""A product's last builds, on the product's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import Row, exists, select, true

from app.boms.models import Bom, BomStatus
from app.builds.display import words
from app.builds.display.history import build_rows
from app.builds.models import Build
from app.extensions import db
from app.people.access import can
from app.products.models import Product

MOST_SHOWN = 5


def latest_builds(product_id: int) -> tuple[Sequence[Row[Any]], bool]:
    """A product's last five builds, planned ones included, the last one first; and whether it has a BOM."""
    last = build_rows().where(Build.product_id == product_id)
    builds = last.order_by(Build.id.desc()).limit(MOST_SHOWN).subquery("builds")
    active = Bom.status == BomStatus.ACTIVE.value
    has_bom = exists().where(Bom.product_id == product_id, active).label("has_bom")
    asked = select(has_bom).subquery("asked")
    both = select(builds, asked.c.has_bom).select_from(asked).outerjoin(builds, true())
    rows = db.session.execute(both.order_by(builds.c.id.desc())).all()
    return [row for row in rows if row.id is not None], rows[0].has_bom


def product_panel(product: Product) -> Markup | None:
    """The panel; None for a product that was never built and cannot be."""
    builds, has_bom = latest_builds(product.id)
    buildable = product.is_active and has_bom
    if not builds and not buildable:
        return None
    page = render_template(
        "builds/_product_panel.html",
        product=product,
        builds=builds,
        words=words,
        may_build=buildable and (can("plan_builds") or can("execute_builds")),
    )
    return Markup(page)  # noqa: S704 - escaped already

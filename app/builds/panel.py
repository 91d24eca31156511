"""A product's last builds, on the product's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import Row

from app.boms.service import active_bom
from app.builds import words
from app.builds.listing import build_rows
from app.builds.models import Build
from app.extensions import db
from app.people.access import can
from app.products.models import Product

MOST_SHOWN = 5


def latest_builds(product_id: int) -> Sequence[Row[Any]]:
    """A product's last five builds, planned ones included, the last one first."""
    statement = build_rows().where(Build.product_id == product_id)
    return db.session.execute(statement.order_by(Build.id.desc()).limit(MOST_SHOWN)).all()


def product_panel(product: Product) -> Markup | None:
    """The panel; None for a product that was never built and cannot be."""
    builds = latest_builds(product.id)
    buildable = product.is_active and active_bom(product.id) is not None
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

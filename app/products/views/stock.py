"""Pages of one product's stock: its history, and its adjustment by hand."""

from __future__ import annotations

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import format_quantity
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.products import adjusting, history
from app.products.errors import AlreadyAdjusted
from app.products.forms import AdjustmentForm
from app.products.models import Product
from app.products.service import get_product
from app.products.views.blueprint import blueprint
from app.stock.service import Level, levels_of


@blueprint.get("/products/<int:product_id>/history")
@requires("view_inventory")
def stock_history(product_id: int) -> Response:
    """Every stock transaction of a product (PROD-8)."""
    product = get_product(product_id)
    rows = history.history_of(product_id)
    return history.HISTORY.answer(rows, "products/history.html", product=product, words=history)


@blueprint.route("/products/<int:product_id>/adjust", methods=["GET", "POST"])
@requires("adjust_stock")
def adjust(product_id: int) -> ResponseReturnValue:
    """The product's stock corrected by hand; `look` only shows what would come of it (ADJ-2)."""
    product = get_product(product_id)
    adjusting.ensure_adjustable(product_id)
    level = levels_of([product_id])[product_id]
    form = AdjustmentForm(unit_cost=level.unit_cost or None)
    outcome, refused = None, None
    looking = "HX-Request" in request.headers  # a part of the page, which shows the result beside the form
    if form.validate_on_submit():
        adjustment = form.adjustment(product_id)
        try:
            if "look" not in request.form:
                done = adjusting.adjust(adjustment, form.one_time(), current_user.id)
                flash(_said(product, done), "success")
                return see_other("products.show", product_id=product_id)
            outcome = adjusting.outcome_of(adjustment)
        except InvalidInput as error:
            refused = error.message if looking else None
            form.refuse(error)
        except AlreadyAdjusted as error:
            flash(error.message, "info")
            return see_other("products.show", product_id=product_id)
    status = 400 if form.errors and not looking else 200
    page = render_template(
        "products/adjust.html", product=product, level=level, form=form, outcome=outcome, refused=refused
    )
    return page, status


def _said(product: Product, level: Level) -> str:
    on_hand = f"{format_quantity(level.on_hand)} {product.unit}".strip()
    return f"Stock is adjusted: {on_hand} on hand."

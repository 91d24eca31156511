"""Pages of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import InvalidInput
from app.foundation.pages.charts import step_chart
from app.foundation.pages.web import see_other
from app.people.access import can, requires
from app.products import adjusting, history, listing, service
from app.products.course import stock_over_time
from app.products.forms import NewProductForm, ProductForm
from app.products.glance import glance_at
from app.products.listing import PRODUCTS, product_rows
from app.products.models import Product
from app.products.panels import panels_of
from app.products.periods import Period
from app.products.service import ProductFields, get_product
from app.products.views.blueprint import blueprint
from app.stock.service import lots_on


@blueprint.get("/products")
@requires("view_inventory")
def index() -> Response:
    """The catalogue."""
    return PRODUCTS.answer(product_rows(), "products/index.html", words=listing)


@blueprint.get("/products/value")
@requires("view_inventory")
def stock_value() -> str:
    """What the products of a filtered list are worth together, which takes longer than a page of them."""
    asked = PRODUCTS.asked(request.args)
    return render_template("products/value.html", asked=asked, value=listing.value_of(request.args))


@blueprint.get("/products/<int:product_id>")
@requires("view_inventory")
def show(product_id: int) -> str:
    """One product: its stock, how that came about, and what other rooms have to show of it."""
    period = _period()
    seen = glance_at(product_id, period)
    product = seen.product
    course = stock_over_time(product_id, seen.level, period, seen.begun)
    return render_template(
        "products/show.html",
        product=product,
        level=seen.level,
        low=seen.is_low,
        refusal=adjusting.refusal(product_id, lots=seen.lots_on) if can("adjust_stock") else None,
        course=course,
        chart=course and step_chart(course.points, course.until, mark=product.reorder_point),
        period=period,
        periods=Period,
        transactions=seen.transactions,
        words=history,
        panels=panels_of(product),
    )


@blueprint.route("/products/new", methods=["GET", "POST"])
@requires("manage_products")
def create() -> ResponseReturnValue:
    """A product made by hand (IMP-8), with what there is of it, where we lead on stock."""
    form = NewProductForm()
    if lots_on() or not can("adjust_stock"):
        form.leave_stock_out()
    return _edited(
        form,
        None,
        lambda fields: service.create_product(fields, form.opening(), current_user.id),
        "{} is in the catalogue.",
    )


@blueprint.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires("manage_products")
def edit(product_id: int) -> ResponseReturnValue:
    """A product's details changed."""
    product = get_product(product_id)
    form = ProductForm(obj=product)
    return _edited(form, product, lambda fields: service.update_product(product_id, fields), "{} is changed.")


@blueprint.post("/products/<int:product_id>/deactivate")
@requires("manage_products")
def deactivate(product_id: int) -> ResponseReturnValue:
    """A product set aside."""
    product = service.set_active(product_id, False)
    flash(f"{product.name} is inactive. Everything recorded about it stays.", "success")
    return see_other("products.show", product_id=product_id)


@blueprint.post("/products/<int:product_id>/reactivate")
@requires("manage_products")
def reactivate(product_id: int) -> ResponseReturnValue:
    """A product taken up again."""
    product = service.set_active(product_id, True)
    flash(f"{product.name} is active again.", "success")
    return see_other("products.show", product_id=product_id)


def _edited(
    form: ProductForm, product: Product | None, save: Callable[[ProductFields], Product], done: str
) -> ResponseReturnValue:
    """The product's page once it is saved, else the form with what is wrong."""
    if form.validate_on_submit():
        try:
            saved = save(form.fields())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(done.format(saved.name), "success")
            return see_other("products.show", product_id=saved.id)
    status = 400 if form.errors else 200
    return render_template("products/edit.html", form=form, product=product), status


def _period() -> Period:
    """How far back the chart is asked to look; a year unless it says otherwise."""
    asked = request.args.get("period", "")
    return Period(asked) if asked in set(Period) else Period.YEAR

"""Pages of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.foundation.errors import InvalidInput
from app.foundation.web import see_other
from app.people.access import requires
from app.products import service
from app.products.forms import ProductForm
from app.products.listing import PRODUCTS
from app.products.models import Product
from app.products.panels import panels_of
from app.products.service import ProductFields, get_product

blueprint = Blueprint("products", __name__, template_folder="templates")


@blueprint.get("/products")
@requires("view_inventory")
def index() -> Response:
    """The catalogue."""
    return PRODUCTS.answer(select(Product), "products/index.html")


@blueprint.get("/products/<int:product_id>")
@requires("view_inventory")
def show(product_id: int) -> str:
    """One product, with what other rooms have to show of it."""
    product = get_product(product_id)
    return render_template("products/show.html", product=product, panels=panels_of(product))


@blueprint.route("/products/new", methods=["GET", "POST"])
@requires("manage_products")
def create() -> ResponseReturnValue:
    """A product made by hand (IMP-8)."""
    return _edited(ProductForm(), None, service.create_product, "{} is in the catalogue.")


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

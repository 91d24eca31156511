"""Pages on which a product and an accounting item are linked or unlinked."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from app.foundation.errors import Conflict
from app.foundation.ids import id_from
from app.foundation.pages.web import see_other
from app.integrations.notices import connections_for_page
from app.items import candidates, linking
from app.items.quantities import COMES_WITH_SYNC, any_comes_with_sync, links_for_page
from app.items.views.blueprint import blueprint
from app.items.words import type_label
from app.people.access import can, requires
from app.products.models import Product
from app.products.service import get_product


@blueprint.get("/items/<int:item_id>/link")
@requires("import_items")
def choose_product(item_id: int) -> str:
    """Products that the item could be linked to."""
    item = linking.get_item(item_id)
    words = request.args.get("q", "").strip()
    return render_template(
        "items/choose_product.html",
        item=item,
        words=words,
        suggested=candidates.suggested_products(item),
        found=candidates.found_products(item, words),
    )


@blueprint.get("/products/<int:product_id>/link")
@requires("import_items")
def choose_item(product_id: int) -> str:
    """Items that the product could be linked to."""
    product = get_product(product_id)
    words = request.args.get("q", "").strip()
    return render_template(
        "items/choose_item.html",
        product=product,
        words=words,
        suggested=candidates.suggested_items(product),
        found=candidates.found_items(product, words),
        is_full=bool(links_for_page(product_id)) and not _company_left(product_id),
        type_label=type_label,
    )


@blueprint.post("/items/<int:item_id>/link")
@requires("import_items")
def link(item_id: int) -> ResponseReturnValue:
    """The item linked to the product that was chosen; who cannot is led back to where they choose."""
    product_id = id_from(request.form.get("product_id", ""))
    if product_id is None:
        flash("Choose the product to link to.", "error")
        return see_other("items.choose_product", item_id=item_id)
    try:
        made = linking.link_item(item_id, product_id, current_user.id)
    except Conflict as error:
        flash(error.message, "error")
        if request.form.get("chosen_on") == "product":
            return see_other("items.choose_item", product_id=product_id)
        return see_other("items.show", item_id=item_id)
    comes = f" {COMES_WITH_SYNC}" if any_comes_with_sync([item_id]) else ""
    flash(f"{made.product.name} is linked to {made.accounting_item.name}.{comes}", "success")
    return see_other("products.show", product_id=product_id)


@blueprint.post("/items/<int:item_id>/unlink")
@requires("import_items")
def unlink(item_id: int) -> ResponseReturnValue:
    """The item's link undone."""
    product = linking.unlink_item(item_id)
    if product is None:
        flash("This item was not linked to any product.", "info")
        return see_other("items.show", item_id=item_id)
    flash(f"{product.name} is no longer linked. The product stays.", "success")
    return see_other("products.show", product_id=product.id)


def product_panel(product: Product) -> Markup:
    """The product's accounting items on its own page, with the buttons of people who may link."""
    page = render_template(
        "items/_product_panel.html",
        product=product,
        links=links_for_page(product.id),
        type_label=type_label,
        may_link=can("import_items"),
        company_left=_company_left(product.id),
    )
    return Markup(page)  # noqa: S704 - escaped already


def _company_left(product_id: int) -> bool:
    """Whether a company is connected that the product has no item of."""
    linked = {link.connection_id for link in links_for_page(product_id)}
    return any(connection.id not in linked for connection in connections_for_page())

"""Pages on which a person changes or adds one item."""

from typing import Any

import simplejson
from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.sandbox.company import Company
from app.sandbox.items import TYPES, ItemRefused, add_item, change_item
from app.sandbox.pages import blueprint, company_or_404
from app.sandbox.records import INACTIVE_MARK, Record
from app.sandbox.state import current_state

FIELDS = ("Name", "Sku", "Type", "UnitPrice", "PurchaseCost", "QtyOnHand", "Description")


@blueprint.get("/items/<realm>/new")
def new_item(realm: str) -> str:
    return _page(company_or_404(realm), {})


@blueprint.post("/items/<realm>/new")
def create_item(realm: str) -> Response | tuple[str, int]:
    fields = _fields()
    if fields.get("Type") != "Inventory":
        fields.pop("QtyOnHand", None)
    try:
        with current_state().lock:
            add_item(company_or_404(realm), fields)
    except ItemRefused as problem:
        return _page(company_or_404(realm), {}, fields, str(problem)), 400
    return _to_company(realm)


@blueprint.get("/items/<realm>/<int:identifier>")
def edit_item(realm: str, identifier: int) -> str:
    company = company_or_404(realm)
    return _page(company, _item(company, identifier))


@blueprint.post("/items/<realm>/<int:identifier>")
def save_item(realm: str, identifier: int) -> Response | tuple[str, int]:
    company = company_or_404(realm)
    before = _item(company, identifier)
    fields = _fields()
    try:
        with current_state().lock:
            change_item(company, str(identifier), fields)
    except ItemRefused as problem:
        return _page(company, before, fields, str(problem)), 400
    return _to_company(realm)


@blueprint.post("/items/<realm>/<int:identifier>/deactivate")
def deactivate_item(realm: str, identifier: int) -> Response:
    company = company_or_404(realm)
    _item(company, identifier)
    with current_state().lock:
        change_item(company, str(identifier), {"Active": False})
    return _to_company(realm)


def _fields() -> dict[str, Any]:
    """What the form holds, in Intuit's names; a field that the form lacks is left as it is."""
    written = {name: request.form[name].strip() for name in FIELDS if name in request.form}
    return written | {"Active": "Active" in request.form}


def _item(company: Company, identifier: int) -> Record:
    item = company.items.get(str(identifier))
    if item is None:
        abort(404)
    return item


def _page(company: Company, item: Record, typed: Record | None = None, problem: str | None = None) -> str:
    """The form of the item as it is, or as it was `typed` where it could not be saved."""
    shown = item | {"Name": item.get("Name", "").removesuffix(INACTIVE_MARK)} | (typed or {})
    document = simplejson.dumps(item, use_decimal=True, ensure_ascii=False, indent=2)
    return render_template(
        "sandbox/item.html", company=company, item=shown, problem=problem, types=TYPES, document=document
    )


def _to_company(realm: str) -> Response:
    return redirect(url_for("pages.control", realm=realm, q=request.form.get("Name")), 303)

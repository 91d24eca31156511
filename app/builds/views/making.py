"""*New build*: what to build, how many, what it will use; then at once or into the queue (BLD-10, BLD-20)."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.boms.errors import NoSuchBom
from app.boms.models import Bom
from app.boms.service import active_bom, get_bom
from app.builds import service
from app.builds.display.choosing import CHOICES, buildable_products
from app.builds.errors import AlreadyMade, BomNotActive
from app.builds.forms import NewBuildForm
from app.builds.values import BuildPreview
from app.builds.views.blueprint import MAKE, blueprint
from app.builds.views.build import executed
from app.foundation.errors import Conflict, Forbidden, InvalidInput
from app.foundation.ids import NO_ID, id_from
from app.foundation.pages.web import see_other
from app.people.access import can, requires
from app.products.models import Product
from app.products.service import get_product
from app.workspace.features import Feature, is_on


@blueprint.get("/builds/new")
@requires(*MAKE)
def new() -> ResponseReturnValue:
    """Choose what to build; with `product_id` or `bom_id` it is chosen already.

    So it is with a search that finds one product: a scanned label leads to its form at once.
    """
    product_id = _chosen()
    if product_id is None and request.args.get("format") != "csv":
        page = CHOICES.page(buildable_products())
        if not page.q or page.count != 1:
            return render_template("builds/choose.html", page=page)
        product_id = page.rows[0].id
    if product_id is None:
        return CHOICES.csv(buildable_products())
    return see_other("builds.make", product_id=product_id)


@blueprint.route("/builds/new/<int:product_id>", methods=["GET", "POST"])
@requires(*MAKE)
def make(product_id: int) -> ResponseReturnValue:
    """How many, and what they will use; `do` says what the form is sent for: `look`, `execute` or `plan`."""
    product = get_product(product_id)
    form = NewBuildForm(quantity=Decimal(1))
    do = request.form.get("do", "look")
    _ensure_allowed(do)
    made = _made(form, product_id, do) if form.validate_on_submit() and do in MADE else None
    return made or _form_page(product, form, do)


def _made(form: NewBuildForm, product_id: int, do: str) -> Response | None:
    """Where a build that is made leads; None when it was refused, which the page says then."""
    _ensure_of(product_id, form)
    try:
        return MADE[do](form)
    except AlreadyMade as error:
        flash(error.message, "info")
        return see_other("builds.show", build_id=error.build_id)
    except BomNotActive:
        return None
    except InvalidInput as error:
        form.refuse(error)
    except Conflict as error:
        form.form_errors.append(error.message)
    return None


def _form_page(product: Product, form: NewBuildForm, do: str) -> ResponseReturnValue:
    """The form beside the preview of the version that is active now, with which it is sent next."""
    bom = active_bom(product.id)
    if bom is None:
        flash(f"{product.name} has no active BOM, so it cannot be built.", "error")
        return see_other("builds.new")
    newer = _newer(form, bom, do)
    if newer and do in MADE:
        form.form_errors.append(newer)
    form.bom_id.data = str(bom.id)
    preview, refused = _preview(form, bom)
    looking = "HX-Request" in request.headers  # a part of the page, which shows the preview beside the form
    if refused is not None and not form.errors:
        form.refuse(refused)
    page = render_template(
        "builds/make.html",
        product=product,
        bom=bom,
        form=form,
        preview=preview,
        refused=refused,
        newer=newer,
        reviewed=is_on(Feature.QA_REVIEW),
        assigning=is_on(Feature.BUILD_ASSIGNMENTS),
    )
    if newer and do in MADE:
        return page, Conflict.status
    return page, 400 if form.errors and not looking else 200


def _newer(form: NewBuildForm, bom: Bom, do: str) -> str | None:
    """What is said when the form comes from the preview of another version; None when it does not."""
    if form.previewed() in (None, bom.id):
        return None
    then = f", then press {BUTTONS[do]} again" if do in BUTTONS else ""
    return f"Version {bom.version} of this BOM is active now. Look at what it takes{then}."


def _ensure_of(product_id: int, form: NewBuildForm) -> None:
    """Raises NoSuchBom for a version of another product's BOM."""
    if get_bom(form.previewed() or NO_ID).product_id != product_id:
        raise NoSuchBom


def _ensure_allowed(do: str) -> None:
    """Raises Forbidden when the role allows only the other thing that the form can be sent for."""
    if do in NEEDED and not can(NEEDED[do]):
        raise Forbidden(f"Your role does not allow you to {do} builds.")


def _execute(form: NewBuildForm) -> Response:
    build = service.quick_build(form.quick(), form.one_time(), current_user.id)
    flash(executed(build), "success")
    return see_other("builds.show", build_id=build.id)


def _plan(form: NewBuildForm) -> Response:
    build = service.plan_build(form.plan(), current_user.id, form.one_time())
    flash(f"{build.number} is planned. Nothing moves until it is executed.", "success")
    return see_other("builds.show", build_id=build.id)


MADE = {"execute": _execute, "plan": _plan}
NEEDED = {"execute": "execute_builds", "plan": "plan_builds"}
BUTTONS = {"execute": "Execute build", "plan": "Plan build"}


def _preview(form: NewBuildForm, bom: Bom) -> tuple[BuildPreview | None, InvalidInput | None]:
    """What the entered quantity would use just now, or why there is nothing to show."""
    if form.quantity.data is None:
        return None, None
    try:
        return service.preview(bom.id, form.quantity.data), None
    except InvalidInput as error:
        return None, error


def _chosen() -> int | None:
    """The product that the address names, itself or by one of its BOM versions."""
    product_id, bom_id = request.args.get("product_id", ""), request.args.get("bom_id", "")
    if bom_id:
        return get_bom(id_from(bom_id) or NO_ID).product_id
    return get_product(id_from(product_id) or NO_ID).id if product_id else None

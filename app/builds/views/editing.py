"""A planned build edited: how many, for when, by whom, and its lines (BLD-23, BLD-27)."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.builds import service
from app.builds.components import components_of
from app.builds.forms import editing_form
from app.builds.statuses import BuildStatus, Event, refusal
from app.builds.views.blueprint import blueprint
from app.foundation.errors import Conflict, InvalidInput
from app.foundation.web import see_other
from app.people.access import requires
from app.products.service import get_product


@blueprint.route("/builds/<int:build_id>/edit", methods=["GET", "POST"])
@requires("plan_builds")
def edit(build_id: int) -> ResponseReturnValue:
    """The form of a planned build; one that is no longer planned has its page say why it stays as it is."""
    build = service.get_build(build_id)
    reason = refusal(build.number, BuildStatus(build.status), Event.EDITED)
    if reason:
        flash(reason, "error")
        return see_other("builds.show", build_id=build_id)
    components = components_of(build_id)
    form = editing_form(build, components)
    if form.validate_on_submit():
        try:
            service.edit_planned(build_id, form.entered(components), current_user.id)
        except InvalidInput as error:
            form.refuse(error)
        except Conflict as error:
            flash(error.message, "error")
            return see_other("builds.show", build_id=build_id)
        else:
            flash(f"{build.number} is changed.", "success")
            return see_other("builds.show", build_id=build_id)
    page = render_template(
        "builds/edit.html",
        build=build,
        product=get_product(build.product_id),
        components=components,
        form=form,
    )
    return page, 400 if form.errors else 200

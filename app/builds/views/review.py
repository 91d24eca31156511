"""QA review: an executed build approved or rejected (QA-1…8)."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.builds import service
from app.builds.display.components import components_of
from app.builds.forms import ApprovalForm, rejection_form
from app.builds.models import Build
from app.builds.statuses import Event, Recovery, RejectionReason
from app.builds.views.answering import at_once, by_form, impossible
from app.builds.views.blueprint import blueprint
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.products.service import get_product


@blueprint.post("/builds/<int:build_id>/approve")
@requires("approve_builds")
def approve(build_id: int) -> ResponseReturnValue:
    """The output of a build is on the shelf (QA-3)."""
    form = ApprovalForm()
    if not form.validate():
        flash(" ".join(form.notes.errors), "error")
        return see_other("builds.show", build_id=build_id)
    return at_once(
        build_id,
        lambda: service.approve(build_id, form.notes.data or "", current_user.id),
        lambda build: f"{build.number} is approved. Its output is on the shelf.",
    )


@blueprint.route("/builds/<int:build_id>/reject", methods=["GET", "POST"])
@requires("approve_builds")
def reject(build_id: int) -> ResponseReturnValue:
    """Why a build is turned down, and what goes back to stock (QA-4…7)."""
    build = service.get_build(build_id)
    if away := impossible(build, Event.REJECTED):
        return away
    components = [each for each in components_of(build_id) if each.line.consumed]
    form = rejection_form(components)
    done = by_form(
        build_id,
        form,
        lambda: service.reject(
            build_id,
            RejectionReason(form.reason.data),
            Recovery(form.mode.data),
            form.recovered(components),
            form.notes.data or "",
            current_user.id,
        ),
        _said,
    )
    if done:
        return done
    page = render_template(
        "builds/reject.html",
        build=build,
        product=get_product(build.product_id),
        components=components,
        form=form,
        Recovery=Recovery,
    )
    return page, 400 if form.errors else 200


def _said(build: Build) -> str:
    if build.recovery == Recovery.FULL:
        return f"{build.number} is rejected. Everything that it used is back in stock."
    if build.recovery == Recovery.NONE:
        return f"{build.number} is rejected. Nothing that it used went back to stock."
    return f"{build.number} is rejected. What you entered is back in stock, the rest is lost."

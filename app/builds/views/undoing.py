"""Undoing an executed build, which the Owner and Admins may (OQ-20)."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.builds import service
from app.builds.forms import UndoForm
from app.builds.statuses import BuildStatus
from app.builds.views.answering import by_form, led_away
from app.builds.views.blueprint import SEE, blueprint
from app.foundation.errors import Forbidden
from app.people.access import requires
from app.people.permissions import Role
from app.products.service import get_product

UNDOERS = (Role.OWNER, Role.ADMIN)


@blueprint.route("/builds/<int:build_id>/undo", methods=["GET", "POST"])
@requires(*SEE)
def undo(build_id: int) -> ResponseReturnValue:
    """What undoing does, and a note on why; then every movement of the build is taken back."""
    if not may_undo():
        raise Forbidden("Only the Owner or an Admin may undo a build.")
    build = service.get_build(build_id)
    reason = service.undo_refusal(build_id)
    if reason:
        return led_away(build_id, reason)
    form = UndoForm()
    done = by_form(
        build_id,
        form,
        lambda: service.undo(build_id, form.note.data or "", current_user.id),
        lambda undone: f"{undone.number} is undone. Its components are back, its output is gone.",
    )
    if done:
        return done
    page = render_template(
        "builds/undo.html",
        build=build,
        product=get_product(build.product_id),
        form=form,
        has_output=build.status != BuildStatus.EXECUTED and not build.is_waste,
    )
    return page, 400 if form.errors else 200


def may_undo() -> bool:
    """Whether this person may undo builds: the Owner and Admins, whatever the permissions say."""
    return current_user.role in UNDOERS

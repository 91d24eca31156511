"""The history, one build, and what is done with a build by a button."""

from __future__ import annotations

from flask import Response, flash, render_template
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from app.builds import service
from app.builds.display import words
from app.builds.display.history import HISTORY, build_rows
from app.builds.display.page import build_page
from app.builds.forms import ApprovalForm
from app.builds.models import Build
from app.builds.statuses import BuildStatus
from app.builds.views.answering import at_once
from app.builds.views.blueprint import SEE, blueprint
from app.builds.views.undoing import may_undo
from app.foundation.errors import Conflict
from app.foundation.pages.web import see_other
from app.people.access import can, requires
from app.workspace.features import Feature, is_on


@blueprint.get("/builds")
@requires(*SEE)
def index() -> Response:
    """Every build, the last one first."""
    return HISTORY.answer(build_rows(), "builds/index.html", words=words)


@blueprint.get("/builds/<int:build_id>")
@requires(*SEE)
def show(build_id: int) -> str:
    """One build: what it uses or used, what it cost, what happened to it, what can be done with it."""
    page = build_page(build_id)
    undoing = page.can_be_undone and may_undo()
    return render_template(
        "builds/show.html",
        page=page,
        words=words,
        may_undo=undoing,
        assigning=is_on(Feature.BUILD_ASSIGNMENTS),
        undo_refusal=service.undo_refusal(build_id) if undoing else None,
        approval=ApprovalForm() if page.waits_for_review and can("approve_builds") else None,
    )


@blueprint.post("/builds/<int:build_id>/execute")
@requires("execute_builds")
def execute(build_id: int) -> Redirect:
    """A planned build carried out (BLD-50)."""
    return at_once(build_id, lambda: service.execute(build_id, current_user.id), executed)


@blueprint.post("/builds/<int:build_id>/version")
@requires("plan_builds")
def renew(build_id: int) -> Redirect:
    """A planned build moved to the active BOM version (OQ-22)."""
    return at_once(
        build_id,
        lambda: service.move_to_active_version(build_id, current_user.id),
        lambda build: f"{build.number} uses the active version now, with its components.",
    )


@blueprint.post("/builds/<int:build_id>/delete")
@requires("plan_builds")
def delete(build_id: int) -> Redirect:
    """A planned build taken out of the queue (BLD-27)."""
    number = service.get_build(build_id).number
    try:
        service.delete_planned(build_id, current_user.id)
    except Conflict as error:
        flash(error.message, "error")
        return see_other("builds.show", build_id=build_id)
    flash(f"{number} is deleted. No stock has moved.", "success")
    return see_other("builds.queue")


def executed(build: Build) -> str:
    """What an execution has brought, as a sentence."""
    if build.status == BuildStatus.EXECUTED:
        return f"{build.number} is executed. Its output is on the shelf once somebody approves it."
    return f"{build.number} is executed. Its output is on the shelf."

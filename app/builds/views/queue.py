"""The queue: planned builds by priority, and moving them (BLD-24, BLD-25)."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from app.builds import service
from app.builds.display import words
from app.builds.display.queue import QUEUE, WITHOUT_ASSIGNEES, queue_rows
from app.builds.queue.shortfalls import shortfalls
from app.builds.values import Direction
from app.builds.views.blueprint import SEE, blueprint
from app.foundation.errors import Conflict, InvalidInput, NotFoundError
from app.foundation.ids import id_from
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.workspace.features import Feature, is_on

KEPT = ("q", "product", "from", "to", "after", "before")
"""What a list's address may say; nothing else of a request finds its way into the next address."""


@blueprint.get("/builds/queue")
@requires(*SEE)
def queue() -> Response:
    """Planned builds, the most urgent first."""
    assigning = is_on(Feature.BUILD_ASSIGNMENTS)
    listing = QUEUE if assigning else WITHOUT_ASSIGNEES
    if request.args.get("format") == "csv":
        return listing.csv(queue_rows())
    page = listing.page(queue_rows())
    short = shortfalls(build.id for build in page.rows)
    shown = render_template(
        "builds/queue.html", page=page, short=short, words=words, asked=_asked(), assigning=assigning
    )
    return make_response(shown)


@blueprint.post("/builds/<int:build_id>/move")
@requires("plan_builds")
def move(build_id: int) -> Redirect:
    """A planned build stands elsewhere in the queue: one place on, first, or beside another."""
    try:
        if before := request.form.get("before_build"):
            service.move_before(build_id, _beside(before), current_user.id)
        elif after := request.form.get("after_build"):
            service.move_after(build_id, _beside(after), current_user.id)
        else:
            service.move(build_id, _direction(request.form.get("direction", "")), current_user.id)
    except Conflict as error:
        flash(error.message, "error")
    return see_other("builds.queue", **_asked(), _anchor=f"build-{build_id}")


def _asked() -> dict[str, Any]:
    """The list's search, filters and position, as the request has them."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def _beside(text: str) -> int:
    """The id of the build beside which another was put."""
    build_id = id_from(text)
    if build_id is None:
        raise NotFoundError("There is no such build.")
    return build_id


def _direction(text: str) -> Direction:
    if text not in set(Direction):
        raise InvalidInput("A build is moved up, down or to the top.")
    return Direction(text)

"""A planned build edited: how many, for when, by whom, and its lines (BLD-23, BLD-27)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.builds import service
from app.builds.display.components import Component, components_of
from app.builds.editing_form import EditingForm, editing_form
from app.builds.errors import BuildChanged
from app.builds.models import Build
from app.builds.statuses import Event
from app.builds.views.answering import by_form, impossible
from app.builds.views.blueprint import blueprint
from app.extensions import db
from app.people.access import requires
from app.products.service import get_product
from app.workspace.features import Feature, is_on


@blueprint.route("/builds/<int:build_id>/edit", methods=["GET", "POST"])
@requires("plan_builds")
def edit(build_id: int) -> ResponseReturnValue:
    """The form of a planned build; one that is no longer planned has its page say why it stays as it is."""
    build, seen = service.as_seen(build_id)
    if away := impossible(build, Event.EDITED):
        return away
    components = components_of(build_id)
    form = editing_form(build, components, seen)
    try:
        done = _saved(build, form, components)
    except BuildChanged as error:
        return _as_it_is_now(build_id, error), error.status
    return done or (_page(build, form, components), 400 if form.errors else 200)


def _saved(build: Build, form: EditingForm, components: Sequence[Component]) -> Response | None:
    """Where a saved form leads; None while there is a form to show. Raises BuildChanged."""
    if form.is_submitted():  # before anything is missed of lines that have come since
        service.ensure_unchanged(build, form.known(), db.session())
    return by_form(
        build.id,
        form,
        lambda: service.edit_planned(build.id, form.entered(components), current_user.id),
        lambda changed: f"{changed.number} is changed.",
    )


def _as_it_is_now(build_id: int, error: BuildChanged) -> str:
    """What was typed, beside the lines that there are now; it cannot be saved any more."""
    build, seen = service.as_seen(build_id)
    components = components_of(build_id)
    form = editing_form(build, components, seen)
    form.show_new(components)
    form.form_errors.append(error.message)
    return _page(build, form, components, is_stale=True)


def _page(build: Build, form: EditingForm, components: Sequence[Component], *, is_stale: bool = False) -> str:
    return render_template(
        "builds/edit.html",
        build=build,
        product=get_product(build.product_id),
        components=components,
        form=form,
        is_stale=is_stale,
        assigning=is_on(Feature.BUILD_ASSIGNMENTS),
    )

"""A planned build edited: how many, for when, by whom, and its lines (BLD-23, BLD-27)."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.builds import service
from app.builds.components import components_of
from app.builds.editing_form import editing_form
from app.builds.statuses import Event
from app.builds.views.answering import by_form, impossible
from app.builds.views.blueprint import blueprint
from app.people.access import requires
from app.products.service import get_product


@blueprint.route("/builds/<int:build_id>/edit", methods=["GET", "POST"])
@requires("plan_builds")
def edit(build_id: int) -> ResponseReturnValue:
    """The form of a planned build; one that is no longer planned has its page say why it stays as it is."""
    build = service.get_build(build_id)
    if away := impossible(build, Event.EDITED):
        return away
    components = components_of(build_id)
    form = editing_form(build, components)
    done = by_form(
        build_id,
        form,
        lambda: service.edit_planned(build_id, form.entered(components), current_user.id),
        lambda changed: f"{changed.number} is changed.",
    )
    if done:
        return done
    page = render_template(
        "builds/edit.html",
        build=build,
        product=get_product(build.product_id),
        components=components,
        form=form,
    )
    return page, 400 if form.errors else 200

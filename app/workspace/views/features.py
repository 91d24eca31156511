"""Which features the workspace uses."""

from __future__ import annotations

from flask import flash, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from app.foundation.pages.web import see_other
from app.people.access import requires
from app.workspace.features import known_feature, switches, turn
from app.workspace.views.blueprint import blueprint


@blueprint.get("/settings/features")
@requires("manage_features")
def features() -> str:
    """Each feature with what it is for, whether it is on, and its switch (PLAN-5…10)."""
    return render_template("workspace/features.html", switches=switches())


@blueprint.post("/settings/features/<name>/on")
@requires("manage_features")
def turn_feature_on(name: str) -> Response:
    """The feature acts from now on."""
    return _turned(name, True)


@blueprint.post("/settings/features/<name>/off")
@requires("manage_features")
def turn_feature_off(name: str) -> Response:
    """The feature acts no longer; what it did stays."""
    return _turned(name, False)


def _turned(name: str, on: bool) -> Response:
    feature = known_feature(name)
    changed = turn(feature, on, current_user.id)
    word, consequence = ("on", feature.words.on) if on else ("off", feature.words.off)
    if changed:
        flash(f"{feature.label} is {word}. {consequence}", "success")
    else:
        flash(f"{feature.label} is {word} already. Nothing was changed.", "info")
    return see_other("workspace.features")

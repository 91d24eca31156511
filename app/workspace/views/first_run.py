"""The first visit: everything leads to the set-up page until somebody set the workspace up."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import Conflict, InvalidInput
from app.foundation.pages import formatting
from app.foundation.pages.web import see_other
from app.people.sessions import HOME, begin_session
from app.people.sign_in import nobody_yet
from app.workspace.forms import SetupForm
from app.workspace.service import find_workspace
from app.workspace.setup import NewPerson, set_up
from app.workspace.views.blueprint import blueprint

OPEN_BEFORE_SETUP = {"static", "workspace.setup"}
OPEN_PATHS = {"/healthz", "/readyz"}


@blueprint.before_app_request
def lead_to_setup() -> ResponseReturnValue | None:
    """Sends everybody to the set-up page while there is no user; else gives the request its time zone."""
    if request.endpoint in OPEN_BEFORE_SETUP or request.path in OPEN_PATHS:
        return None
    if not current_user.is_authenticated and nobody_yet():
        return see_other("workspace.setup")
    g.workspace = find_workspace()  # kept here, since the session holds what it read only weakly
    if g.workspace is not None:
        formatting.set_time_zone(g.workspace.time_zone)
    return None


@blueprint.app_context_processor
def workspace_for_templates() -> dict[str, object]:
    """`workspace` in every template: the row, or None before the set-up."""
    return {"workspace": find_workspace()}


@blueprint.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    """Name, time zone and currency of the workspace, and its Owner; only while there is no user."""
    if not nobody_yet():
        return see_other("people.login")
    form = SetupForm()
    if not form.validate_on_submit():
        return render_template("workspace/setup.html", form=form), 400 if form.is_submitted() else 200
    typed = form.data
    person = NewPerson(typed["email"], typed["first_name"], typed["last_name"], typed["password"])
    try:
        owner = set_up(person, name=typed["name"], time_zone=typed["time_zone"], currency=typed["currency"])
    except InvalidInput as error:
        form.refuse(error)
        return render_template("workspace/setup.html", form=form), 400
    except Conflict as error:
        flash(error.message, "error")
        return see_other("people.login")
    begin_session(owner)
    flash(f"Welcome to Lotledger, {owner.first_name}. Connect your accounting system next.", "success")
    return redirect(HOME, code=303)

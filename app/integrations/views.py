"""Settings → Integrations: the connections, connecting, reconnecting, disconnecting."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.foundation.errors import Forbidden, InvalidInput, LotledgerError, NotFoundError
from app.foundation.ids import id_from
from app.foundation.pages.web import see_other
from app.integrations import service
from app.integrations.callback_views import page_after
from app.integrations.consent import attempts, switching
from app.integrations.consent.session import session_secret
from app.integrations.page import RefusedTypes, integrations_page
from app.people.access import can, requires, signed_in
from app.providers import registry

blueprint = Blueprint("integrations", __name__, template_folder="templates")


@blueprint.get("/settings/integrations")
@signed_in
def index() -> str:
    """The connections, for those who manage them and for those who sync their items."""
    if not (can("manage_integrations") or can("sync_items")):
        raise Forbidden("Your role does not allow you to see the connections to accounting systems.")
    return render_template("integrations/index.html", page=integrations_page())


@blueprint.post("/integrations/<provider>/connect")
@requires("manage_integrations")
def connect(provider: str) -> Response:
    """Off to the provider's consent page, for a new connection or to renew `connection_id`."""
    if provider not in registry.names():
        raise NotFoundError("There is no such accounting system.")
    try:
        url = attempts.begin(
            provider,
            current_user.id,
            session_secret(),
            connection_id=_connection_to_renew(),
            popup=bool(request.form.get("popup")),
        )
    except LotledgerError as error:
        return _refused(error)
    return redirect(url, code=303)


@blueprint.get("/integrations/attempts/<int:attempt_id>")
@requires("manage_integrations")
def decide(attempt_id: int) -> str:
    """Another company was chosen than was to be renewed: what now (OQ-51)?"""
    question = switching.question(attempt_id, current_user.id, session_secret())
    return render_template("integrations/decide.html", attempt_id=attempt_id, question=question)


@blueprint.post("/integrations/attempts/<int:attempt_id>")
@requires("manage_integrations")
def decided(attempt_id: int) -> Response:
    """The company is replaced, or all stays as it was."""
    answer = switching.switch if request.form.get("decision") == "switch" else switching.keep
    try:
        settled = answer(attempt_id, current_user.id, session_secret())
    except LotledgerError as error:
        return _refused(error)
    flash(settled.sentence, "success")
    return redirect(page_after(settled), code=303)


@blueprint.post("/settings/integrations/<int:connection_id>/disconnect")
@requires("manage_integrations")
def disconnect(connection_id: int) -> Response:
    """The connection is ended; what was synced stays."""
    name = service.get_connection(connection_id).company_name
    problem = service.disconnect(connection_id, current_user.id)
    if problem:
        flash(
            f"{name} is disconnected, but its access could not be withdrawn: {problem} "
            "To be sure, remove Lotledger from the connected apps there.",
            "warning",
        )
    else:
        flash(f"{name} is disconnected. Everything that was synced stays.", "success")
    return see_other("integrations.index")


@blueprint.post("/settings/integrations/<int:connection_id>/item-types")
@requires("manage_integrations")
def item_types(connection_id: int) -> ResponseReturnValue:
    """The next sync lets the chosen item types in (SYNC-4)."""
    ticked = request.form.getlist("item_types")
    try:
        service.choose_item_types(connection_id, ticked, current_user.id)
    except InvalidInput as error:
        refused = RefusedTypes(connection_id, ticked, error.message)
        return render_template("integrations/index.html", page=integrations_page(refused)), 400
    flash("The item types are saved. They count from the next sync on.", "success")
    return see_other("integrations.index")


def _refused(error: LotledgerError) -> Response:
    """The reason above the connections; what is not there is answered as everywhere."""
    if isinstance(error, NotFoundError):
        raise error
    flash(error.message, "error")
    return see_other("integrations.index")


def _connection_to_renew() -> int | None:
    """The id in the form, None for a new connection; raises NotFoundError for anything that is no id."""
    text = request.form.get("connection_id", "")
    if not text:
        return None
    connection_id = id_from(text)
    if connection_id is None:
        raise NotFoundError("There is no such connection.")
    return connection_id

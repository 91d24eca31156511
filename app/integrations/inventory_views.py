"""Where quantities live: asked after connecting (ONB-1), and changed in Settings → Integrations (INV-5)."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.foundation.errors import LotledgerError
from app.foundation.pages.web import see_other
from app.integrations import inventory
from app.integrations.errors import InventoryTaken, NotConnected, QuantitiesFixed
from app.integrations.inventory_page import InventoryChoice, inventory_choice
from app.integrations.models import Connection, ConnectionState
from app.integrations.service import get_connection
from app.people.access import requires

blueprint = Blueprint(
    "inventory",
    __name__,
    template_folder="templates",
    url_prefix="/settings/integrations/<int:connection_id>/inventory",
)


@blueprint.get("")
@requires("manage_integrations")
def choice(connection_id: int) -> str:
    """Both modes side by side, each with its button."""
    return render_template("integrations/inventory/choice.html", choice=_choice(connection_id))


@blueprint.get("/connect")
@requires("manage_integrations")
def before_connecting(connection_id: int) -> ResponseReturnValue:
    """What *Connect inventory* will do, or why it cannot be done."""
    reason = inventory.obstacle(_connected(connection_id))
    if reason:
        return _refused(connection_id, reason)
    return render_template("integrations/inventory/connect.html", choice=_choice(connection_id))


@blueprint.post("/connect")
@requires("manage_integrations")
def connect(connection_id: int) -> ResponseReturnValue:
    """The company's books lead on quantities from the next sync on (INV-6), or the person reads why not."""
    try:
        changed = inventory.connect_inventory(connection_id, current_user.id)
    except (InventoryTaken, QuantitiesFixed) as reason:
        return _refused(connection_id, reason)
    state = f"{get_connection(connection_id).company_name} has the inventory connection"
    meaning = "its next sync brings quantities and costs. Products that are not linked yet stay as they are."
    return _done(changed, state, meaning)


@blueprint.get("/lotledger-only")
@requires("manage_integrations")
def before_leaving(connection_id: int) -> str:
    """What *Set Lotledger only* will do."""
    return render_template("integrations/inventory/lotledger_only.html", choice=_choice(connection_id))


@blueprint.post("/lotledger-only")
@requires("manage_integrations")
def set_lotledger_only(connection_id: int) -> Response:
    """Lotledger leads on quantities (INV-7)."""
    changed = inventory.set_lotledger_only(connection_id, current_user.id)
    state = f"{get_connection(connection_id).company_name} is set to Lotledger only"
    return _done(changed, state, "quantities and costs are kept here, and syncs leave them alone.")


def _done(changed: bool, state: str, meaning: str) -> Response:
    """Back to the connections, with what is so now, or that it was so before."""
    if changed:
        flash(f"{state}: {meaning}", "success")
    else:
        flash(f"{state} already. Nothing was changed.", "info")
    return see_other("integrations.index")


def _refused(connection_id: int, reason: LotledgerError) -> ResponseReturnValue:
    """Both modes, with the reason why one of them is not to be had."""
    flash(reason.message, "error")
    page = render_template("integrations/inventory/choice.html", choice=_choice(connection_id))
    return page, reason.status


def _choice(connection_id: int) -> InventoryChoice:
    return inventory_choice(_connected(connection_id))


def _connected(connection_id: int) -> Connection:
    """The connection; raises NotFoundError, or NotConnected for one that was disconnected."""
    connection = get_connection(connection_id)
    if connection.state == ConnectionState.DISCONNECTED:
        raise NotConnected(connection.company_name)
    return connection

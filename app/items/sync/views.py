"""Buttons that start a sync or a preview and where they are shown, and what a run changed of stock."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import exists, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.foundation.errors import LotledgerError
from app.foundation.pages.web import see_other
from app.integrations.models import Connection
from app.integrations.service import connections
from app.items.models import AccountingItem
from app.items.sync import runs
from app.items.sync.stock_changes import STOCK_CHANGES, changes_of, first_changes
from app.people.access import can, requires
from app.sync.endings import get_run
from app.sync.models import RunStatus, SyncRun
from app.sync.progress import TONES

blueprint = Blueprint("item_sync", __name__)


@blueprint.post("/items/sync")
@requires("sync_items")
def start_only() -> Response:
    """Syncs the only connection that can be synced; with none or two, leads to where one chooses (SYNC-1)."""
    usable = [connection for connection in connections() if connection.is_active]
    if len(usable) == 1:
        return _start(usable[0].id, preview=False)
    flash("Choose which company to sync." if usable else "Connect an accounting system first.", "info")
    return see_other("integrations.index")


@blueprint.post("/items/sync/<int:connection_id>")
@requires("sync_items")
def start(connection_id: int) -> Response:
    """Starts a sync and leads to its page."""
    return _start(connection_id, preview=False)


@blueprint.post("/items/preview/<int:connection_id>")
@requires("sync_items")
def preview(connection_id: int) -> Response:
    """Starts a preview and leads to its page."""
    return _start(connection_id, preview=True)


@blueprint.get("/sync-runs/<int:run_id>/stock")
@requires("sync_items")
def stock(run_id: int) -> Response:
    """All products whose stock a run changed, or would."""
    run = get_run(run_id)
    return STOCK_CHANGES.answer(changes_of(run), "items/stock_changes.html", run=run)


def _start(connection_id: int, *, preview: bool) -> Response:
    try:
        run = runs.start(connection_id, current_user.id, preview=preview)
    except LotledgerError as error:
        if error.status == 404:
            raise
        flash(error.message, "error")
        return see_other("integrations.index")
    return see_other("sync.run", run_id=run.id)


def connection_panel(connection: Connection) -> Markup:
    """Sync and preview buttons on a connection, for people who may press them."""
    if not can("sync_items"):
        return Markup()
    last_run = db.session.scalar(
        select(SyncRun).where(SyncRun.connection_id == connection.id).order_by(SyncRun.id.desc()).limit(1)
    )
    tone = TONES[RunStatus(last_run.status)] if last_run else ""
    return _rendered(
        "_sync_panel", connection=connection, last_run=last_run, tone=tone, ready=connection.is_active
    )


def run_panel(run: SyncRun) -> Markup:
    """What to do next on the page of a run that succeeded."""
    if run.status != RunStatus.SUCCEEDED:
        return Markup()
    if run.is_preview:
        return _rendered("_preview_panel", run=run)
    some = db.session.scalar(select(exists().where(AccountingItem.connection_id == run.connection_id)))
    return _rendered("_synced_panel", run=run, nothing_synced=not some)


def stock_panel(run: SyncRun) -> Markup:
    """On the page of a run that succeeded: the first products whose stock it changed, or would.

    A run from before there was a table of them (migration 0026) has none; its entries tell.
    """
    if run.status != RunStatus.SUCCEEDED or not run.stock_changed:
        return Markup()
    page = first_changes(run)
    return _rendered("_stock_panel", run=run, page=page) if page.rows else Markup()


def _rendered(template: str, **facts: object) -> Markup:
    return Markup(render_template(f"items/{template}.html", **facts))  # noqa: S704 - escaped already

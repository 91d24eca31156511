"""Pages of sync runs: the list, one run with what it changed, its live progress."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, has_request_context, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.foundation.pages.once import once
from app.foundation.pages.web import see_other
from app.people.access import can, requires
from app.sync import runs
from app.sync.changes import described
from app.sync.endings import get_run
from app.sync.listing import ENTRIES, RUNS, entries_of
from app.sync.models import RunStatus, SyncRun
from app.sync.panels import panels_for
from app.sync.progress import TONES, progress_of, starter_of

blueprint = Blueprint("sync", __name__, template_folder="templates")


@blueprint.get("/sync-runs")
@requires("sync_items")
def index() -> Response:
    """All runs, latest first."""
    return RUNS.answer(select(SyncRun), "sync/index.html", tones=TONES)


@blueprint.get("/sync-runs/<int:run_id>")
@requires("sync_items")
def run(run_id: int) -> Response:
    """One run: where it stands, or what it changed."""
    shown = get_run(run_id)
    return ENTRIES.answer(
        entries_of(shown),
        "sync/run.html",
        run=shown,
        tone=TONES[RunStatus(shown.status)],
        starter=starter_of(shown),
        progress=progress_of(shown),
        panels=panels_for(shown),
        described=described,
    )


@blueprint.get("/sync-runs/<int:run_id>/progress")
@requires("sync_items")
def progress(run_id: int) -> str | Response:
    """The live part of an open run's page; once the run has ended, the word to load the page anew."""
    shown = get_run(run_id)
    if not shown.is_open:
        return Response(headers={"HX-Refresh": "true"})
    return render_template(
        "sync/_progress.html", run=shown, tone=TONES[RunStatus(shown.status)], progress=progress_of(shown)
    )


@blueprint.post("/sync-runs/<int:run_id>/cancel")
@requires("sync_items")
def cancel(run_id: int) -> BaseResponse:
    """Asks the run to stop."""
    stopped = runs.cancel(run_id)
    if stopped.status == RunStatus.CANCELLED:
        flash("Stopped. Nothing was changed.", "success")
    elif stopped.is_open:
        flash("The run will stop before it writes anything.", "info")
    else:
        flash("The run had ended already.", "info")
    return see_other("sync.run", run_id=run_id)


@blueprint.app_context_processor
def running_sync() -> dict[str, Any]:
    """The run that is under way, for the top bar of people who may see it."""
    signed_in = has_request_context() and current_user.is_authenticated
    shown = signed_in and can("sync_items")
    return {"running_sync": once("running sync", _running) if shown else None}


def _running() -> dict[str, Any] | None:
    shown = runs.open_run()
    if shown is None:
        return None
    return {
        "title": shown.title,
        "url": url_for("sync.run", run_id=shown.id),
        "progress_url": url_for("sync.progress", run_id=shown.id),
        "since": shown.queued_at,
    }

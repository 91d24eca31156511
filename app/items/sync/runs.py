"""Item syncs and previews as people start them."""

from __future__ import annotations

from app.foundation.clock import utcnow
from app.foundation.errors import Conflict
from app.integrations.service import get_connection, mark_expired, record_problem, record_sync_success
from app.items.sync.pipeline import run_pipeline
from app.providers.errors import AuthorizationLost
from app.sync import endings, runs, work
from app.sync.models import RunKind, RunStatus, SyncRun
from app.sync.work import ActiveRun

JOB = "app.items.jobs.sync_items"


def start(connection_id: int, user_id: int | None, *, preview: bool = False) -> SyncRun:
    """A run waits for a worker; raises SyncLockHeld, or Conflict when the connection cannot be used."""
    kind, title = _described(connection_id, preview)
    return runs.start_in_background(kind, connection_id, title, user_id, JOB)


def run_now(connection_id: int, user_id: int | None, *, preview: bool = False) -> SyncRun:
    """The same, carried out in this process before the call returns."""
    kind, title = _described(connection_id, preview)
    return carry_out(runs.request_run(kind, connection_id, title, user_id).id)


def _described(connection_id: int, preview: bool) -> tuple[RunKind, str]:
    connection = get_connection(connection_id)
    if not connection.is_active:
        raise Conflict(f"{connection.company_name} is not connected at the moment. Reconnect it first.")
    if preview:
        return RunKind.ITEM_PREVIEW, f"Preview of the items of {connection.company_name}"
    return RunKind.ITEM_SYNC, f"Item sync of {connection.company_name}"


def carry_out(run_id: int) -> SyncRun:
    """The queued run has ended, and its connection shows how (CONN-22), unless it never began."""
    run = work.carry_out(run_id, _sync)
    if run.status == RunStatus.SUCCEEDED and not run.is_preview:
        record_sync_success(run.connection_id, run.finished_at or utcnow())
    elif run.status == RunStatus.FAILED and run.started_at is not None:
        record_problem(run.connection_id, run.message or "", run.trace_id)
    return run


def _sync(active: ActiveRun) -> None:
    run = endings.get_run(active.run_id)
    connection_id = run.connection_id
    try:
        run_pipeline(active, run)
    except AuthorizationLost as loss:
        mark_expired(connection_id, loss.message, loss.trace_id)
        raise

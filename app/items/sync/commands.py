"""`items sync`: the same run as the button's, in this process."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from app.foundation.cli import failures_reported, json_option, report
from app.foundation.errors import Conflict
from app.integrations.service import connections as current_connections
from app.items.sync import runs
from app.sync.models import RunStatus, SyncRun


@click.command("sync")
@click.option("--connection", "connection_id", type=int, help="Which connection, when there are two.")
@click.option("--preview", is_flag=True, help="Show what would change, and change nothing.")
@json_option
@with_appcontext
def sync(connection_id: int | None, preview: bool, as_json: bool) -> None:
    """Sync the accounting system's items, under the lock, in this process."""
    with failures_reported(as_json):
        chosen = connection_id if connection_id is not None else _the_only_connection()
        run = runs.run_now(chosen, None, preview=preview)
        report(_facts(run), _text(run), as_json=as_json, failed=run.status != RunStatus.SUCCEEDED)


def _the_only_connection() -> int:
    connections = [each for each in current_connections() if each.is_active]
    if not connections:
        raise Conflict(
            "Nothing is connected. Connect an accounting system under Settings, Integrations first."
        )
    if len(connections) > 1:
        names = ", ".join(f"{each.id} ({each.company_name})" for each in connections)
        raise click.UsageError(f"There are two connections; say which with --connection: {names}.")
    return connections[0].id


def _facts(run: SyncRun) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "status": run.status,
        "created": run.created,
        "updated": run.updated,
        "deactivated": run.deactivated,
        "skipped": run.skipped,
        "errors": [run.message] if run.message else [],
        "seconds": run.seconds or 0,
    }


def _text(run: SyncRun) -> str:
    if run.status != RunStatus.SUCCEEDED:
        return f"{run.title}: {run.status}. {run.message}"
    return (
        f"{run.title}: {run.created} created, {run.updated} updated, {run.deactivated} deactivated, "
        f"{run.skipped} skipped, in {run.seconds or 0:.1f} s."
    )

"""How a run comes to its end, once and for good."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import NotFoundError
from app.foundation.transaction import transaction
from app.sync.models import OPEN_STATUSES, RunStatus, SyncRun
from app.sync.summary import announce

LARGEST_ID = 2**63 - 1


def get_run(run_id: int) -> SyncRun:
    """The run, fresh from the database; raises NotFoundError."""
    run = db.session.get(SyncRun, run_id, populate_existing=True) if run_id <= LARGEST_ID else None
    if run is None:
        raise NotFoundError("There is no such sync run.")
    return run


def end_run(
    run_id: int,
    status: RunStatus,
    message: str,
    trace_id: str | None = None,
    *,
    among: Collection[RunStatus] = OPEN_STATUSES,
) -> SyncRun:
    """The run has ended as `status`, if it stood `among` these at that moment; otherwise it is as it was."""
    statement = (
        update(SyncRun)
        .where(SyncRun.id == run_id, SyncRun.status.in_(among))
        .values(status=status, message=message, trace_id=trace_id, finished_at=utcnow())
    )
    db.session.rollback()
    with transaction() as session:
        ended = session.scalar(statement.returning(SyncRun.id))
    run = get_run(run_id)
    if ended is not None:
        announce(run)
    return run

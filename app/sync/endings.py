"""How a run comes to its end, once and for good."""

from __future__ import annotations

from sqlalchemy import update

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import NotFoundError
from app.foundation.transaction import transaction
from app.sync.models import OPEN_STATUSES, RunStatus, SyncRun
from app.sync.summary import announce


def get_run(run_id: int) -> SyncRun:
    """The run, fresh from the database; raises NotFoundError."""
    run = db.session.get(SyncRun, run_id, populate_existing=True)
    if run is None:
        raise NotFoundError("There is no such sync run.")
    return run


def end_run(run_id: int, status: RunStatus, message: str, trace_id: str | None = None) -> SyncRun:
    """The run has ended as `status`, unless it had ended before."""
    statement = (
        update(SyncRun)
        .where(SyncRun.id == run_id, SyncRun.status.in_(OPEN_STATUSES))
        .values(status=status, message=message, trace_id=trace_id, finished_at=utcnow())
    )
    db.session.rollback()
    with transaction() as session:
        ended = session.scalar(statement.returning(SyncRun.id))
    run = get_run(run_id)
    if ended is not None:
        announce(run)
    return run

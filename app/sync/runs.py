"""What people do with runs: ask for one, look at it, stop it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation.background.jobs import enqueue
from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError
from app.foundation.transaction import transaction
from app.sync import lock
from app.sync.endings import end_run, get_run
from app.sync.errors import RunCancelled, SyncLockHeld
from app.sync.lock import Holder
from app.sync.models import OPEN_STATUSES, RunKind, RunStatus, SyncRun
from app.sync.progress import starter_of
from app.sync.sweep import QUEUE_PATIENCE, sweep

LONGEST_SECONDS = 3600
"""After an hour a worker gives a sync up."""
# Put together once, since every page says whether a sync is under way.
OPEN = select(SyncRun).where(SyncRun.status.in_(OPEN_STATUSES))


def open_run() -> SyncRun | None:
    """The run that waits or works at this moment, if there is one."""
    return db.session.scalar(OPEN)


def request_run(kind: RunKind, connection_id: int, title: str, user_id: int | None) -> SyncRun:
    """A queued run stands in the list; raises SyncLockHeld when another is open or the lock is taken."""
    sweep()
    other = _holder_at_work()
    if other:
        raise SyncLockHeld(other.sentence)
    run = SyncRun(kind=kind, connection_id=connection_id, title=title, started_by=user_id, queued_at=utcnow())
    try:
        with transaction() as session:
            session.add(run)
    except IntegrityError as error:
        if "uq_sync_runs_open" not in str(error):
            raise
        raise SyncLockHeld(_open_sentence()) from error
    return run


def _holder_at_work() -> Holder | None:
    """Who holds the lock; not a run that has ended, whose worker is about to let go or died before it did."""
    other = lock.holder()
    if other is None or other.run_id is None:
        return other
    run = db.session.get(SyncRun, other.run_id, populate_existing=True)
    if run is None or run.is_open:
        return other
    lock.take_away(other)
    return None


def _open_sentence() -> str:
    """Who stands in the way and for how long at most, of a run that may not have taken the lock yet.

    The run is looked at first: one that was running by then has the lock until it ends.
    """
    run = open_run()
    other = lock.holder()
    if other:
        return other.sentence
    if run is None:
        return "A sync or build has just ended. Try again."
    what = f"A sync or build is in progress: {run.title}, started by {starter_of(run)}"
    if run.status == RunStatus.RUNNING:
        return f"{what}, is writing its changes at this moment. Try again in a minute."
    seconds = max(0, round((run.queued_at + QUEUE_PATIENCE - utcnow()).total_seconds()))
    return f"{what}, waits for a worker. It is given up in {seconds} seconds if none comes; try again then."


def start_in_background(
    kind: RunKind, connection_id: int, title: str, user_id: int | None, job: str
) -> SyncRun:
    """A queued run whose `job` a worker will pick up; the run is failed at once if it cannot be queued."""
    run = request_run(kind, connection_id, title, user_id)
    try:
        enqueue("sync", job, run.id, timeout=LONGEST_SECONDS)
    except LotledgerError as error:
        end_run(run.id, RunStatus.FAILED, error.message)
        raise
    return run


def cancel(run_id: int) -> SyncRun:
    """A waiting run has ended; a working one will end without having written anything.

    One that was committing at this moment has ended by itself when the call returns.
    """
    run = end_run(run_id, RunStatus.CANCELLED, RunCancelled().message, among=(RunStatus.QUEUED,))
    if not run.is_open:
        return run
    with transaction() as session:
        session.execute(update(SyncRun).where(SyncRun.id == run_id).values(cancel_requested=True))
    return get_run(run_id)

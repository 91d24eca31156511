"""Ending the runs that nobody else will end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.foundation.clock import utcnow
from app.sync import lock
from app.sync.endings import end_run
from app.sync.errors import SyncLockHeld
from app.sync.models import OPEN_STATUSES, RunStatus, SyncRun

QUEUE_PATIENCE = timedelta(minutes=5)
WORKER_LOST = "The worker stopped in the middle of this run. Nothing was changed; start it again."
NOT_PICKED_UP = (
    "No worker picked this run up within five minutes. Ask whoever runs the server to start one "
    "(flask --app wsgi worker), then start it again."
)


def sweep() -> int:
    """Runs that no worker will end have been ended; returns how many. Safe to call at any time, by anybody.

    A run that works holds the lock. One that says it works, while the lock is free or with somebody else,
    has lost its worker. Taking the lock first draws a new fencing number, so that a holder that was only
    paused cannot commit afterwards.
    """
    late = utcnow() - QUEUE_PATIENCE
    runs = list(db.session.scalars(select(SyncRun).where(SyncRun.status.in_(OPEN_STATUSES))))
    queued = [run.id for run in runs if run.status == RunStatus.QUEUED and run.queued_at < late]
    for run_id in queued:
        end_run(run_id, RunStatus.FAILED, NOT_PICKED_UP, among=(RunStatus.QUEUED,))
    running = [run.id for run in runs if run.status == RunStatus.RUNNING]
    lost = _without_lock(running) if running else []
    return len(queued) + len(lost)


def _without_lock(running: list[int]) -> list[int]:
    try:
        taken = lock.acquire("Clearing up after a lost run", "Lotledger")
    except SyncLockHeld:
        other = lock.holder()
        if other is None:
            return []
        lost = [run_id for run_id in running if run_id != other.run_id]
        taken = None
    else:
        lost = running
    try:
        for run_id in lost:
            end_run(run_id, RunStatus.FAILED, WORKER_LOST)
    finally:
        if taken:
            taken.release()
    return lost

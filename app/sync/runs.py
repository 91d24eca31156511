"""A run from the click to its end: asked for, carried out under the lock, ended by its work or by the sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError, NotFoundError
from app.foundation.jobs import enqueue
from app.foundation.transaction import transaction
from app.people.models import User
from app.providers.errors import ProviderError
from app.sync import lock
from app.sync.errors import RunCancelled, Superseded, SyncLockHeld
from app.sync.lock import SyncLock
from app.sync.models import OPEN_STATUSES, RunKind, RunStatus, SyncRun
from app.sync.summary import announce

log = structlog.get_logger()

QUEUE_PATIENCE = timedelta(minutes=5)
UNEXPECTED = (
    "Something went wrong that Lotledger did not expect, so nothing was changed. "
    "Try again; if it happens again, the server's log has the details."
)
WORKER_LOST = "The worker stopped in the middle of this run. Nothing was changed; start it again."
NOT_PICKED_UP = (
    "No worker picked this run up within five minutes. Ask whoever runs the server to start one "
    "(flask --app wsgi worker), then start it again."
)


@dataclass(frozen=True)
class Counts:
    """What a run did, record by record: each record listed counts once."""

    created: int = 0
    updated: int = 0
    deactivated: int = 0
    skipped: int = 0


def get_run(run_id: int) -> SyncRun:
    """The run, fresh from the database; raises NotFoundError."""
    run = db.session.get(SyncRun, run_id, populate_existing=True)
    if run is None:
        raise NotFoundError("There is no such sync run.")
    return run


def open_run() -> SyncRun | None:
    """The run that waits or works at this moment, if there is one."""
    return db.session.scalar(select(SyncRun).where(SyncRun.status.in_(OPEN_STATUSES)))


def request_run(kind: RunKind, connection_id: int, title: str, user_id: int | None) -> SyncRun:
    """A queued run stands in the list; raises SyncLockHeld when another is open or the lock is taken."""
    sweep()
    other = lock.holder()
    if other:
        raise SyncLockHeld(other.sentence)
    run = SyncRun(
        kind=kind, connection_id=connection_id, title=title, started_by=user_id, queued_at=utcnow()
    )
    try:
        with transaction() as session:
            session.add(run)
    except IntegrityError as error:
        if "uq_sync_runs_open" not in str(error):
            raise
        raise SyncLockHeld(_open_sentence()) from error
    return run


def _open_sentence() -> str:
    run = open_run()
    if run is None:
        return "A sync or build has just ended. Try again."
    word = "waits for a worker" if run.status == RunStatus.QUEUED else "is running"
    return f"A sync or build is in progress: {run.title} {word}. Wait until it ends, then try again."


def start_in_background(
    kind: RunKind, connection_id: int, title: str, user_id: int | None, job: str
) -> SyncRun:
    """A queued run whose `job` a worker will pick up; the run is failed at once if it cannot be queued."""
    run = request_run(kind, connection_id, title, user_id)
    try:
        enqueue("sync", job, run.id, timeout=3600)
    except LotledgerError as error:
        _end(run.id, RunStatus.FAILED, error.message)
        raise
    return run


class ActiveRun:
    """The run as the code that does its work sees it."""

    def __init__(self, run_id: int, sync_lock: SyncLock) -> None:
        self.run_id = run_id
        self.lock = sync_lock

    def expect(self, total: int | None) -> None:
        """The page can show how far the run is; None when nobody knows how many records come."""
        with transaction() as session:
            session.execute(update(SyncRun).where(SyncRun.id == self.run_id).values(total_expected=total))

    def progress(self, processed: int) -> None:
        """`processed` records were read, so the lease is renewed; raises RunCancelled or Superseded."""
        self.lock.renew()
        statement = (
            update(SyncRun)
            .where(SyncRun.id == self.run_id)
            .values(processed=processed, heartbeat_at=utcnow())
            .returning(SyncRun.cancel_requested)
        )
        with transaction() as session:
            cancel = session.scalar(statement)
        if cancel:
            raise RunCancelled

    def stop_if_cancelled(self) -> None:
        """Raises RunCancelled if somebody asked for it; renews nothing, since nothing has moved."""
        with transaction() as session:
            cancel = session.scalar(select(SyncRun.cancel_requested).where(SyncRun.id == self.run_id))
        if cancel:
            raise RunCancelled

    def succeed(self, connection: Connection, counts: Counts) -> None:
        """The run is a success once the caller's transaction, which holds its changes, is committed."""
        connection.execute(
            update(SyncRun)
            .where(SyncRun.id == self.run_id)
            .values(
                status=RunStatus.SUCCEEDED,
                finished_at=utcnow(),
                created=counts.created,
                updated=counts.updated,
                deactivated=counts.deactivated,
                skipped=counts.skipped,
            )
        )


def carry_out(run_id: int, work: Callable[[ActiveRun], None]) -> SyncRun:
    """The queued run has been worked on and has ended, well or badly; a run that is not queued is left alone.

    `work` must call `succeed` in the transaction that holds its changes. Whatever it raises ends the run.
    """
    try:
        active = _begin(run_id)
    except LotledgerError as error:
        return _end(run_id, RunStatus.FAILED, error.message)
    if active is None:
        return get_run(run_id)
    try:
        work(active)
    except LotledgerError as error:
        trace_id = error.trace_id if isinstance(error, ProviderError) else None
        log.warning("sync run ended", run=run_id, reason=error.message, trace_id=trace_id)
        return _end(run_id, _status_for(error), error.message, trace_id)
    except Exception:
        log.exception("sync run failed", run=run_id)
        return _end(run_id, RunStatus.FAILED, UNEXPECTED)
    finally:
        active.lock.release()
    run = get_run(run_id)
    announce(run)
    return run


def _begin(run_id: int) -> ActiveRun | None:
    """Takes the lock, then marks the run as running; None when the run is not waiting any more."""
    run = get_run(run_id)
    if run.status != RunStatus.QUEUED:
        return None
    taken = lock.acquire(run.title, _name_of(run.started_by), run_id)
    values = {"status": RunStatus.RUNNING, "started_at": utcnow(), "heartbeat_at": utcnow(), "fence": taken.fence}
    statement = update(SyncRun).where(SyncRun.id == run_id, SyncRun.status == RunStatus.QUEUED)
    try:
        with transaction() as session:
            begun = session.scalar(statement.values(**values).returning(SyncRun.id))
    except BaseException:
        taken.release()
        raise
    if begun is None:
        taken.release()
        return None
    return ActiveRun(run_id, taken)


def _name_of(user_id: int | None) -> str:
    user = db.session.get(User, user_id) if user_id else None
    return user.full_name if user else "the command line"


def _status_for(error: LotledgerError) -> RunStatus:
    if isinstance(error, RunCancelled):
        return RunStatus.CANCELLED
    return RunStatus.SUPERSEDED if isinstance(error, Superseded) else RunStatus.FAILED


def _end(run_id: int, status: RunStatus, message: str, trace_id: str | None = None) -> SyncRun:
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


def cancel(run_id: int) -> SyncRun:
    """A waiting run has ended; a working one will stop before it writes anything, unless it is writing already."""
    run = get_run(run_id)
    if run.status == RunStatus.QUEUED:
        return _end(run_id, RunStatus.CANCELLED, RunCancelled().message)
    with transaction() as session:
        session.execute(update(SyncRun).where(SyncRun.id == run_id).values(cancel_requested=True))
    return get_run(run_id)


def sweep() -> int:
    """Runs that no worker will end have been ended; returns how many. Safe to call at any time, by anybody.

    A run that works holds the lock. One that says it works, while the lock is free or with somebody else, has lost
    its worker. Taking the lock first draws a new fencing number, so that a holder that was only paused cannot
    commit afterwards.
    """
    late = utcnow() - QUEUE_PATIENCE
    runs = list(db.session.scalars(select(SyncRun).where(SyncRun.status.in_(OPEN_STATUSES))))
    queued = [run.id for run in runs if run.status == RunStatus.QUEUED and run.queued_at < late]
    for run_id in queued:
        _end(run_id, RunStatus.FAILED, NOT_PICKED_UP)
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
            _end(run_id, RunStatus.FAILED, WORKER_LOST)
    finally:
        if taken:
            taken.release()
    return lost

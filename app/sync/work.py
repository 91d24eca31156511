"""Carrying a run out: the work is done under the lock, and its end is written down whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import structlog
from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import Connection, select, text, update

from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError
from app.foundation.transaction import transaction
from app.providers.errors import ProviderError
from app.sync import lock
from app.sync.endings import end_run, get_run
from app.sync.errors import RunCancelled, Superseded
from app.sync.lock import SyncLock
from app.sync.models import RunStatus, SyncRun
from app.sync.progress import starter_of
from app.sync.summary import announce

log = structlog.get_logger()

UNEXPECTED = (
    "Something went wrong that Lotledger did not expect, so nothing was changed. "
    "Try again; if it happens again, the server's log has the details."
)
# How far a run was just before a crash of the database is worth no wait for the disk.
NOT_AWAITED = text("SET LOCAL synchronous_commit = off")


@dataclass(frozen=True)
class Counts:
    """What a run did, record by record: each record listed counts once, each product that followed, too."""

    created: int = 0
    updated: int = 0
    deactivated: int = 0
    skipped: int = 0
    products_changed: int = 0
    stock_changed: int = 0


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
            session.execute(NOT_AWAITED)
            self.lock.limit_silence(session)
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
        """The run is a success once the caller's transaction, which holds its changes, is committed.

        Raises RunCancelled if somebody asked for it up to now; from here on it is too late for that.
        """
        ended = connection.execute(
            update(SyncRun)
            .where(SyncRun.id == self.run_id, SyncRun.status == RunStatus.RUNNING)
            .where(SyncRun.cancel_requested.is_(False))
            .values(
                status=RunStatus.SUCCEEDED,
                finished_at=utcnow(),
                **asdict(counts),
            )
        )
        if not ended.rowcount:
            raise RunCancelled


def carry_out(run_id: int, work: Callable[[ActiveRun], None]) -> SyncRun:
    """The queued run has been worked on and has ended, well or badly; a run that is not queued is left alone.

    `work` must call `succeed` in the transaction that holds its changes. Whatever it raises ends the run.
    """
    try:
        active = _begin(run_id)
    except LotledgerError as error:
        return end_run(run_id, RunStatus.FAILED, error.message)
    if active is None:
        return get_run(run_id)
    try:
        work(active)
    except LotledgerError as error:
        trace_id = error.trace_id if isinstance(error, ProviderError) else None
        log.warning("sync run ended", run=run_id, reason=error.message, trace_id=trace_id)
        return end_run(run_id, _status_for(error), error.message, trace_id)
    except Exception as error:
        log.exception("sync run failed", run=run_id)
        if isinstance(getattr(error, "orig", error), IdleInTransactionSessionTimeout) or _lost(active.lock):
            return end_run(run_id, RunStatus.SUPERSEDED, Superseded().message)
        return end_run(run_id, RunStatus.FAILED, UNEXPECTED)
    finally:
        active.lock.release()
    run = get_run(run_id)
    announce(run)
    return run


def _lost(held: SyncLock) -> bool:
    """Whether the lock is not ours any more, so that the database or another holder has ended our work."""
    try:
        held.renew()
    except Superseded:
        return True
    except LotledgerError:
        return False
    return False


def _begin(run_id: int) -> ActiveRun | None:
    """Takes the lock, then marks the run as running; None when the run is not waiting any more."""
    run = get_run(run_id)
    if run.status != RunStatus.QUEUED:
        return None
    taken = lock.acquire(run.title, starter_of(run), run_id)
    values = {
        "status": RunStatus.RUNNING,
        "started_at": utcnow(),
        "heartbeat_at": utcnow(),
        "fence": taken.fence,
    }
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


def _status_for(error: LotledgerError) -> RunStatus:
    if isinstance(error, RunCancelled):
        return RunStatus.CANCELLED
    return RunStatus.SUPERSEDED if isinstance(error, Superseded) else RunStatus.FAILED

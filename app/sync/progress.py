"""How far a run is, in words and figures, for its page and the top bar."""

from __future__ import annotations

from dataclasses import dataclass

from app.extensions import db
from app.foundation.clock import utcnow
from app.people.models import User
from app.sync.models import RunStatus, SyncRun


@dataclass(frozen=True)
class Progress:
    """`done` of `total` records read (None: nobody knows how many come), and the seconds that may be left."""

    done: int
    total: int | None
    seconds_left: int | None
    waiting: bool
    seconds_waited: int


def progress_of(run: SyncRun) -> Progress:
    """The run's progress as of now; an estimate that was exceeded counts for no estimate."""
    now = utcnow()
    total = run.total_expected if run.total_expected and run.total_expected >= run.processed else None
    return Progress(
        done=run.processed,
        total=total,
        seconds_left=_seconds_left(run, total),
        waiting=run.status == RunStatus.QUEUED,
        seconds_waited=int((now - run.queued_at).total_seconds()),
    )


def _seconds_left(run: SyncRun, total: int | None) -> int | None:
    if not total or not run.processed or run.started_at is None:
        return None
    elapsed = (utcnow() - run.started_at).total_seconds()
    return round(elapsed * (total - run.processed) / run.processed)


def starter_of(run: SyncRun) -> str:
    """Who asked for the run, by name."""
    user = db.session.get(User, run.started_by) if run.started_by else None
    return user.full_name if user else "the command line"


TONES = {
    RunStatus.QUEUED: "neutral",
    RunStatus.RUNNING: "info",
    RunStatus.SUCCEEDED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "warn",
    RunStatus.SUPERSEDED: "warn",
}
"""The badge of each status."""

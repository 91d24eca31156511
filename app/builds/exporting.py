"""What became of a build's export, as told by the room that sends it (BLD-1, BLD-3)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.builds import loading, timeline
from app.builds.models import SOURCE
from app.builds.statuses import BuildStatus, Event
from app.stock.service import Source, mark_exported


def record_export(build_id: int, user_id: int | None, session: Session) -> None:
    """The books have the build, and know of its movements; within the caller's transaction.

    Raises NotFoundError, WrongStatus.
    """
    _record(build_id, Event.EXPORTED, BuildStatus.SYNCED, user_id, session)
    mark_exported(Source(SOURCE, build_id), session)


def record_export_failure(build_id: int, message: str, user_id: int | None, session: Session) -> None:
    """The build's export failed for the reason in `message`; within the caller's transaction.

    Raises NotFoundError, WrongStatus.
    """
    _record(build_id, Event.EXPORT_FAILED, BuildStatus.FAILED, user_id, session, note=message)


def _record(
    build_id: int, event: Event, status: BuildStatus, user_id: int | None, session: Session, note: str = ""
) -> None:
    build = loading.locked(build_id, event, session)
    before = BuildStatus(build.status)
    build.status = status
    timeline.record(session, build, event, user_id, before=before, note=note)

"""What happened to a build, written down as it happens (BLD-4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.builds.models import Build, BuildEvent
from app.builds.statuses import BuildStatus, Event
from app.foundation.clock import utcnow


def record(
    session: Session,
    build: Build,
    event: Event,
    user_id: int | None,
    *,
    before: BuildStatus | None,
    at: datetime | None = None,
    note: str = "",
) -> None:
    """The timeline says that the build went from `before` to where it stands now."""
    session.add(
        BuildEvent(
            build_id=build.id,
            at=at or utcnow(),
            user_id=user_id,
            event=event,
            from_status=before,
            to_status=build.status,
            note=note,
        )
    )

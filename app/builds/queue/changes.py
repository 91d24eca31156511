"""Whether somebody has changed a planned build since its form was opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.builds import loading
from app.builds.errors import BuildChanged
from app.builds.models import Build, BuildEvent
from app.builds.statuses import Event
from app.extensions import db
from app.foundation.ids import NO_ID
from app.people.models import User

PROGRAM = "Lotledger"


def as_seen(build_id: int) -> tuple[Build, int]:
    """The build, and its last change, which is read first, so that a later one is never taken as seen.

    Raises NotFoundError.
    """
    session, build = db.session(), loading.get_build(build_id)
    last = _last_change(build_id, session)
    session.expire(build)
    return loading.get_build(build_id), last.id if last else NO_ID


def ensure_unchanged(build: Build, seen: int, session: Session) -> None:
    """Raises BuildChanged, which names who did it, when the last change is another than the event `seen`."""
    last = _last_change(build.id, session)
    if last is not None and last.id != seen:
        user = session.get(User, last.user_id) if last.user_id else None
        raise BuildChanged(build.number, user.full_name if user else PROGRAM)


def _last_change(build_id: int, session: Session) -> BuildEvent | None:
    """The last event, but that it moved in the queue, of which the form says nothing."""
    events = select(BuildEvent).where(BuildEvent.build_id == build_id, BuildEvent.event != Event.MOVED)
    return session.scalars(events.order_by(BuildEvent.id.desc()).limit(1)).first()

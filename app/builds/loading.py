"""Builds as they are read: one by its id, under lock where it is about to change."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.builds.errors import AlreadyBuilt, AlreadyPlanned, WrongStatus
from app.builds.models import Build, BuildEvent, BuildLine
from app.builds.statuses import BuildStatus, Event, refusal
from app.extensions import db
from app.foundation.errors import NotFoundError
from app.people.models import User

LARGEST_ID = 2**63 - 1
CLAIM = "SELECT pg_advisory_xact_lock(hashtextextended('lotledger:build-form ' || :token, 0))"


def get_build(build_id: int) -> Build:
    """The build; raises NotFoundError."""
    build = db.session.get(Build, build_id) if 0 < build_id <= LARGEST_ID else None
    if build is None:
        raise NotFoundError("There is no such build.")
    return build


def lines_of(build_id: int) -> Sequence[BuildLine]:
    """The build's lines in their order."""
    return db.session.scalars(
        select(BuildLine).where(BuildLine.build_id == build_id).order_by(BuildLine.position)
    ).all()


def events_of(build_id: int) -> Sequence[BuildEvent]:
    """What happened to the build, the first event first."""
    return db.session.scalars(
        select(BuildEvent).where(BuildEvent.build_id == build_id).order_by(BuildEvent.id)
    ).all()


def assignees() -> Sequence[User]:
    """The people to whom a build can be assigned: active members, by name (BLD-36)."""
    order = (func.lower(User.first_name), func.lower(User.last_name), User.id)
    return db.session.scalars(select(User).where(User.is_active).order_by(*order)).all()


def ensure_possible(build: Build, event: Event) -> None:
    """Raises WrongStatus when the event cannot happen to the build where it stands."""
    sentence = refusal(build.number, BuildStatus(build.status), event)
    if sentence:
        raise WrongStatus(sentence)


def locked(build_id: int, event: Event, session: Session) -> Build:
    """The build as it is now, the caller's alone, and where `event` can happen to it.

    Raises NotFoundError, WrongStatus.
    """
    get_build(build_id)
    build = session.get(Build, build_id, with_for_update=True, populate_existing=True)
    if build is None:
        raise NotFoundError("There is no such build.")
    ensure_possible(build, event)
    return build


def refuse_repeated(token: UUID, session: Session) -> None:
    """Raises AlreadyBuilt or AlreadyPlanned when a build that was made with this token stands."""
    build = session.scalar(select(Build).where(Build.token == token))
    if build is not None:
        error = AlreadyPlanned if build.status == BuildStatus.PLANNED else AlreadyBuilt
        raise error(build.number, build.id)


def claim(token: UUID, session: Session) -> None:
    """The form of that token is the caller's alone until the transaction ends.

    Whoever else was sent it waits, to be told then which build it made, whether planned or executed. Raises
    as `refuse_repeated` does.
    """
    session.execute(text(CLAIM), {"token": str(token)})
    refuse_repeated(token, session)


def locked_lines(build: Build, session: Session) -> Sequence[BuildLine]:
    """The lines of a build that is locked, as they are now."""
    wanted = select(BuildLine).where(BuildLine.build_id == build.id).order_by(BuildLine.position)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()

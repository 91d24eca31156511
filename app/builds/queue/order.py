"""The order of planned builds: top is most urgent (BLD-25).

Positions are numbers without meaning but their order. They stand far apart: a build that moves gets one in
the middle between its new neighbours and no other build is written. Only where none is left between two are
all of them spread anew. Whoever changes the order holds the queue, so that no two builds ever get the same
position; an execution, which only leaves the queue, need not. A move looks for its place before it locks what
moves, so that it holds no build while it waits for others.
"""

from __future__ import annotations

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.orm import Session

from app.builds import loading, timeline
from app.builds.errors import LeftQueue
from app.builds.models import Build, number_of
from app.builds.statuses import BuildStatus, Event
from app.builds.values import Direction
from app.foundation.ids import NO_ID
from app.foundation.transaction import transaction

HOLD = "SELECT pg_advisory_xact_lock(hashtext('lotledger:build-queue'))"
APART = 2**32
"""How far apart positions are at first: 32 builds find room at the same place, one after the other."""
# In the order of their ids, as everybody locks builds who locks several, so that no two wait for each other.
HOLD_ALL = "SELECT FROM builds WHERE status = 'planned' ORDER BY id FOR NO KEY UPDATE"
# In the order they have, so that nobody sees a difference.
SPREAD = """
    UPDATE builds SET queue_position = ranked.place * :apart
    FROM (
        SELECT id, row_number() OVER (ORDER BY queue_position, id) AS place
        FROM builds WHERE status = 'planned'
    ) AS ranked
    WHERE builds.id = ranked.id AND builds.status = 'planned'
"""
NOTES = {Direction.UP: "One place up", Direction.DOWN: "One place down", Direction.TOP: "To the top"}


def hold_queue(session: Session) -> None:
    """Nobody else changes the order until the caller's transaction ends."""
    session.execute(text(HOLD))


def next_position(session: Session) -> int:
    """The place after the last planned build; the caller holds the queue."""
    last = select(func.max(Build.queue_position)).where(Build.status == BuildStatus.PLANNED)
    return (session.scalar(last) or 0) + APART


def move(build_id: int, direction: Direction, user_id: int | None) -> Build:
    """The planned build stands one place higher or lower, or first (BLD-25); no change at either end.

    Raises NotFoundError, WrongStatus.
    """
    with transaction() as session:
        hold_queue(session)
        build = loading.locked(build_id, Event.MOVED, session)
        moved = _to_top(build, session) if direction is Direction.TOP else _swap(build, direction, session)
        if moved:
            note = NOTES[direction]
            timeline.record(session, build, Event.MOVED, user_id, before=BuildStatus.PLANNED, note=note)
    return build


def move_before(build_id: int, other_id: int | None, user_id: int | None) -> Build:
    """The planned build stands just before the other one, or last without one; no change if it does so.

    Raises NotFoundError, WrongStatus.
    """
    with transaction() as session:
        hold_queue(session)
        other = None if other_id is None else _in_queue(other_id, session)
        return _put_before(build_id, other, user_id, session)


def move_after(build_id: int, other_id: int, user_id: int | None) -> Build:
    """The planned build stands just after the other one; raises as `move_before` does."""
    with transaction() as session:
        hold_queue(session)
        following = _after(_in_queue(other_id, session), session, but=build_id)
        return _put_before(build_id, following, user_id, session)


def _in_queue(build_id: int, session: Session) -> Build:
    """A build beside which another is put. It may leave at any moment, which leaves its place as good.

    Raises LeftQueue when it has left.
    """
    build = session.get(Build, build_id, populate_existing=True)
    if build is None or build.status != BuildStatus.PLANNED:
        raise LeftQueue(number_of(build_id))
    return build


def _put_before(build_id: int, other: Build | None, user_id: int | None, session: Session) -> Build:
    place = next_position(session) if other is None else _make_room(other, session)
    build = loading.locked(build_id, Event.MOVED, session)
    if not _stands_before(build, other, session):
        build.queue_position = place
        note = f"Before {other.number}" if other else "To the end"
        timeline.record(session, build, Event.MOVED, user_id, before=BuildStatus.PLANNED, note=note)
    return build


def _stands_before(build: Build, other: Build | None, session: Session) -> bool:
    """Whether nothing is between them."""
    return other is build or _after(build, session) is other


def _after(build: Build, session: Session, but: int | None = None) -> Build | None:
    """The planned build that follows in the queue, `but` one left out; None when it is the last."""
    place, here = tuple_(Build.queue_position, Build.id), tuple_(build.queue_position, build.id)
    later = select(Build).where(Build.status == BuildStatus.PLANNED, place > here, Build.id != (but or NO_ID))
    return session.scalar(later.order_by(Build.queue_position, Build.id).limit(1))


def _make_room(other: Build, session: Session) -> int:
    """A place between the other build and the one before it."""
    place = _middle(other, session)
    if place is None:
        session.execute(text(HOLD_ALL))
        session.execute(text(SPREAD), {"apart": APART})
        session.expire_all()
        place = _middle(other, session)
    assert place is not None  # noqa: S101 - there is room now
    return place


def _middle(other: Build, session: Session) -> int | None:
    """The number in the middle before the other build; None when there is none left."""
    place = other.queue_position or 0
    before = select(func.max(Build.queue_position)).where(
        Build.status == BuildStatus.PLANNED, Build.queue_position < place
    )
    above = session.scalar(before)
    if above is None:
        return place - APART
    middle = (above + place) // 2
    return middle if middle > above else None


def _to_top(build: Build, session: Session) -> bool:
    first = session.scalar(select(func.min(Build.queue_position)).where(Build.status == BuildStatus.PLANNED))
    if first is None or build.queue_position == first:
        return False
    build.queue_position = first - APART
    return True


def _swap(build: Build, direction: Direction, session: Session) -> bool:
    """The build and its neighbour have changed places; one that is being executed now is stepped over."""
    place, here = tuple_(Build.queue_position, Build.id), tuple_(build.queue_position, build.id)
    up = direction is Direction.UP
    order = (Build.queue_position.desc(), Build.id.desc()) if up else (Build.queue_position, Build.id)
    beyond = place < here if up else place > here
    wanted = select(Build).where(Build.status == BuildStatus.PLANNED, beyond).order_by(*order).limit(1)
    locking = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    neighbour = session.scalar(locking)
    if neighbour is None:
        return False
    build.queue_position, neighbour.queue_position = neighbour.queue_position, build.queue_position
    return True

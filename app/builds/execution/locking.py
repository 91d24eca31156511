"""The sync lock as a build takes it (BLD-44, LOCK-3): one build at a time, and none while a sync runs.

It is taken for the moment of whatever moves a build's stock: execution, approval, rejection, undoing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.builds import loading
from app.builds.errors import BuildInterrupted
from app.builds.models import Build
from app.builds.statuses import Event
from app.extensions import db
from app.foundation.pages.formatting import format_quantity
from app.foundation.transaction import transaction
from app.people.models import User
from app.products.models import Product
from app.sync import lock
from app.sync.errors import Superseded, SyncLockHeld
from app.sync.lock import Purpose, SyncLock

PATIENCE_SECONDS = 10
"""How long a build waits for the builds before it, unless a test says otherwise."""
PAUSE_SECONDS = 0.03
DOING = {
    Event.EXECUTED: "Build",
    Event.APPROVED: "Approval of",
    Event.REJECTED: "Rejection of",
    Event.REVERSED: "Undoing of",
}
"""What is being done, as those read it who have to wait for it."""


@contextmanager
def moving(build_id: int, event: Event, user_id: int | None) -> Iterator[tuple[Build, Session]]:
    """The build, in the caller's transaction, under lock for an event that moves its stock.

    Raises NotFoundError and WrongStatus, and as `alone` does.
    """
    build = loading.get_build(build_id)
    loading.ensure_possible(build, event)
    product = db.session.get_one(Product, build.product_id)
    what = f"{DOING[event]} {build.number}, {format_quantity(build.quantity)} × {product.name}"
    with alone(what, user_id) as session:
        yield loading.locked(build_id, event, session), session


@contextmanager
def alone(what: str, user_id: int | None) -> Iterator[Session]:
    """The caller's transaction, under the sync lock from its beginning to its commit.

    Raises SyncLockHeld at once while a sync has the lock, and after ten seconds of other builds; and
    BuildInterrupted when the lock lapsed before the commit.
    """
    held = _acquire(what, _name_of(user_id))
    try:
        with transaction() as session:
            held.check(session)
            yield session
    except Superseded as error:
        raise BuildInterrupted from error
    except DBAPIError as error:
        if isinstance(error.orig, IdleInTransactionSessionTimeout):
            raise BuildInterrupted from error
        raise
    finally:
        held.release()


def _acquire(what: str, who: str) -> SyncLock:
    deadline = time.monotonic() + current_app.config.get("BUILD_PATIENCE_SECONDS", PATIENCE_SECONDS)
    while True:
        try:
            return lock.acquire(what, who, purpose=Purpose.BUILD)
        except SyncLockHeld as refusal:
            if not refusal.passing or time.monotonic() >= deadline:
                raise
        time.sleep(PAUSE_SECONDS)


def _name_of(user_id: int | None) -> str:
    user = None if user_id is None else db.session.get(User, user_id)
    return user.full_name if user else "Lotledger"

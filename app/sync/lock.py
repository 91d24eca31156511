"""The sync lock: a lease in Redis, and a fencing number in PostgreSQL that outlives it (LOCK-1…5).

The lease keeps two holders apart in the ordinary case and lapses by itself after a crash. It cannot stop a
holder that was paused past its end, so acquiring also draws a number and writes it into the workspace's
row; each transaction that a holder commits first checks, under a share lock, that its number still stands
there.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import current_app
from psycopg.errors import LockNotAvailable
from redis import RedisError
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict
from app.foundation.redis import redis_client
from app.sync.errors import Superseded, SyncLockHeld

KEY = "lotledger:sync-lock"
LEASE_SECONDS = 300
COMMIT_PATIENCE_SECONDS = 10
"""How long to wait for a former holder that is committing at this moment."""

RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class Purpose(StrEnum):
    """What the lock is held for: a sync, which takes its time, or a build, which is over in a moment."""

    SYNC = "sync"
    BUILD = "build"


@dataclass(frozen=True)
class Holder:
    """Who holds the lock: what for, on whose word, since when (ISO, UTC), and for how long at most."""

    purpose: Purpose
    what: str
    who: str
    since: str
    run_id: int | None
    seconds_left: int
    value: str = field(repr=False)

    @property
    def sentence(self) -> str:
        """What the refused person reads (LOCK-4)."""
        return (
            f"A sync or build is in progress: {self.what}, started by {self.who}. Wait until it ends, then "
            f"try again; its lock lapses by itself in {self.seconds_left} seconds at most."
        )


class SyncLock:
    """The lock as its holder sees it: made by `acquire`, ended by `release`, a lapse or `supersede`."""

    def __init__(self, value: str, fence: int, lease: int) -> None:
        self._value = value
        self._lease = lease
        self.fence = fence

    def renew(self) -> None:
        """The lease runs anew from now; raises Superseded if it is no longer ours."""
        with _reachable():
            renewed = redis_client().eval(RENEW, 1, KEY, self._value, self._lease)
        if not renewed:
            raise Superseded

    def check(self, connection: Connection | Session) -> None:
        """The caller's transaction may commit; raises Superseded if somebody acquired the lock after us.

        The share lock lasts until that transaction ends, so that nobody can acquire between check and commit.
        """
        self.limit_silence(connection)
        statement = text("SELECT 1 FROM workspace WHERE sync_fence = :fence FOR SHARE")
        if connection.scalar(statement, {"fence": self.fence}) is None:
            raise Superseded

    def limit_silence(self, connection: Connection | Session) -> None:
        """The database ends the caller's transaction if we fall silent in it for as long as a lease lasts.

        Otherwise everybody would wait for a holder that was paused there, however long it sleeps.
        """
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{self._lease}s'"))

    def release(self) -> None:
        """The lock is free, if it was still ours. An unreachable Redis lets it lapse instead."""
        try:
            redis_client().eval(RELEASE, 1, KEY, self._value)
        except RedisError:
            current_app.logger.warning("sync lock not released, it will lapse")


@contextmanager
def _reachable() -> Iterator[None]:
    """Turns an unreachable Redis into the sentence that people read."""
    try:
        yield
    except RedisError as error:
        raise Conflict(
            "The lock service (Redis) cannot be reached, so no sync or build can start. "
            "Nothing else is affected; ask whoever runs the server to look at it."
        ) from error


def lease_seconds() -> int:
    """How long the lock lasts without renewal: 300 s, unless a test says otherwise."""
    return int(current_app.config.get("SYNC_LOCK_SECONDS", LEASE_SECONDS))


def acquire(what: str, who: str, run_id: int | None = None, *, purpose: Purpose = Purpose.SYNC) -> SyncLock:
    """The lock is ours from now on; raises SyncLockHeld, with who has it, when it is not free."""
    lease = lease_seconds()
    value = json.dumps(
        {
            "token": secrets.token_hex(16),
            "purpose": purpose,
            "what": what,
            "who": who,
            "since": utcnow().isoformat(),
            "run_id": run_id,
        }
    )
    with _reachable():
        taken = redis_client().set(KEY, value, nx=True, ex=lease)
    if not taken:
        other = holder()
        if other is None:
            raise SyncLockHeld("A sync or build has just ended. Try again.", passing=True)
        raise SyncLockHeld(other.sentence, passing=other.purpose is Purpose.BUILD)
    return _fenced(value, lease)


def _fenced(value: str, lease: int) -> SyncLock:
    try:
        return SyncLock(value, supersede(), lease)
    except BaseException:
        redis_client().eval(RELEASE, 1, KEY, value)
        raise


def supersede() -> int:
    """A new fencing number stands in the workspace's row: no earlier holder can commit. Returns it.

    Raises SyncLockHeld when an earlier holder is committing and does not finish in a few seconds.
    """
    statement = text("UPDATE workspace SET sync_fence = nextval('sync_fence') RETURNING sync_fence")
    patience = min(COMMIT_PATIENCE_SECONDS, lease_seconds())
    try:
        with db.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
            fence = connection.scalar(statement)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise SyncLockHeld(
                "The sync before this one is writing its changes at this moment. Try again in a minute."
            ) from error
        raise
    if fence is None:
        raise Conflict("The workspace has not been set up yet. Open /setup first.")
    return int(fence)


def holder() -> Holder | None:
    """Who holds the lock at this moment; None when it is free. Raises Conflict if Redis cannot be reached."""
    with _reachable():
        pipe = redis_client().pipeline()
        pipe.get(KEY)
        pipe.ttl(KEY)
        value, seconds_left = pipe.execute()
    if value is None:
        return None
    facts: dict[str, Any] = json.loads(value)
    purpose = Purpose(facts.get("purpose", Purpose.SYNC))
    left = max(int(seconds_left), 0)
    return Holder(purpose, facts["what"], facts["who"], facts["since"], facts["run_id"], left, value)


def take_away(other: Holder) -> None:
    """The lock is free, if `other` still holds it; for one that has nothing left to do with it."""
    with _reachable():
        redis_client().eval(RELEASE, 1, KEY, other.value)

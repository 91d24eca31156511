"""Where people are signed in: kept in the database, so that a session that was ended is over for copies too.

Redis may be away without anybody being signed out, or in. Nothing is written while people look at pages.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.people.models import SignIn, User

LIFETIME = timedelta(days=30)
# Put together once, since every request asks.
SIGNED_IN = (
    sa.select(User)
    .join(SignIn, (SignIn.user_id == User.id) & (SignIn.epoch == User.session_epoch))
    .where(
        User.id == sa.bindparam("user_id"),
        SignIn.key_hash == sa.bindparam("key_hash"),
        SignIn.started_at > sa.bindparam("since"),
    )
)


def begin(user: User) -> str:
    """`user` is signed in on one more device; returns the key that the device keeps.

    Rows whose time is over, anybody's, are cleared away on the occasion.
    """
    key = secrets.token_urlsafe(32)
    made = SignIn(key_hash=_hash(key), user_id=user.id, epoch=user.session_epoch)
    with transaction() as session:
        session.execute(sa.delete(SignIn).where(SignIn.started_at <= utcnow() - LIFETIME))
        session.add(made)
    return key


def end(key: str) -> None:
    """The device with this key, and whatever else carries a copy of it, is signed out."""
    with transaction() as session:
        session.execute(sa.delete(SignIn).where(SignIn.key_hash == _hash(key)))


def end_others(user: User, key: str) -> int:
    """`user` is signed out everywhere but on the device with this key; returns from how many devices."""
    with transaction() as session:
        others = sa.delete(SignIn).where(SignIn.user_id == user.id, SignIn.key_hash != _hash(key))
        return len(session.scalars(others.returning(SignIn.key_hash)).all())


def end_all(session: Session, user_id: int) -> None:
    """The user is signed out everywhere once the caller's transaction commits.

    A sign-in that is under way by then comes to nothing.
    """
    session.execute(sa.update(User).where(User.id == user_id).values(session_epoch=User.session_epoch + 1))
    session.execute(sa.delete(SignIn).where(SignIn.user_id == user_id))


def find(user_id: int, key: str) -> User | None:
    """The user, if the device with this key is signed in as them; one query."""
    asked = {"user_id": user_id, "key_hash": _hash(key), "since": utcnow() - LIFETIME}
    return db.session.scalar(SIGNED_IN, asked)


def _hash(key: str) -> bytes:
    """What is stored of a key; unsalted, since 256 random bits cannot be guessed."""
    return hashlib.sha256(key.encode()).digest()

"""Recognising a person by e-mail address and password."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.foundation.errors import InvalidInput
from app.foundation.transaction import transaction
from app.people import passwords
from app.people.emails import clean_email
from app.people.models import User


def authenticate(email: str, password: str) -> User | None:
    """The active member with this address and password, or None; both answers take the same time.

    A hash made with older parameters is replaced on the way.
    """
    user = find_user(email)
    right = passwords.verify(user.password_hash if user else None, password)
    if user is None or not right or not user.is_active:
        return None
    if passwords.is_outdated(user.password_hash):
        with transaction():
            user.password_hash = passwords.hash_password(password)
    return user


def nobody_yet() -> bool:
    """Whether this installation has no user at all, so that it waits for its first-run set-up."""
    return not db.session.scalar(sa.select(sa.exists().select_from(User)))


def find_user(email: str) -> User | None:
    """The user of this address, active or not, or None; also for text that is no address at all."""
    try:
        address = clean_email(email)
    except InvalidInput:
        return None
    return db.session.scalar(sa.select(User).where(sa.func.lower(User.email) == address))

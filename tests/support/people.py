"""Builders of people, and signing in without going through the form."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask.testing import FlaskClient

from app.extensions import db
from app.people.models import User
from app.people.passwords import hash_password

PASSWORD = "correct horse battery"
_numbers = count(1)


def create_user(role: str = "owner", *, password: str = PASSWORD, **overrides: Any) -> User:
    """A stored member in `role`, whose password is `PASSWORD`; needs an open application context."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "email": f"{role}{number}@example.com",
        "first_name": role.capitalize(),
        "last_name": f"Number {number}",
        "role": role,
        "password_hash": hash_password(password),
    }
    user = User(**(values | overrides))
    db.session.add(user)
    db.session.commit()
    return user


def sign_in(client: FlaskClient, user: User) -> None:
    """`client` carries a session of `user` from here on."""
    identity = user.get_id()
    with client.session_transaction() as session:
        session["_user_id"] = identity
        session["_fresh"] = True

"""Builders of people, and signing in without going through the form."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask.testing import FlaskClient

from app.extensions import db
from app.people import sign_ins
from app.people.models import User
from app.people.passwords import hash_password
from app.people.sessions import KEY

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
    """`client` carries a session of `user` from here on; every call is one more device."""
    identity = user.get_id()
    with client.application.app_context():
        key = sign_ins.begin(user)
    with client.session_transaction() as session:
        session["_user_id"] = identity
        session["_fresh"] = True
        session[KEY] = key

"""First-run set-up: the workspace and its Owner come to be together, once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation import audit
from app.foundation.errors import Conflict
from app.foundation.transaction import transaction
from app.people.emails import clean_email
from app.people.models import User
from app.people.passwords import hash_password
from app.people.permissions import Role
from app.people.sign_in import nobody_yet
from app.workspace.service import find_workspace, new_workspace

UNNAMED = "My workspace"
DONE = "This workspace has been set up already. Sign in instead."


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is about to become a user."""

    email: str
    first_name: str
    last_name: str
    password: str


def set_up(person: NewPerson, *, name: str, time_zone: str, currency: str) -> User:
    """The workspace exists and `person` is its Owner.

    Raises Conflict when there is a user already; of two set-ups at once the database lets one through.
    """
    workspace = new_workspace(name=name, time_zone=time_zone, currency=currency)
    owner = _user(person, Role.OWNER)
    try:
        with transaction() as session:
            if not nobody_yet():
                raise Conflict(DONE)
            session.merge(workspace)
            session.add(owner)
            session.flush()
            audit.record(action="workspace.created", subject=name, user_id=owner.id)
    except IntegrityError as error:
        raise Conflict(DONE) from error
    return owner


def create_user(person: NewPerson, role: Role) -> User:
    """`person` is a member, made on the command line, for set-up and recovery.

    A workspace with UTC and USD is made when there is none. Raises Conflict when the address is taken, when
    there is an Owner already, or when the first user would not be the Owner.
    """
    if nobody_yet() and role is not Role.OWNER:
        raise Conflict("There is no user yet. Create the Owner first, with --role owner.")
    user = _user(person, role)
    try:
        with transaction() as session:
            if find_workspace() is None:
                session.add(new_workspace(name=UNNAMED, time_zone="UTC", currency="USD"))
            session.add(user)
            session.flush()
            audit.record(action="user.created", subject=user.email, after={"role": role.value}, user_id=None)
    except IntegrityError as error:
        raise Conflict(_reason(error, user.email)) from error
    return user


def _user(person: NewPerson, role: Role) -> User:
    return User(
        email=clean_email(person.email),
        first_name=person.first_name,
        last_name=person.last_name,
        role=role.value,
        password_hash=hash_password(person.password),
    )


def _reason(error: IntegrityError, email: str) -> str:
    if "uq_users_owner" in str(error.orig):
        owner = db.session.query(User).filter_by(role=Role.OWNER.value).one()
        return f"There is an Owner already ({owner.email}), and a workspace has exactly one."
    return f"{email} is a user already."

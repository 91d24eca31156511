"""Changing what a role may do (ACC-21…24)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.errors import Conflict, Forbidden, InvalidInput
from app.foundation.transaction import transaction
from app.people.access import permissions_of
from app.people.models import RolePermission, User
from app.people.permissions import DEFAULTS, SHOWN, Permission, Role

Matrix = dict[Role, frozenset[Permission]]
Cell = tuple[Role, Permission]


def matrix() -> Matrix:
    """What each role holds."""
    return {role: permissions_of(role) for role in Role}


def fingerprint(current: Matrix) -> str:
    """A short text that is another when any role holds something else."""
    cells = sorted(f"{role}:{permission}" for role, held in current.items() for permission in held)
    return hashlib.sha256(" ".join(cells).encode()).hexdigest()[:16]


def parse_cells(values: Iterable[str]) -> set[Cell]:
    """The cells that a form's `role:permission` values name; raises InvalidInput for any other text."""
    try:
        pairs = [value.split(":", 1) for value in values]
        return {(Role(role), Permission(permission)) for role, permission in pairs}
    except ValueError as error:
        raise InvalidInput("The form holds a permission that does not exist.") from error


def change_permissions(actor: User, granted: set[Cell], *, seen: str) -> list[Role]:
    """The roles below the actor hold exactly what `granted` says of the shown permissions; returns those
    that changed.

    `seen` is the fingerprint of the matrix that the person had before them. Raises Conflict when it has
    changed since; Forbidden for a role that is not below the actor (ACC-24), and for granting what the actor
    does not hold: nobody gains by way of a role that they configure.
    """
    mine = Role(actor.role)
    if any(role not in mine.below for role, _ in granted):
        raise Forbidden(f"The role {mine.label} cannot change the permissions of that role.")
    with transaction() as session:
        session.execute(sa.text("LOCK TABLE role_permissions IN SHARE ROW EXCLUSIVE MODE"))
        current = matrix()
        if fingerprint(current) != seen:
            raise Conflict("Somebody changed the permissions meanwhile. Look again and repeat your change.")
        return [role for role in mine.below if _change(session, actor, role, current, granted)]


def _change(session: Session, actor: User, role: Role, current: Matrix, granted: set[Cell]) -> bool:
    wanted = {permission for permission in SHOWN if (role, permission) in granted}
    changed = {
        permission: permission in wanted
        for permission in SHOWN
        if (permission in current[role]) != (permission in wanted)
    }
    gained = {permission for permission, yes in changed.items() if yes}
    if not gained <= current[Role(actor.role)]:
        raise Forbidden("Nobody can grant a permission that they do not hold.")
    for permission, yes in changed.items():
        _store(session, role, permission, yes)
    if changed:
        before = {permission.value: not yes for permission, yes in changed.items()}
        after = {permission.value: yes for permission, yes in changed.items()}
        audit.record(
            action="permissions.changed", subject=role.label, before=before, after=after, user_id=actor.id
        )
    return bool(changed)


def _store(session: Session, role: Role, permission: Permission, granted: bool) -> None:
    """Keeps the cell only where it differs from the default: defaults can so grow with later releases."""
    if granted == (permission in DEFAULTS[role]):
        key = {"role": role.value, "permission": permission.value}
        session.execute(sa.delete(RolePermission).filter_by(**key))
    else:
        session.merge(RolePermission(role=role.value, permission=permission.value, granted=granted))

"""Who may see what: the one decorator that every view wears, and `can` for templates."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, g
from flask_login import current_user

from app.extensions import db
from app.foundation.errors import Forbidden
from app.people.models import RolePermission, User
from app.people.permissions import EVERYTHING, Permission, Role, effective

P = ParamSpec("P")
R = TypeVar("R")


def requires(*permissions: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view so decorated answers only signed-in people whose role holds one of `permissions`.

    Others get the sign-in page, or Forbidden. An unknown key fails when the view is defined.
    """
    needed = [Permission(permission) for permission in permissions]

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
            if not any(can(each) for each in needed):
                raise Forbidden(
                    f"The role {Role(current_user.role).label} does not allow this. "
                    "The Owner or an Admin can change that under Settings → Permissions."
                )
            return view(*args, **kwargs)

        return checked

    return decorate


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """A view so decorated answers any signed-in person: it shows and changes only what is their own."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
        return view(*args, **kwargs)

    return checked


def can(permission: str) -> bool:
    """Whether the person of this request holds `permission`; nobody holds anything before signing in."""
    return Permission(permission) in _mine()


def allows(user: User, permission: str) -> bool:
    """Whether `user` holds `permission`, for work that is done outside their own requests."""
    return Permission(permission) in permissions_of(Role(user.role))


def permissions_of(role: Role) -> frozenset[Permission]:
    """What `role` holds in this workspace; one query, none for the Owner."""
    return EVERYTHING if role is Role.OWNER else effective(role, overrides(role))


def overrides(role: Role) -> dict[Permission, bool]:
    """The workspace's changes to the defaults of `role`, without keys that this release does not know."""
    rows = db.session.query(RolePermission).filter_by(role=role.value)
    known = set(Permission)
    return {Permission(row.permission): row.granted for row in rows if row.permission in known}


def _mine() -> frozenset[Permission]:
    """The permissions of this request's person, read once per request and person."""
    user = current_user._get_current_object()  # a page asks often, and each look through the proxy takes time
    if not user.is_authenticated:
        return frozenset()
    known: tuple[User, frozenset[Permission]] | None = g.get("permissions")
    if known is None or known[0] is not user:
        known = g.permissions = (user, permissions_of(Role(user.role)))
    return known[1]

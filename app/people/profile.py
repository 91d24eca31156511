"""What people change about themselves."""

from __future__ import annotations

from app.foundation import audit
from app.foundation.errors import InvalidInput, NotFoundError
from app.foundation.transaction import transaction
from app.people import passwords, sign_ins
from app.people.models import SyncMail, User
from app.people.sign_in import find_user


def change_profile(user: User, *, first_name: str, last_name: str, phone: str) -> None:
    """`user` has this name and telephone number (ACC-3)."""
    with transaction():
        user.first_name = first_name
        user.last_name = last_name
        user.phone = phone


def choose_sync_mail(user: User, choice: str) -> None:
    """`user` gets sync summaries by mail never, after failures, or always."""
    with transaction():
        user.sync_mail = SyncMail(choice).value


def change_password(user: User, *, current: str, new: str) -> None:
    """`user` signs in with `new`, and every session begun before is at an end (design section 14).

    Raises InvalidInput when `current` is wrong (ACC-12). The view begins a session on the device that asked,
    which so stays signed in (ACC-13).
    """
    if not passwords.verify(user.password_hash, current):
        raise InvalidInput("This is not your current password.", field="current_password")
    _set_password(user, new, by=user.id)


def reset_password(email: str, new: str) -> User:
    """The user of this address signs in with `new`, set on the command line; every session is at an end.

    Raises NotFoundError when nobody has the address.
    """
    user = find_user(email)
    if user is None:
        raise NotFoundError(f"There is no user {email}.")
    _set_password(user, new, by=None)
    return user


def _set_password(user: User, new: str, *, by: int | None) -> None:
    with transaction() as session:
        user.password_hash = passwords.hash_password(new)
        sign_ins.end_all(session, user.id)
        audit.record(action="password.changed", subject=user.email, user_id=by)

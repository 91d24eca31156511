"""Invitations: links that make somebody a member, once, within seven days (OQ-1)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation import audit
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict, Forbidden, NotFoundError
from app.foundation.transaction import transaction
from app.people import passwords
from app.people.emails import clean_email
from app.people.models import Invitation, User
from app.people.permissions import Role
from app.people.team import given_role

LIFETIME = timedelta(days=7)
GONE = "This invitation is not valid any more. Ask the person who invited you for a new one."


def open_invitations() -> list[Invitation]:
    """Those that were neither accepted nor revoked, lapsed ones included, newest first."""
    query = sa.select(Invitation).where(*Invitation.is_open()).order_by(Invitation.id.desc())
    return list(db.session.scalars(query))


def invite(actor: User, *, email: str, role: str) -> tuple[Invitation, str]:
    """A new invitation, and the token for its link, which is not stored and cannot be shown again.

    Raises InvalidInput for an address or role that cannot be, Conflict where the address is taken.
    """
    address, given = clean_email(email), given_role(actor, role)
    if db.session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == address)):
        raise Conflict(f"{address} is a member already.")
    token, token_hash = _new_token()
    invitation = Invitation(
        email=address,
        role=given.value,
        token_hash=token_hash,
        invited_by_id=actor.id,
        expires_at=utcnow() + LIFETIME,
    )
    try:
        with transaction() as session:
            session.add(invitation)
            _record("invitation.created", actor, invitation)
    except IntegrityError as error:
        raise Conflict(f"{address} has an open invitation already. Renew that one below.") from error
    return invitation, token


def renew(actor: User, invitation_id: int) -> tuple[Invitation, str]:
    """The invitation is good for seven more days with a new token; its former link leads nowhere."""
    token, token_hash = _new_token()
    with transaction():
        invitation = _managed(actor, invitation_id)
        invitation.token_hash = token_hash
        invitation.invited_by_id = actor.id
        invitation.expires_at = utcnow() + LIFETIME
        _record("invitation.renewed", actor, invitation)
    return invitation, token


def revoke(actor: User, invitation_id: int) -> Invitation:
    """The invitation's link leads nowhere."""
    with transaction():
        invitation = _managed(actor, invitation_id)
        invitation.revoked_at = utcnow()
        _record("invitation.revoked", actor, invitation)
    return invitation


def find_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation that `token` opens; raises NotFoundError when it is unknown, used, revoked or lapsed."""
    query = sa.select(Invitation).where(
        Invitation.token_hash == _hash(token), Invitation.expires_at > utcnow(), *Invitation.is_open()
    )
    if lock:
        query = query.with_for_update(of=Invitation)
    invitation = db.session.scalar(query.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFoundError(GONE)
    return invitation


def accept(token: str, *, first_name: str, last_name: str, password: str) -> User:
    """The invited person is a member; the link leads nowhere from now on.

    Raises NotFoundError for a link that is no good, Conflict when the address became a member's meanwhile.
    """
    password_hash = passwords.hash_password(password)
    try:
        with transaction() as session:
            invitation = find_invitation(token, lock=True)
            user = User(
                email=invitation.email,
                first_name=first_name,
                last_name=last_name,
                role=invitation.role,
                password_hash=password_hash,
            )
            session.add(user)
            session.flush()
            invitation.accepted_at, invitation.accepted_by_id = utcnow(), user.id
            _record("invitation.accepted", user, invitation)
    except IntegrityError as error:
        raise Conflict("This e-mail address belongs to a member already. Sign in instead.") from error
    return user


def _managed(actor: User, invitation_id: int) -> Invitation:
    """The open invitation, locked; raises Forbidden when its role is not one that `actor` may give."""
    query = sa.select(Invitation).where(Invitation.id == invitation_id, *Invitation.is_open())
    invitation = db.session.scalar(query.with_for_update(of=Invitation))
    if invitation is None:
        raise NotFoundError("There is no such open invitation.")
    if invitation.role not in Role(actor.role).below:
        raise Forbidden(f"The role {Role(actor.role).label} cannot change this invitation.")
    return invitation


def _new_token() -> tuple[str, bytes]:
    token = secrets.token_urlsafe(32)
    return token, _hash(token)


def _hash(token: str) -> bytes:
    """What is stored of a token; unsalted, since 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def _record(action: str, actor: User, invitation: Invitation) -> None:
    audit.record(action=action, subject=invitation.email, after={"role": invitation.role}, user_id=actor.id)

"""The members: their roles, who is in and who is out, and who owns the workspace."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation import audit
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict, Forbidden, InvalidInput, NotFoundError
from app.foundation.transaction import transaction
from app.people import passwords, sign_ins
from app.people.models import Invitation, User
from app.people.permissions import Role


def members() -> list[User]:
    """Everybody who ever became a member: those who may sign in first, then by name."""
    order = (User.is_active.desc(), sa.func.lower(User.first_name), sa.func.lower(User.last_name), User.id)
    return list(db.session.scalars(sa.select(User).order_by(*order)))


def heirs() -> list[User]:
    """The active Admins, any of whom the Owner may make the Owner."""
    return [member for member in members() if member.is_active and member.role == Role.ADMIN]


def refuse_unless_owner(user: User) -> None:
    """Raises Forbidden for everybody but the Owner."""
    if user.role != Role.OWNER:
        raise Forbidden("Only the Owner can hand the workspace over.")


def given_role(actor: User, role: str) -> Role:
    """`role` as one that `actor` may give; raises InvalidInput for any other text."""
    if role not in Role(actor.role).below:
        raise InvalidInput("Choose one of the roles that are offered.", field="role")
    return Role(role)


def change_role(actor_id: int, member_id: int, role: str) -> User:
    """The member has `role`, from the next request on.

    Raises Forbidden for members who are not below the actor, themselves included.
    """
    with transaction() as session:
        actor, member = _managed(session, actor_id, member_id)
        before, after = member.role, given_role(actor, role).value
        if before != after:
            member.role = after
            _record("team.role_changed", actor, member, {"role": before}, {"role": after})
    return member


def deactivate(actor_id: int, member_id: int) -> User:
    """The member is out at once, on every device, and the invitations they sent are void."""
    with transaction() as session:
        actor, member = _managed(session, actor_id, member_id)
        if member.is_active:
            member.is_active = False
            sign_ins.end_all(session, member.id)
            _revoke_invitations_of(session, member)
            _record("team.deactivated", actor, member, {"active": True}, {"active": False})
    return member


def reactivate(actor_id: int, member_id: int) -> User:
    """The member may sign in again, with the password and role of before."""
    with transaction() as session:
        actor, member = _managed(session, actor_id, member_id)
        if not member.is_active:
            member.is_active = True
            _record("team.reactivated", actor, member, {"active": False}, {"active": True})
    return member


def transfer_ownership(owner_id: int, member_id: int, password: str) -> User:
    """An active Admin is the Owner and the former Owner an Admin: never none, never two (OQ-4).

    Raises InvalidInput when `password` is not the Owner's, Conflict when either is not what was thought.
    """
    stored = db.session.scalar(sa.select(User.password_hash).where(User.id == owner_id))
    if not passwords.verify(stored, password):
        raise InvalidInput("This is not your current password.", field="password")
    with transaction() as session:
        owner, member = _locked(session, owner_id, member_id)
        if owner.role != Role.OWNER:
            raise Conflict("You are not the Owner any more.")
        if member.role != Role.ADMIN or not member.is_active:
            raise Conflict("Only an active Admin can become the Owner.")
        owner.role = Role.ADMIN.value
        session.flush()  # the index that keeps a second Owner out looks at every statement
        member.role = Role.OWNER.value
        _record("team.ownership_transferred", owner, member, {"owner": owner.email}, {"owner": member.email})
    return member


def _managed(session: Session, actor_id: int, member_id: int) -> tuple[User, User]:
    """Actor and member as they are now, locked; raises Forbidden unless the member is below the actor."""
    actor, member = _locked(session, actor_id, member_id)
    if actor.id == member.id:
        raise Forbidden("Nobody changes their own role or membership.")
    if member.role not in Role(actor.role).below:
        raise Forbidden(f"The role {Role(actor.role).label} cannot change this member.")
    return actor, member


def _locked(session: Session, actor_id: int, member_id: int) -> tuple[User, User]:
    """Both users, read anew and locked in the order of their ids: two changes at once cannot cross."""
    query = sa.select(User).where(User.id.in_([actor_id, member_id])).order_by(User.id).with_for_update()
    found = {user.id: user for user in session.scalars(query.execution_options(populate_existing=True))}
    if member_id not in found:
        raise NotFoundError("There is no such member.")
    return found[actor_id], found[member_id]


def _revoke_invitations_of(session: Session, member: User) -> None:
    session.execute(
        sa.update(Invitation)
        .where(Invitation.invited_by_id == member.id, *Invitation.is_open())
        .values(revoked_at=utcnow())
    )


def _record(
    action: str, actor: User, member: User, before: dict[str, object], after: dict[str, object]
) -> None:
    audit.record(action=action, subject=member.email, before=before, after=after, user_id=actor.id)

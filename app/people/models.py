"""Tables of the people: users, where they are signed in, role permissions that were changed, invitations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.foundation.clock import utcnow
from app.people.permissions import Role


class SyncMail(StrEnum):
    """Which sync summaries a person wants by mail."""

    NEVER = "never"
    FAILURES = "failures"
    ALWAYS = "always"


class User(Model):
    """A member of the workspace.

    Also what Flask-Login asks of a user: `is_authenticated`, `is_active`, `is_anonymous`, `get_id`.
    """

    __tablename__ = "users"
    __table_args__ = (
        sa.CheckConstraint("role IN ('owner', 'admin', 'accountant', 'builder')", name="role"),
        sa.CheckConstraint("sync_mail IN ('never', 'failures', 'always')", name="sync_mail"),
        sa.CheckConstraint("is_active OR role <> 'owner'", name="owner_is_active"),
        sa.Index("uq_users_email", sa.text("lower(email)"), unique=True),
        sa.Index("uq_users_owner", "role", unique=True, postgresql_where=sa.text("role = 'owner'")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(sa.Text)
    first_name: Mapped[str] = mapped_column(sa.Text)
    last_name: Mapped[str] = mapped_column(sa.Text)
    phone: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    password_hash: Mapped[str] = mapped_column(sa.Text)
    role: Mapped[str] = mapped_column(sa.Text)
    is_active: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true(), default=True)
    session_epoch: Mapped[int] = mapped_column(sa.Integer, server_default="0", default=0)
    sync_mail: Mapped[str] = mapped_column(
        sa.Text, server_default=SyncMail.FAILURES.value, default=SyncMail.FAILURES.value
    )
    created_at: Mapped[datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), default=utcnow
    )

    @property
    def full_name(self) -> str:
        """First and last name, as other people read it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def role_label(self) -> str:
        """The role as it is written on pages."""
        return Role(self.role).label

    @property
    def is_authenticated(self) -> bool:
        """True: a stored user is somebody, unlike Flask-Login's anonymous visitor."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """False, for the same reason."""
        return False

    def get_id(self) -> str:
        """What the session keeps beside the key of the sign-in."""
        return str(self.id)


class SignIn(Model):
    """A device on which somebody is signed in: the row goes when they sign out, and a copied cookie with it.

    Only the hash of the key is kept; the key itself is in the device's cookie. `epoch` is the user's when the
    password was checked: a sign-in that was under way while all of them were ended so comes to nothing.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (sa.Index("ix_sign_ins_user_id", "user_id"),)

    key_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    epoch: Mapped[int] = mapped_column(sa.Integer)
    started_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), default=utcnow)


class RolePermission(Model):
    """A permission that the workspace gave to a role or took from it, where that differs from the defaults.

    The keys are not checked by the database: a key that a later release dropped is passed over when read.
    """

    __tablename__ = "role_permissions"
    __table_args__ = (sa.CheckConstraint("role IN ('admin', 'accountant', 'builder')", name="role"),)

    role: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    permission: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    granted: Mapped[bool] = mapped_column(sa.Boolean)


class Invitation(Model):
    """A link that makes one person a member, once, for seven days (OQ-1); only the token's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("role IN ('admin', 'accountant', 'builder')", name="role"),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),
        sa.CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_by_somebody"),
        sa.Index(
            "uq_invitations_open",
            sa.text("lower(email)"),
            unique=True,
            postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(sa.Text)
    role: Mapped[str] = mapped_column(sa.Text)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    invited_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), default=utcnow
    )
    expires_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))

    invited_by: Mapped[User] = relationship(foreign_keys=[invited_by_id], lazy="joined", innerjoin=True)

    @classmethod
    def is_open(cls) -> tuple[sa.ColumnElement[bool], ...]:
        """What holds for an invitation that was neither accepted nor revoked; it may have lapsed."""
        return cls.accepted_at.is_(None), cls.revoked_at.is_(None)

    @property
    def has_lapsed(self) -> bool:
        """Whether its seven days are over."""
        return self.expires_at <= utcnow()

    @property
    def role_label(self) -> str:
        """The offered role as it is written on pages."""
        return Role(self.role).label

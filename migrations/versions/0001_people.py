"""People: users, invitations, role permissions; the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_people"
down_revision = None
branch_labels = None
depends_on = None

OPEN = "accepted_at IS NULL AND revoked_at IS NULL"
GIVEN_ROLES = "role IN ('admin', 'accountant', 'builder')"

# Tables that keep history name this function in a trigger; TRUNCATE stays possible for their owner alone.
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""
AUDIT_IS_APPEND_ONLY = """
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Creates the tables."""
    _create_users()
    op.create_table(
        "role_permissions",
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("permission", sa.Text, primary_key=True),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.CheckConstraint(GIVEN_ROLES, name="role"),
    )
    _create_invitations()
    _create_audit_entries()


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False, server_default=""),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("session_epoch", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sync_mail", sa.Text, nullable=False, server_default="failures"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("role IN ('owner', 'admin', 'accountant', 'builder')", name="role"),
        sa.CheckConstraint("sync_mail IN ('never', 'failures', 'always')", name="sync_mail"),
        sa.CheckConstraint("is_active OR role <> 'owner'", name="owner_is_active"),
    )
    op.create_index("uq_users_email", "users", [sa.text("lower(email)")], unique=True)
    op.create_index(
        "uq_users_owner", "users", ["role"], unique=True, postgresql_where=sa.text("role = 'owner'")
    )


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("invited_by_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("accepted_by_id", sa.BigInteger, sa.ForeignKey("users.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(GIVEN_ROLES, name="role"),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),
        sa.CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_by_somebody"),
    )
    op.create_index(
        "uq_invitations_open",
        "invitations",
        [sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )


def _create_audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id")),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("before", postgresql.JSONB),
        sa.Column("after", postgresql.JSONB),
    )
    op.create_index("ix_audit_entries_action_id", "audit_entries", ["action", "id"])
    op.create_index("ix_audit_entries_user_id_id", "audit_entries", ["user_id", "id"])
    op.execute(REFUSE_CHANGE)
    op.execute(AUDIT_IS_APPEND_ONLY)


def downgrade() -> None:
    """Drops the tables."""
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_table("invitations")
    op.drop_table("role_permissions")
    op.drop_table("users")

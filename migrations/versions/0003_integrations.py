"""Connections to accounting systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003_integrations"
down_revision = "0002_workspace"
branch_labels = None
depends_on = None

STATES = "state IN ('active', 'expired', 'disconnected')"
TOKENS_WHILE_CONNECTED = (
    "(state = 'disconnected') = (access_token IS NULL)"
    " AND (state = 'disconnected') = (refresh_token IS NULL)"
    " AND (state = 'disconnected') = (disconnected_at IS NOT NULL)"
)
SOME_ITEM_TYPE = (
    "cardinality(item_types) > 0"
    " AND item_types <@ ARRAY['inventory', 'non_inventory', 'service', 'group', 'bundle']"
)


def upgrade() -> None:
    """Creates connections and oauth_attempts."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "connections",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("external_company_id", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text()),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        sa.Column("access_token", sa.LargeBinary()),
        sa.Column("refresh_token", sa.LargeBinary()),
        sa.Column("access_expires_at", moment),
        sa.Column("refresh_expires_at", moment),
        sa.Column(
            "item_types",
            ARRAY(sa.Text()),
            sa.CheckConstraint(SOME_ITEM_TYPE, name="item_types"),
            nullable=False,
        ),
        sa.Column("connected_by", sa.BigInteger(), sa.ForeignKey("users.id")),
        sa.Column("connected_at", moment, nullable=False),
        sa.Column("disconnected_at", moment),
        sa.Column("last_synced_at", moment),
        sa.Column("last_problem", sa.Text()),
        sa.Column("last_problem_at", moment),
        sa.Column("last_trace_id", sa.Text()),
        sa.CheckConstraint(TOKENS_WHILE_CONNECTED, name="tokens_while_connected"),
        sa.UniqueConstraint("provider", "external_company_id"),
    )
    op.create_table(
        "oauth_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), sa.ForeignKey("connections.id")),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment),
        sa.Column("held_grant", sa.LargeBinary()),
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_table("oauth_attempts")
    op.drop_table("connections")

"""Sync runs and their entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004_sync"
down_revision = "0003_integrations"
branch_labels = None
depends_on = None

KINDS = "kind IN ('item_sync', 'item_preview', 'sales_sync')"
STATUSES = "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'superseded')"


def upgrade() -> None:
    """Creates sync_runs and sync_entries."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text(), sa.CheckConstraint(KINDS, name="kind"), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Text(),
            sa.CheckConstraint(STATUSES, name="status"),
            nullable=False,
            server_default="queued",
        ),
        sa.Column("started_by", sa.BigInteger(), sa.ForeignKey("users.id")),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("started_at", moment),
        sa.Column("finished_at", moment),
        sa.Column("heartbeat_at", moment),
        sa.Column("fence", sa.BigInteger()),
        sa.Column("total_expected", sa.Integer()),
        *[
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("processed", "created", "updated", "deactivated", "skipped")
        ],
        sa.Column("message", sa.Text()),
        sa.Column("trace_id", sa.Text()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_sync_runs_connection_id", "sync_runs", ["connection_id", "id"])
    op.execute(
        "CREATE UNIQUE INDEX uq_sync_runs_open ON sync_runs ((true)) WHERE status IN ('queued', 'running')"
    )
    op.create_table(
        "sync_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column(
            "run_id", sa.BigInteger(), sa.ForeignKey("sync_runs.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "action",
            sa.Text(),
            sa.CheckConstraint("action IN ('created', 'updated', 'deactivated')", name="action"),
            nullable=False,
        ),
        sa.Column("changes", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.create_index("ix_sync_entries_run_id", "sync_entries", ["run_id", "action", "id"])
    op.create_index("ix_sync_entries_external_id", "sync_entries", ["external_id", "id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("sync_entries")
    op.drop_table("sync_runs")

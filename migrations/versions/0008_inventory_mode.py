"""Where each connection's quantities live."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_inventory_mode"
down_revision = "0007_stock"
branch_labels = None
depends_on = None

INDEX = "uq_connections_one_in_sync"


def upgrade() -> None:
    """Adds connections.inventory_mode, not chosen yet anywhere; one connected company at most is in Sync."""
    op.add_column("connections", sa.Column("inventory_mode", sa.Text()))
    op.create_check_constraint(
        "inventory_mode", "connections", "inventory_mode IN ('sync', 'lotledger_only')"
    )
    op.create_index(
        INDEX,
        "connections",
        ["inventory_mode"],
        unique=True,
        postgresql_where=sa.text("inventory_mode = 'sync' AND state <> 'disconnected'"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_index(INDEX, "connections")
    op.drop_column("connections", "inventory_mode")

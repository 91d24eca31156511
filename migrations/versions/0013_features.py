"""The feature switches, all of them off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_features"
down_revision = "0012_boms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table; a feature without a row is off."""
    op.create_table(
        "feature_switches",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("is_on", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("changed_by", sa.BigInteger, sa.ForeignKey("users.id")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("feature_switches")

"""Indexes by which builds are listed: by the day of their execution, and the queue by target date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_build_lists"
down_revision = "0014_builds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates both."""
    op.create_index("ix_builds_executed_at_id", "builds", ["executed_at", "id"])
    op.create_index(
        "ix_builds_target_date", "builds", ["target_date"], postgresql_where=sa.text("status = 'planned'")
    )


def downgrade() -> None:
    """Drops both."""
    op.drop_index("ix_builds_target_date")
    op.drop_index("ix_builds_executed_at_id")

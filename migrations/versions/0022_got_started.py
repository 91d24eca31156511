"""The workspace remembers when its first steps were all done, so that they are not asked for again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_got_started"
down_revision = "0021_ledger_truncate"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; who is done already is seen to be when the start page is next looked at."""
    op.add_column("workspace", sa.Column("got_started_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("workspace", "got_started_at")

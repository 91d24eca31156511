"""Where people are signed in, so that signing out ends a session for every copy of its cookie."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_sign_ins"
down_revision = "0017_cheaper_syncs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table; everybody signs in once more."""
    op.create_table(
        "sign_ins",
        sa.Column("key_hash", sa.LargeBinary, primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])


def downgrade() -> None:
    """Drops it; everybody signs in once more."""
    op.drop_table("sign_ins")

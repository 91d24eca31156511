"""The workspace, and the sequence that numbers the holders of the sync lock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_workspace"
down_revision = "0001_people"
branch_labels = None
depends_on = None

ADDRESS = ("address_line_1", "address_line_2", "city", "region", "postal_code", "country")


def upgrade() -> None:
    """Creates the table and the sequence."""
    op.create_table(
        "workspace",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in ADDRESS),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("sync_fence", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("id = 1", name="only_one"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )
    op.execute("CREATE SEQUENCE sync_fence")


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP SEQUENCE sync_fence")
    op.drop_table("workspace")

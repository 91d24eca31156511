"""Files that were sent to be imported as products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_product_uploads"
down_revision = "0008_inventory_mode"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "product_uploads",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("sheet", postgresql.JSONB),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True)),
        sa.Column("products_made", sa.Integer),
    )
    op.create_index(
        "ix_product_uploads_waiting",
        "product_uploads",
        ["created_at"],
        postgresql_where=sa.text("imported_at IS NULL"),
    )


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("product_uploads")

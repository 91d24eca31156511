"""Why stock was adjusted by hand, and which products can run low."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_stock_adjustments"
down_revision = "0009_product_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table and the index by which low stock is listed."""
    op.create_table(
        "stock_adjustments",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("token", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id")),
        sa.Column("adjusted_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("token", name="uq_stock_adjustments_token"),
        sa.CheckConstraint(
            "reason IN ('received_stock', 'count_correction', 'breakage_loss', 'other')", name="reason"
        ),
    )
    op.create_index("ix_stock_adjustments_product_id", "stock_adjustments", ["product_id"])
    op.create_index(
        "ix_products_reorder_point",
        "products",
        [sa.text("lower(name)"), "id"],
        postgresql_where=sa.text("reorder_point IS NOT NULL"),
    )


def downgrade() -> None:
    """Drops both."""
    op.drop_index("ix_products_reorder_point")
    op.drop_table("stock_adjustments")

"""Indexes from which long lists are read without their tables: a product's history, and low stock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_list_indexes"
down_revision = "0015_build_lists"
branch_labels = None
depends_on = None

HISTORY = "ix_stock_transactions_product_id_id"
REORDER_POINT = "ix_products_reorder_point"
WITH_POINT = sa.text("reorder_point IS NOT NULL")


def upgrade() -> None:
    """Replaces two indexes by others that also hold what lists are narrowed by.

    No further index on stock transactions: of a hundred thousand that a sync writes, each would be one more
    place in it, whereas a wider one costs next to nothing.
    """
    op.drop_index(HISTORY, "stock_transactions")
    op.create_index(
        HISTORY,
        "stock_transactions",
        ["product_id", "id"],
        postgresql_include=["occurred_at", "kind", "quantity"],
    )
    op.drop_index(REORDER_POINT, "products")
    op.create_index(
        REORDER_POINT,
        "products",
        ["id"],
        postgresql_include=["reorder_point", "is_active"],
        postgresql_where=WITH_POINT,
    )


def downgrade() -> None:
    """Takes the narrow ones back."""
    op.drop_index(HISTORY, "stock_transactions")
    op.create_index(HISTORY, "stock_transactions", ["product_id", "id"])
    op.drop_index(REORDER_POINT, "products")
    op.create_index(REORDER_POINT, "products", [sa.text("lower(name)"), "id"], postgresql_where=WITH_POINT)

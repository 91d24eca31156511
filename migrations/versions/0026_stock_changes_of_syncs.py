"""What a sync changed of a product's stock stands in a table of its own, as numbers.

Among the entries of a run each was a document that had to be made, and named and indexed like what happened
to a record of the books: a tenth of a sync that brings every product another quantity. The entries that
there are stay where they can be read, as changes of products.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_stock_changes_of_syncs"
down_revision = "0025_cheaper_rows"
branch_labels = None
depends_on = None

BEFORE = "action IN ('created', 'updated', 'deactivated', 'product', 'stock')"
NOW = "action IN ('created', 'updated', 'deactivated', 'product')"

# What did not change was not said; an item that is not linked any more cannot be told.
AS_ENTRIES = """
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT c.run_id, coalesce(i.external_id, ''), p.name, 'stock', jsonb_strip_nulls(jsonb_build_object(
        'on_hand', CASE WHEN on_hand_after <> on_hand_before THEN jsonb_build_array(
            trim_scale(on_hand_before)::text, trim_scale(on_hand_after)::text) END,
        'unit_cost', CASE WHEN unit_cost_after <> unit_cost_before THEN jsonb_build_array(
            trim_scale(unit_cost_before)::text, trim_scale(unit_cost_after)::text) END
    ))
    FROM sync_stock_changes c
    JOIN sync_runs r ON r.id = c.run_id
    JOIN products p ON p.id = c.product_id
    LEFT JOIN item_links l ON l.product_id = c.product_id AND l.connection_id = r.connection_id
    LEFT JOIN accounting_items i ON i.id = l.accounting_item_id
    ORDER BY c.run_id, c.product_id
"""


def upgrade() -> None:
    """Adds the table; entries of stock become entries of products."""
    op.create_table(
        "sync_stock_changes",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand_before", sa.Numeric(18, 4), nullable=False),
        sa.Column("on_hand_after", sa.Numeric(18, 4), nullable=False),
        sa.Column("unit_cost_before", sa.Numeric(18, 6), nullable=False),
        sa.Column("unit_cost_after", sa.Numeric(18, 6), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "product_id"),
    )
    op.execute("UPDATE sync_entries SET action = 'product' WHERE action = 'stock'")
    replace_check(NOW)


def downgrade() -> None:
    """Has them among the entries again."""
    replace_check(BEFORE)
    op.execute(AS_ENTRIES)
    op.drop_table("sync_stock_changes")


def replace_check(condition: str) -> None:
    """The actions of entries are these."""
    op.drop_constraint("action", "sync_entries", type_="check")
    op.create_check_constraint("action", "sync_entries", condition)

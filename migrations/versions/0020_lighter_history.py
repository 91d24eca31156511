"""What a sync of a hundred thousand items writes costs less: fewer indexes, and no document read twice.

- Entries of a run are found by their run, and their key is that index. What syncs did to one item is asked
  now and then only: a summary of each stretch of the table will do for that.
- Where a movement came from is asked of builds, adjustments and the like, never of a sync.
- The provider's document is kept as it came. It was read once, when it came, and need not be checked again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_lighter_history"
down_revision = "0019_build_search"
branch_labels = None
depends_on = None

SOURCES = "ix_stock_transactions_source_kind_source_id"
OF_ITEMS = "ix_sync_entries_external_id"
SUMMARY = f"""
    CREATE INDEX {OF_ITEMS} ON sync_entries
    USING brin (external_id text_bloom_ops(n_distinct_per_range = 2000))
    WITH (pages_per_range = 16, autosummarize = on)
"""


def upgrade() -> None:
    """Exchanges the indexes, and lets documents be text."""
    op.drop_constraint("pk_sync_entries", "sync_entries", type_="primary")
    op.drop_index("ix_sync_entries_run_id", "sync_entries")
    op.create_primary_key("pk_sync_entries", "sync_entries", ["run_id", "action", "id"])
    op.drop_index(OF_ITEMS, "sync_entries")
    op.execute(SUMMARY)
    op.drop_index(SOURCES, "stock_transactions")
    op.create_index(
        SOURCES,
        "stock_transactions",
        ["source_kind", "source_id"],
        postgresql_where=sa.text("source_kind <> 'sync_run'"),
    )
    op.execute("ALTER TABLE accounting_items ALTER raw TYPE text")


def downgrade() -> None:
    """Takes the former ones back."""
    op.execute("ALTER TABLE accounting_items ALTER raw TYPE json USING raw::json")
    op.drop_index(SOURCES, "stock_transactions")
    op.create_index(SOURCES, "stock_transactions", ["source_kind", "source_id"])
    op.drop_index(OF_ITEMS, "sync_entries")
    op.create_index(OF_ITEMS, "sync_entries", ["external_id", "id"])
    op.drop_constraint("pk_sync_entries", "sync_entries", type_="primary")
    op.create_primary_key("pk_sync_entries", "sync_entries", ["id"])
    op.create_index("ix_sync_entries_run_id", "sync_entries", ["run_id", "action", "id"])

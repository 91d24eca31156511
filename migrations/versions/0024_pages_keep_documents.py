"""A provider's documents are kept with the page that they came on, not with each item.

A sync that changes every item wrote each document with it, four fifths of the row; now it writes a page's at
once, and an item's row is short. The pages that were known are forgotten, so that the next sync reads
everything once and keeps its documents.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_pages_keep_documents"
down_revision = "0023_rename_builds"
branch_labels = None
depends_on = None

PAGES = "accounting_item_pages"


def upgrade() -> None:
    """Moves where documents are kept."""
    op.drop_column("accounting_items", "raw")
    op.execute(f"DELETE FROM {PAGES}")
    op.add_column(PAGES, sa.Column("run_id", sa.BigInteger, nullable=False))
    op.add_column(PAGES, sa.Column("documents", sa.Text, nullable=False))
    # Packing half a megabyte, page after page, takes longer than writing it.
    op.execute(f"ALTER TABLE {PAGES} ALTER documents SET STORAGE EXTERNAL")
    op.drop_constraint("pk_accounting_item_pages", PAGES, type_="primary")
    op.create_primary_key("pk_accounting_item_pages", PAGES, ["connection_id", "run_id", "number"])


def downgrade() -> None:
    """Takes the former column back, which the next sync fills: no item's document is known until then."""
    op.execute(f"DELETE FROM {PAGES}")
    op.drop_constraint("pk_accounting_item_pages", PAGES, type_="primary")
    op.drop_column(PAGES, "documents")
    op.drop_column(PAGES, "run_id")
    op.create_primary_key("pk_accounting_item_pages", PAGES, ["connection_id", "number"])
    op.add_column("accounting_items", sa.Column("raw", sa.Text, nullable=False, server_default=""))
    op.alter_column("accounting_items", "raw", server_default=None)
    op.execute("UPDATE accounting_items SET content_hash = ''")

"""Rows that a sync changes by the hundred thousand cost less each.

- An item's words are stored by a trigger for a new row, and by the statement that renames an item. While the
  database made them itself (a generated column), PostgreSQL 18 read the column's expression anew for each row
  that was updated, even where no name had changed: more than half of what updating an item took.
- A movement's lot, and the movements that it refers to, are looked at where it has one. As foreign keys they
  were looked at for each movement, though hardly any has one. Neither movements nor lots are ever deleted, so
  that what was there once stays.
- A page's documents are stored packed, in a tenth of the room. The pages that were known are forgotten, so
  that the next sync reads everything once and keeps its documents.
- What syncs did to one item is found by shorter stretches of the table: where a sync was given up, the next
  one fills the room that it left, and adds to a stretch's summary with each row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_cheaper_rows"
down_revision = "0024_pages_keep_documents"
branch_labels = None
depends_on = None

WORDS = """
    CREATE FUNCTION lotledger_item_words(full_name text, sku text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT lotledger_words(full_name || ' ' || coalesce(sku, '')) $$
"""
TAKE_WORDS = """
    CREATE FUNCTION lotledger_take_item_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.search := lotledger_item_words(NEW.full_name, NEW.sku);
        RETURN NEW;
    END $$
"""
WHEN_LISTED = """
    CREATE TRIGGER take_words BEFORE INSERT ON accounting_items
    FOR EACH ROW EXECUTE FUNCTION lotledger_take_item_words()
"""
GENERATED = """
    ALTER TABLE accounting_items ADD search tsvector
    GENERATED ALWAYS AS (lotledger_words(full_name || ' ' || coalesce(sku, ''))) STORED
"""

REFERENCES = (
    ("reverses_id", "stock_transactions"),
    ("gives_back_id", "stock_transactions"),
    ("lot_id", "lots"),
)
IT_IS_THERE = """
    CREATE FUNCTION lotledger_refer_to_what_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.lot_id IS NOT NULL AND NOT EXISTS (SELECT FROM lots WHERE id = NEW.lot_id)
            OR NEW.reverses_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM stock_transactions WHERE id = NEW.reverses_id)
            OR NEW.gives_back_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM stock_transactions WHERE id = NEW.gives_back_id)
        THEN
            RAISE foreign_key_violation
                USING MESSAGE = 'stock_transactions refers to a lot or a movement that does not exist';
        END IF;
        RETURN NULL;
    END $$
"""
WHEN_REFERRING = """
    CREATE TRIGGER refer_to_what_is_there AFTER INSERT ON stock_transactions FOR EACH ROW
    WHEN (NEW.lot_id IS NOT NULL OR NEW.reverses_id IS NOT NULL OR NEW.gives_back_id IS NOT NULL)
    EXECUTE FUNCTION lotledger_refer_to_what_is_there()
"""
LOTS_ARE_KEPT = """
    CREATE TRIGGER kept_for_good BEFORE DELETE OR TRUNCATE ON lots
    FOR EACH STATEMENT EXECUTE FUNCTION lotledger_kept_for_good()
"""

PAGES = "accounting_item_pages"
OF_ITEMS = "ix_sync_entries_external_id"
SUMMARY = f"""
    CREATE INDEX {OF_ITEMS} ON sync_entries
    USING brin (external_id text_bloom_ops(n_distinct_per_range = %d))
    WITH (pages_per_range = %d, autosummarize = on)
"""


def keep_documents_as(kind: sa.types.TypeEngine[object]) -> None:
    """Documents of that type are kept as they are given; those that were known are forgotten."""
    op.execute(f"DELETE FROM {PAGES}")
    op.drop_column(PAGES, "documents")
    op.add_column(PAGES, sa.Column("documents", kind, nullable=False))
    op.execute(f"ALTER TABLE {PAGES} ALTER documents SET STORAGE EXTERNAL")


def upgrade() -> None:
    """Has words, references, documents and history kept the cheaper way."""
    op.execute("ALTER TABLE accounting_items ALTER search DROP EXPRESSION")
    for statement in (WORDS, TAKE_WORDS, WHEN_LISTED):
        op.execute(statement)
    for column, _ in REFERENCES:
        op.drop_constraint(f"fk_stock_transactions_{column}", "stock_transactions", type_="foreignkey")
    for statement in (IT_IS_THERE, WHEN_REFERRING, LOTS_ARE_KEPT):
        op.execute(statement)
    keep_documents_as(sa.LargeBinary())
    op.drop_index(OF_ITEMS, "sync_entries")
    op.execute(SUMMARY % (500, 4))


def downgrade() -> None:
    """Takes the former ways back."""
    op.drop_index(OF_ITEMS, "sync_entries")
    op.execute(SUMMARY % (2000, 16))
    keep_documents_as(sa.Text())
    op.execute("DROP TRIGGER kept_for_good ON lots")
    op.execute("DROP TRIGGER refer_to_what_is_there ON stock_transactions")
    op.execute("DROP FUNCTION lotledger_refer_to_what_is_there()")
    for column, table in REFERENCES:
        name = f"fk_stock_transactions_{column}"
        op.create_foreign_key(name, "stock_transactions", table, [column], ["id"])
    op.execute("DROP TRIGGER take_words ON accounting_items")
    op.execute("DROP FUNCTION lotledger_take_item_words()")
    op.execute("DROP FUNCTION lotledger_item_words(text, text)")
    op.drop_column("accounting_items", "search")
    op.execute(GENERATED)
    op.create_index("ix_accounting_items_search", "accounting_items", ["search"], postgresql_using="gin")

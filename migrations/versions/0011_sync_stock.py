"""What runs of a sync did to stock and products, and cheaper rows for a hundred thousand of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_sync_stock"
down_revision = "0010_stock_adjustments"
branch_labels = None
depends_on = None

BEFORE = "action IN ('created', 'updated', 'deactivated')"
NOW = "action IN ('created', 'updated', 'deactivated', 'product', 'stock')"

# Neither a connection nor a run is ever deleted, which triggers see to. A foreign key would look for the same
# parent once more for each of a hundred thousand rows, and that is a tenth of a first sync.
KEPT_FOR_GOOD = """
    CREATE FUNCTION lotledger_kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are kept for good', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
"""
PARENTS = ("connections", "sync_runs")
FOREIGN_KEYS = (("accounting_items", "connection_id", "connections"), ("sync_entries", "run_id", "sync_runs"))


def upgrade() -> None:
    """Adds the counts and the actions; triggers take the place of two foreign keys."""
    for name in ("products_changed", "stock_changed"):
        op.add_column("sync_runs", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _replace_check(NOW)
    op.execute(KEPT_FOR_GOOD)
    for table in PARENTS:
        op.execute(
            f"CREATE TRIGGER kept_for_good BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION lotledger_kept_for_good()"
        )
    for table, column, _ in FOREIGN_KEYS:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")


def downgrade() -> None:
    """Takes them back, with the entries that only this version knows."""
    for table, column, parent in FOREIGN_KEYS:
        ondelete = "CASCADE" if parent == "sync_runs" else None
        op.create_foreign_key(f"fk_{table}_{column}", table, parent, [column], ["id"], ondelete=ondelete)
    for table in PARENTS:
        op.execute(f"DROP TRIGGER kept_for_good ON {table}")
    op.execute("DROP FUNCTION lotledger_kept_for_good()")
    op.execute("DELETE FROM sync_entries WHERE action IN ('product', 'stock')")
    _replace_check(BEFORE)
    for name in ("products_changed", "stock_changed"):
        op.drop_column("sync_runs", name)


def _replace_check(condition: str) -> None:
    op.drop_constraint("action", "sync_entries", type_="check")
    op.create_check_constraint("action", "sync_entries", condition)

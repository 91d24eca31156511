"""The ledger's history cannot be emptied either: TRUNCATE is refused like UPDATE and DELETE."""

from __future__ import annotations

from alembic import op

revision = "0021_ledger_truncate"
down_revision = "0020_lighter_history"
branch_labels = None
depends_on = None

TRIGGER = """
    CREATE TRIGGER stock_transactions_not_emptied BEFORE TRUNCATE ON stock_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_stock_history_change()
"""


def upgrade() -> None:
    """Adds the trigger."""
    op.execute(TRIGGER)


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TRIGGER stock_transactions_not_emptied ON stock_transactions")

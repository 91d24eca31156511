"""The stock ledger: levels, transactions, lots and what was drawn from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_stock"
down_revision = "0006_items"
branch_labels = None
depends_on = None

QUANTITY = sa.Numeric(18, 4)
MONEY = sa.Numeric(18, 6)
MOMENT = sa.DateTime(timezone=True)
KINDS = (
    "kind IN ('ACCOUNTING_SYNC', 'BUILD_CONSUME', 'BUILD_PRODUCE', 'BUILD_RECOVERY', 'BUILD_REVERSAL', "
    "'RECEIVE', 'RECEIPT_VOID', 'RECEIPT_EDIT', 'LOT_ADJUSTMENT', 'ADJUSTMENT', 'SALE', 'SALE_REVERSAL', "
    "'OPENING', 'COST_CORRECTION')"
)

APPEND_ONLY = """
    CREATE FUNCTION refuse_stock_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'stock_transactions is append-only: % refused', TG_OP
            USING HINT = 'History is corrected by a further transaction.';
    END $$
"""
TRIGGER = """
    CREATE TRIGGER stock_transactions_append_only BEFORE UPDATE OR DELETE ON stock_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_stock_history_change()
"""

# Oldest lots first, and no further than the quantity that is needed: neither a build over ten thousand open
# lots nor one that empties them all should read a lot it does not draw from.
OPEN_LOTS = """
    CREATE FUNCTION open_lots(products bigint[], needs numeric[]) RETURNS SETOF lots LANGUAGE plpgsql STABLE
    AS $$
    DECLARE
        lot lots%ROWTYPE;
        missing numeric;
    BEGIN
        FOR place IN 1 .. cardinality(products) LOOP
            missing := needs[place];
            CONTINUE WHEN missing <= 0;
            FOR lot IN
                SELECT * FROM lots
                WHERE product_id = products[place] AND quantity_remaining > 0 AND status = 'active'
                ORDER BY received_at, id
            LOOP
                RETURN NEXT lot;
                missing := missing - lot.quantity_remaining;
                EXIT WHEN missing <= 0;
            END LOOP;
        END LOOP;
    END $$
"""


def upgrade() -> None:
    """Creates the ledger's tables, and the trigger that keeps its history."""
    _create_levels()
    _create_lots()
    _create_transactions()
    _create_draws()
    _create_shortages()
    op.execute(APPEND_ONLY)
    op.execute(TRIGGER)
    op.execute(OPEN_LOTS)
    op.execute("INSERT INTO stock_mode (id, lots_on) VALUES (1, false)")


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP FUNCTION open_lots(bigint[], numeric[])")
    for table in (
        "stock_mode",
        "unexported_movements",
        "shortages",
        "lot_draws",
        "stock_transactions",
        "lots",
        "stock_levels",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_stock_history_change()")


def _create_levels() -> None:
    op.create_table(
        "stock_mode",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("lots_on", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "stock_levels",
        sa.Column(
            "product_id", sa.BigInteger, sa.ForeignKey("products.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("on_hand", QUANTITY, nullable=False, server_default="0"),
        sa.Column("value", MONEY, nullable=False, server_default="0"),
        sa.Column("unit_cost", MONEY, nullable=False, server_default="0"),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("unit_cost >= 0", name="unit_cost"),
    )


def _create_lots() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("original_quantity", QUANTITY, nullable=False),
        sa.Column("original_cost", MONEY, nullable=False),
        sa.Column("quantity_remaining", QUANTITY, nullable=False),
        sa.Column("cost_remaining", MONEY, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("status", sa.Text, nullable=False, server_default="active"),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.BigInteger),
        sa.CheckConstraint("number <> ''", name="number"),
        sa.CheckConstraint("status IN ('active', 'exhausted', 'voided')", name="status"),
        sa.CheckConstraint(
            "quantity_remaining >= 0 AND quantity_remaining <= original_quantity", name="quantity_remaining"
        ),
        sa.CheckConstraint("cost_remaining >= 0 AND original_cost >= 0", name="cost_remaining"),
        sa.CheckConstraint(
            "status = 'active' AND quantity_remaining > 0"
            " OR status <> 'active' AND quantity_remaining = 0 AND cost_remaining = 0",
            name="only_active_lots_hold_stock",
        ),
    )
    op.create_index(
        "ix_lots_open",
        "lots",
        ["product_id", "received_at", "id"],
        postgresql_where=sa.text("quantity_remaining > 0 AND status = 'active'"),
    )
    op.create_index("ix_lots_product_id", "lots", ["product_id", "id"])
    op.create_index("ix_lots_source_kind_source_id", "lots", ["source_kind", "source_id"])


def _create_transactions() -> None:
    # No foreign keys of product_id and user_id: a sync writes a hundred thousand rows at once, and each key
    # would look up and lock as many others. Every posting locks the product's level, which has the key, and
    # neither products nor users are ever deleted.
    op.create_table(
        "stock_transactions",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("cost", MONEY, nullable=False),
        sa.Column("on_hand_after", QUANTITY, nullable=False),
        sa.Column("value_after", MONEY, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("reverses_id", sa.BigInteger, sa.ForeignKey("stock_transactions.id")),
        sa.Column("gives_back_id", sa.BigInteger, sa.ForeignKey("stock_transactions.id")),
        sa.Column("lot_id", sa.BigInteger, sa.ForeignKey("lots.id")),
        sa.CheckConstraint(KINDS, name="kind"),
        sa.CheckConstraint("quantity <> 0 OR cost <> 0", name="moves_something"),
    )
    op.create_index("ix_stock_transactions_product_id_id", "stock_transactions", ["product_id", "id"])
    op.create_index(
        "ix_stock_transactions_source_kind_source_id", "stock_transactions", ["source_kind", "source_id"]
    )
    op.create_index(
        "uq_stock_transactions_reverses_id",
        "stock_transactions",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    for column in ("gives_back_id", "lot_id"):
        op.create_index(
            f"ix_stock_transactions_{column}",
            "stock_transactions",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def _create_draws() -> None:
    op.create_table(
        "lot_draws",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("transaction_id", sa.BigInteger, sa.ForeignKey("stock_transactions.id"), nullable=False),
        sa.Column("lot_id", sa.BigInteger, sa.ForeignKey("lots.id"), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("cost", MONEY, nullable=False),
        sa.CheckConstraint("quantity <> 0", name="quantity"),
    )
    op.create_index("ix_lot_draws_transaction_id", "lot_draws", ["transaction_id"])
    op.create_index("ix_lot_draws_lot_id", "lot_draws", ["lot_id"])


def _create_shortages() -> None:
    op.create_table(
        "shortages",
        sa.Column(
            "transaction_id",
            sa.BigInteger,
            sa.ForeignKey("stock_transactions.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("cost", MONEY, nullable=False),
        sa.Column("resolved_quantity", QUANTITY, nullable=False, server_default="0"),
        sa.Column("resolved_cost", MONEY, nullable=False, server_default="0"),
        sa.Column("resolved_at", MOMENT),
        sa.CheckConstraint("quantity > 0 AND cost >= 0", name="quantity"),
        sa.CheckConstraint(
            "resolved_quantity >= 0 AND resolved_quantity <= quantity", name="resolved_quantity"
        ),
        sa.CheckConstraint("resolved_cost >= 0 AND resolved_cost <= cost", name="resolved_cost"),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_quantity < quantity)"
            " AND (resolved_at IS NULL OR resolved_cost = cost)",
            name="resolved_at",
        ),
    )
    op.create_index(
        "ix_shortages_open",
        "shortages",
        ["product_id", "transaction_id"],
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "unexported_movements",
        sa.Column(
            "transaction_id",
            sa.BigInteger,
            sa.ForeignKey("stock_transactions.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.BigInteger),
        sa.Column("exported_at", MOMENT),
    )
    op.create_index("ix_unexported_movements_exported_at", "unexported_movements", ["exported_at"])
    op.create_index(
        "ix_unexported_movements_source_kind_source_id",
        "unexported_movements",
        ["source_kind", "source_id"],
    )

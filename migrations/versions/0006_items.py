"""Accounting items and their links to products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_items"
down_revision = "0005_products"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""
    _create_items()
    _create_pages()
    _create_links()


def downgrade() -> None:
    """Drops the tables."""
    op.drop_table("item_links")
    op.drop_table("accounting_item_pages")
    op.drop_table("accounting_items")


def _create_items() -> None:
    op.create_table(
        "accounting_items",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("connection_id", sa.BigInteger, sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("sku", sa.Text),
        sa.Column("item_type", sa.Text, nullable=False),
        sa.Column("unit_price", sa.Numeric(18, 6)),
        sa.Column("purchase_cost", sa.Numeric(18, 6)),
        sa.Column("quantity_on_hand", sa.Numeric(18, 4)),
        sa.Column("income_account_id", sa.Text),
        sa.Column("expense_account_id", sa.Text),
        sa.Column("asset_account_id", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("visible", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("raw", postgresql.JSON, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR,
            sa.Computed("lotledger_words(full_name || ' ' || coalesce(sku, ''))", persisted=True),
        ),
        sa.UniqueConstraint("connection_id", "external_id"),
        sa.CheckConstraint(
            "item_type IN ('inventory', 'non_inventory', 'service', 'group', 'bundle', 'other')",
            name="item_type",
        ),
    )
    # Few indexes, since a first sync writes a hundred thousand rows at once. Names have no bound of ours,
    # index rows have one, hence the left part only.
    op.create_index(
        "ix_accounting_items_name", "accounting_items", [sa.text('lower("left"(name, 100))'), "id"]
    )
    op.create_index("ix_accounting_items_sku", "accounting_items", [sa.text('lower("left"(sku, 100))'), "id"])
    op.create_index(
        "ix_accounting_items_type",
        "accounting_items",
        ["item_type", sa.text('lower("left"(name, 100))'), "id"],
        postgresql_where=sa.text("item_type <> 'inventory'"),
    )
    op.create_index("ix_accounting_items_search", "accounting_items", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_accounting_items_hidden", "accounting_items", ["id"], postgresql_where=sa.text("NOT visible")
    )
    op.create_index(
        "ix_accounting_items_inactive", "accounting_items", ["id"], postgresql_where=sa.text("NOT active")
    )


def _create_pages() -> None:
    op.create_table(
        "accounting_item_pages",
        sa.Column("connection_id", sa.BigInteger, sa.ForeignKey("connections.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_types", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("external_ids", postgresql.ARRAY(sa.Text), nullable=False),
    )


def _create_links() -> None:
    op.create_table(
        "item_links",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("accounting_item_id", sa.BigInteger, sa.ForeignKey("accounting_items.id"), nullable=False),
        sa.Column("connection_id", sa.BigInteger, sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.BigInteger, sa.ForeignKey("users.id")),
        sa.UniqueConstraint("accounting_item_id"),
        sa.UniqueConstraint("product_id", "connection_id"),
    )

"""Products, and the words by which lists are searched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_products"
down_revision = "0004_sync"
branch_labels = None
depends_on = None

# The same as `app.foundation.lists.search.SEPARATORS`, with the quote doubled for SQL. Left in the text,
# PostgreSQL's parser would read "a-b", "a/b" and "a.b" as compounds, paths and hosts, found as a whole only.
SEPARATORS = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~–—“”‘’«»·×®™"


def upgrade() -> None:
    """Creates the search function and the table."""
    spaces = " " * (len(SEPARATORS) - 1)
    op.execute(
        "CREATE FUNCTION lotledger_words(value text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"AS $$ SELECT to_tsvector('simple', translate(value, '{SEPARATORS}', '{spaces}')) $$"
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("product_type", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("reorder_point", sa.Numeric(18, 4)),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR,
            sa.Computed("lotledger_words(sku || ' ' || name)", persisted=True),
        ),
        sa.CheckConstraint(
            "product_type IN ('raw_material', 'component', 'sub_assembly', 'finished_good')",
            name="product_type",
        ),
        sa.CheckConstraint("reorder_point >= 0", name="reorder_point"),
        sa.CheckConstraint("sku <> '' AND length(sku) <= 100", name="sku"),
        sa.CheckConstraint("name <> '' AND length(name) <= 250", name="name"),
    )
    op.create_index("uq_products_lower_sku", "products", [sa.text("lower(sku)")], unique=True)
    op.create_index("ix_products_lower_name_id", "products", [sa.text("lower(name)"), "id"])
    op.create_index("ix_products_product_type", "products", ["product_type", sa.text("lower(name)"), "id"])
    op.create_index(
        "ix_products_inactive",
        "products",
        [sa.text("lower(name)"), "id"],
        postgresql_where=sa.text("NOT is_active"),
    )
    op.create_index("ix_products_search", "products", ["search"], postgresql_using="gin")


def downgrade() -> None:
    """Drops the table and the search function."""
    op.drop_table("products")
    op.execute("DROP FUNCTION lotledger_words(text)")

"""Builds are searched by the words of what they made, which stand with them and follow the product's.

And the builds of one status in a month are found without reading all that ever had it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0019_build_search"
down_revision = "0018_sign_ins"
branch_labels = None
depends_on = None

FILL = "UPDATE builds SET search = products.search FROM products WHERE products.id = builds.product_id"
TAKE_WORDS = """
    CREATE FUNCTION lotledger_take_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.search := (SELECT search FROM products WHERE id = NEW.product_id);
        RETURN NEW;
    END $$
"""
HAND_WORDS_ON = """
    CREATE FUNCTION lotledger_hand_words_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE builds SET search = NEW.search WHERE product_id = NEW.id;
        RETURN NULL;
    END $$
"""
WHEN_BUILT = """
    CREATE TRIGGER take_words BEFORE INSERT ON builds
    FOR EACH ROW EXECUTE FUNCTION lotledger_take_words()
"""
WHEN_RENAMED = """
    CREATE TRIGGER hand_words_on AFTER UPDATE ON products
    FOR EACH ROW WHEN (NEW.search IS DISTINCT FROM OLD.search) EXECUTE FUNCTION lotledger_hand_words_on()
"""


def upgrade() -> None:
    """Adds the column, fills it, and has triggers keep it true."""
    op.add_column("builds", sa.Column("search", TSVECTOR))
    op.execute(FILL)
    op.alter_column("builds", "search", nullable=False)
    op.create_index("ix_builds_search", "builds", ["search"], postgresql_using="gin")
    op.create_index("ix_builds_status_executed_at_id", "builds", ["status", "executed_at", "id"])
    for statement in (TAKE_WORDS, HAND_WORDS_ON, WHEN_BUILT, WHEN_RENAMED):
        op.execute(statement)


def downgrade() -> None:
    """Drops all of it."""
    op.execute("DROP TRIGGER hand_words_on ON products")
    op.execute("DROP TRIGGER take_words ON builds")
    op.execute("DROP FUNCTION lotledger_hand_words_on()")
    op.execute("DROP FUNCTION lotledger_take_words()")
    op.drop_index("ix_builds_status_executed_at_id", "builds")
    op.drop_index("ix_builds_search", "builds")
    op.drop_column("builds", "search")

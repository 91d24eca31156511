"""Renamed products hand their words to all of their builds in one go, in the order of the builds' ids.

Row by row, builds were locked in the order in which products were written. Whoever else locks several does so
by their ids, and each could wait for the other.
"""

from __future__ import annotations

from alembic import op

revision = "0023_rename_builds"
down_revision = "0022_got_started"
branch_labels = None
depends_on = None

# Planned anew each time, since one product may be renamed or all of them.
HAND_WORDS_ON = """
    CREATE OR REPLACE FUNCTION lotledger_hand_words_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE '
            WITH taken AS (
                SELECT builds.id, renamed.search
                FROM products_before
                JOIN products_after AS renamed ON renamed.id = products_before.id
                    AND renamed.search IS DISTINCT FROM products_before.search
                JOIN builds ON builds.product_id = renamed.id
                ORDER BY builds.id
                FOR NO KEY UPDATE OF builds
            )
            UPDATE builds SET search = taken.search FROM taken WHERE builds.id = taken.id
        ';
        RETURN NULL;
    END $$
"""
WHEN_RENAMED = """
    CREATE TRIGGER hand_words_on AFTER UPDATE ON products
    REFERENCING OLD TABLE AS products_before NEW TABLE AS products_after
    FOR EACH STATEMENT EXECUTE FUNCTION lotledger_hand_words_on()
"""
HAND_WORDS_ON_BY_ROW = """
    CREATE OR REPLACE FUNCTION lotledger_hand_words_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE builds SET search = NEW.search WHERE product_id = NEW.id;
        RETURN NULL;
    END $$
"""
WHEN_ONE_IS_RENAMED = """
    CREATE TRIGGER hand_words_on AFTER UPDATE ON products
    FOR EACH ROW WHEN (NEW.search IS DISTINCT FROM OLD.search) EXECUTE FUNCTION lotledger_hand_words_on()
"""


def replace(function: str, trigger: str) -> None:
    """Words are handed on like that from now on."""
    op.execute("DROP TRIGGER hand_words_on ON products")
    op.execute(function)
    op.execute(trigger)


def upgrade() -> None:
    """Hands words on once a statement."""
    replace(HAND_WORDS_ON, WHEN_RENAMED)


def downgrade() -> None:
    """Hands them on product by product again."""
    replace(HAND_WORDS_ON_BY_ROW, WHEN_ONE_IS_RENAMED)

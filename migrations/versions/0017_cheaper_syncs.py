"""Syncs that change everything: cheaper search words, and room on each page for a row's next version.

What a sync changes of an item or a level is in no index, but a new version that finds no room on its page has
to be entered into all of them. The text parser takes most separators for blanks by itself: only the few in
which it would see compounds, numbers, paths, tags or letters have to be blanked for it, and those beyond
ASCII in few texts at all.
"""

from __future__ import annotations

from alembic import op

revision = "0017_cheaper_syncs"
down_revision = "0016_list_indexes"
branch_labels = None
depends_on = None

TAKEN_WRONGLY = "+-./;>~"
BEYOND_ASCII = "–—“”‘’«»·×®™"
ROOMY = ("accounting_items", "stock_levels")
ALL = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~–—“”‘’«»·×®™"


def blanked(value: str, letters: str) -> str:
    """SQL that puts a blank in the place of each of the letters."""
    blanks = " " * len(letters.replace("''", "'"))
    return f"translate({value}, '{letters}', '{blanks}')"


def replace(words: str) -> None:
    """The search columns are filled from that expression of `value` from now on."""
    op.execute(
        "CREATE OR REPLACE FUNCTION lotledger_words(value text) RETURNS tsvector LANGUAGE sql IMMUTABLE "
        f"PARALLEL SAFE AS $$ SELECT to_tsvector('simple', {words}) $$"
    )


def upgrade() -> None:
    """Replaces the search function, whose words stay the same, and halves how full pages are made."""
    for table in ROOMY:
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")
    replace(
        "CASE WHEN octet_length(value) = length(value) "
        f"THEN {blanked('value', TAKEN_WRONGLY)} ELSE {blanked('value', TAKEN_WRONGLY + BEYOND_ASCII)} END"
    )


def downgrade() -> None:
    """Puts the former function back, and fills pages."""
    replace(blanked("value", ALL))
    for table in ROOMY:
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")

"""Emptying the tables between tests."""

from __future__ import annotations

from sqlalchemy import Engine, text

TABLES = """
    SELECT format('%I', relname) AS name, pg_relation_size(oid) AS bytes FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
# No trigger has a say in what follows: neither one that keeps history, nor that of a foreign key.
FREELY = "SET LOCAL session_replication_role = replica"
FIRST_IDS = """
    SELECT setval(sequence.oid::regclass, 1, false) FROM pg_class AS sequence
    JOIN pg_depend ON pg_depend.objid = sequence.oid AND pg_depend.deptype = 'i'
    WHERE sequence.relkind = 'S' AND sequence.relnamespace = 'public'::regnamespace
"""
SMALL = 256 * 1024
"""Bytes up to which a table is emptied row by row.

Truncating makes a new file for each table and index, some hundred and fifty of them. The few rows of an
ordinary test are sooner deleted.
"""


def empty_tables(engine: Engine) -> None:
    """Every table of the program is empty and its ids start at 1 again."""
    with engine.begin() as connection:
        sizes = {row.name: row.bytes for row in connection.execute(text(TABLES))}
        connection.execute(text(FREELY))
        if max(sizes.values(), default=0) > SMALL:
            connection.execute(text(f"TRUNCATE {', '.join(sizes)} RESTART IDENTITY CASCADE"))
            return
        for name in (name for name, size in sizes.items() if size):
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text(FIRST_IDS))

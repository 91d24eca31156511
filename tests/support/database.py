"""Emptying the tables between tests."""

from __future__ import annotations

from sqlalchemy import Engine, text

TABLES = """
    SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


def empty_tables(engine: Engine) -> None:
    """Every table of the program is empty and its ids start at 1 again."""
    with engine.begin() as connection:
        tables = connection.scalar(text(TABLES))
        if tables:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))

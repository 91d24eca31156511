"""Rows made ready for COPY arrive in the database as they were."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.extensions import db
from app.foundation.copying import Copier, send

TABLE = "CREATE TEMPORARY TABLE copied (place integer, words text, number numeric, bytes bytea, yes boolean)"
COPY = "COPY copied FROM STDIN"

words = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**12)
rows = st.lists(st.tuples(words, numbers, st.none() | st.binary(), st.none() | st.booleans()), max_size=20)


def copied(*batches: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What the table has after each batch was made ready, then each sent."""
    with db.engine.connect() as connection:
        connection.execute(text(TABLE))
        copier = Copier(connection)
        made = [copier.made_of(batch) for batch in batches]
        for each in made:
            send(connection, COPY, each)
        found = connection.execute(text("SELECT * FROM copied ORDER BY place")).all()
        connection.rollback()
    return [tuple(row) for row in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows)
def test_whatever_was_made_ready_arrives(context: Flask, given_rows: list[tuple[Any, ...]]) -> None:
    numbered = [(place, *row) for place, row in enumerate(given_rows)]
    assert copied(numbered) == numbered


def test_what_looks_like_the_format_is_only_text(context: Flask) -> None:
    odd = ["\\N", "\\.", "a\tb", "a\nb", "a\r\nb", "back\\slash", "", "None", "żółć"]
    numbered = [(place, each, Decimal("1.250"), b"\\x00", True) for place, each in enumerate(odd)]
    assert copied(numbered) == numbered


def test_batches_made_before_the_first_is_sent_do_not_mix(context: Flask) -> None:
    first, second = [(1, "a", None, None, None)], [(2, "b", None, None, None)]
    assert copied(first, [], second) == first + second

"""Words as the database finds them in texts, and as a search is cut into them."""

from __future__ import annotations

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.extensions import db
from app.foundation.lists.search import SEPARATORS, words

EVERY_SEPARATOR_BLANKED = "SELECT to_tsvector('simple', translate(:value, :separators, :blanks))::text"
FOUND = "SELECT lotledger_words(:value)::text"
LOOKALIKES = [
    "https://www.example.com/a-b?c=d&e=1.5",
    "anna@example.com",
    "<b class='x'>bold</b> <!-- note -->",
    "&amp; &#12; &#x1F;",
    "1.5e-3 -5 +5 3/4 50% 1,000.00",
    "/usr/lib/a.b C:\\parts\\a.txt",
    "M8×20–A2®",
    "木工用クランプ·2",
]
made_of_parts = st.lists(
    st.sampled_from([*SEPARATORS, " ", "a", "B", "é", "木", "1", "23", "x", "http", "www"]), max_size=12
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.lists(made_of_parts | st.sampled_from(LOOKALIKES), max_size=4).map(" ".join))
def test_every_separator_ends_a_word(context: Flask, value: str) -> None:
    facts = {"value": value, "separators": SEPARATORS, "blanks": " " * len(SEPARATORS)}
    expected = db.session.scalar(text(EVERY_SEPARATOR_BLANKED), facts)
    assert db.session.scalar(text(FOUND), {"value": value}) == expected


def test_a_search_is_cut_like_the_texts() -> None:
    assert words("M8×20–A2 / bolt.nut\x00x") == ["M8", "20", "A2", "bolt", "nut", "x"]

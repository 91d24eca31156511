from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.query import Condition, Order, QueryError, parse


def test_a_full_statement_is_understood_in_all_its_parts() -> None:
    query = parse(
        "SELECT * FROM Item WHERE Active IN (true, false) AND Name LIKE 'Wal%' "
        "ORDERBY Name DESC, Id STARTPOSITION 1001 MAXRESULTS 1000"
    )
    assert query.entity == "Item"
    assert query.conditions == (
        Condition("Active", "IN", ("true", "false")),
        Condition("Name", "LIKE", ("Wal%",)),
    )
    assert query.orders == (Order("Name", True), Order("Id", False))
    assert (query.start_position, query.max_results) == (1001, 1000)


def test_keywords_may_be_written_in_any_case_and_order_by_apart() -> None:
    query = parse("select id, Name from item order by Name asc maxresults 5 startposition 2")
    assert query.columns == ("id", "Name")
    assert query.orders == (Order("Name", False),)
    assert (query.start_position, query.max_results) == (2, 5)


def test_a_count_has_no_columns() -> None:
    assert parse("SELECT COUNT(*) FROM Item").columns == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [(r"Amy\'s", "Amy's"), (r"a\\b", r"a\b"), ("Möller 木", "Möller 木"), ("", ""), (" OR ", " OR ")],
)
def test_backslashes_escape_in_texts(written: str, meant: str) -> None:
    assert parse(f"SELECT * FROM Item WHERE Name = '{written}'").conditions[0].values == (meant,)


@pytest.mark.parametrize("value", ["12", "-3.5", "'12'", "true", "CURRENT_DATE"])
def test_values_may_stand_bare_where_they_are_no_texts(value: str) -> None:
    assert parse(f"SELECT * FROM Item WHERE Name >= {value}").conditions[0].values == (value.strip("'"),)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "SELECT",
        "SELECT * FROM",
        "SELECT FROM Item",
        "UPDATE Item",
        "SELECT * FROM Item WHERE",
        "SELECT * FROM Item WHERE Name = 'a' OR Name = 'b'",
        "SELECT * FROM Item WHERE Name != 'a'",
        "SELECT * FROM Item WHERE NOT Active = true",
        "SELECT * FROM Item WHERE Name = 'it''s'",
        "SELECT * FROM Item WHERE Name = 'open",
        "SELECT * FROM Item WHERE Name = open",
        "SELECT * FROM Item WHERE Active IN ()",
        "SELECT * FROM Item WHERE Active IN (true",
        "SELECT * FROM Item ORDERBY",
        "SELECT * FROM Item STARTPOSITION x",
        "SELECT * FROM Item STARTPOSITION 1.5",
        "SELECT * FROM Item MAXRESULTS 1 MAXRESULTS 2",
        "SELECT * FROM Item; DROP TABLE Item",
        "SELECT COUNT(Id) FROM Item",
    ],
)
def test_what_is_no_statement_is_refused_with_its_place(statement: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(statement)
    assert refused.value.code == "4000"
    assert "at line 1, column" in refused.value.detail


def test_a_refusal_names_what_it_met_and_where() -> None:
    with pytest.raises(QueryError, match='Encountered "FORM" at line 1, column 10'):
        parse("SELECT * FORM Item")


@given(st.text(max_size=80))
def test_no_text_makes_the_parser_stumble(text: str) -> None:
    try:
        parse("SELECT * FROM Item WHERE " + text)
    except QueryError as refused:
        assert refused.code == "4000"


@given(st.text())
def test_every_text_survives_its_escaping(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    assert parse(f"SELECT * FROM Item WHERE Name = '{escaped}'").conditions[0].values == (text,)

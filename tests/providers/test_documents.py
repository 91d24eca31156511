"""Reading JSON exactly, and refusing what is none."""

from __future__ import annotations

import gc
import json
from collections.abc import Container
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.providers.documents import BadDocument, NotJson, Rows, fitted, parse, read


def test_numbers_are_exact() -> None:
    document = parse(b'{"a": 0.1, "b": 275, "c": 0.5306667, "d": 1.5E-7, "e": 1E+2}')
    assert document == {
        "a": Decimal("0.1"),
        "b": 275,
        "c": Decimal("0.5306667"),
        "d": Decimal("1.5E-7"),
        "e": Decimal(100),
    }
    assert not any(isinstance(value, float) for value in document.values())


@pytest.mark.parametrize("number", ["1e400", "1E-400", "1e99999999999999999999", "0." + "1" * 40])
def test_an_absurd_number_is_refused(number: str) -> None:
    with pytest.raises(BadDocument, match="it has an impossible number") as caught:
        parse(f'{{"Account": [{{"Id": "17", "Balance": {number}}}]}}'.encode())
    assert not isinstance(caught.value, NotJson)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_allow_is_no_number(constant: str) -> None:
    with pytest.raises(NotJson):
        parse(f'{{"UnitPrice": {constant}}}'.encode())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'<?xml version="1.0"?><IntuitResponse/>', "XML"),
        (b'{"QueryResponse": {"Item": [{"Id": "1"', "cut off"),
        (b'{"a": 1} trailing', "garbled"),
        (b'{"a": "\xff\xfe"}', "garbled"),
        (b'{"a": "\x00"}', "garbled"),
        (b'{"a": ' + b"9" * 5000 + b"}", "garbled"),
    ],
)
def test_what_is_no_json_is_named_for_what_it_is(body: bytes, says: str) -> None:
    with pytest.raises(NotJson, match=says):
        parse(body)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BadDocument):
        parse(b"[" * 100_000)
    with pytest.raises(BadDocument, match="deeply"):
        parse(b"[" * 100_000 + b"]" * 100_000)


def test_nul_and_half_characters_are_taken_out_of_text_and_keys() -> None:
    assert parse(rb'{"Na\u0000me": "a\u0000b\ud800c", "list": ["\udfff", "\ud83d\ude00"], "n": 1.50}') == {
        "Name": "ab\N{REPLACEMENT CHARACTER}c",
        "list": ["\N{REPLACEMENT CHARACTER}", "\N{GRINNING FACE}"],
        "n": Decimal("1.50"),
    }


def listed(body: str | bytes, seen: Container[bytes] = ()) -> Rows:
    """The rows of the list of items in the document."""
    raw = body if isinstance(body, bytes) else body.encode()
    rows = parse(raw, rows_of="Item", seen=seen)["QueryResponse"]["Item"]
    assert isinstance(rows, Rows)
    return rows


def texts(rows: Rows) -> list[str]:
    """What the rows say, letter for letter."""
    return [bytes(row).decode() for row in rows.rows or ()]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(-(10**20), 10**20).map(lambda f: round(f, 4)),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_what_is_read_can_be_kept_by_the_database(value: object) -> None:
    document = parse(json.dumps(value).encode())
    text = json.dumps(document, default=str, ensure_ascii=False)
    assert "\0" not in text
    text.encode()


@given(st.binary(max_size=200))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    try:
        parse(content)
    except BadDocument as problem:
        assert str(problem)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=7, min_value=-(10**10), max_value=10**10))
def test_no_digit_is_lost(number: Decimal) -> None:
    assert parse(f'{{"n": {number}}}'.encode())["n"] == number


def test_the_garbage_collector_runs_again_afterwards() -> None:
    assert gc.isenabled()
    parse(b"{}")
    with pytest.raises(NotJson):
        parse(b"{")
    assert gc.isenabled()


@pytest.mark.parametrize("blanks", ["", " ", "\n\t "])
def test_the_rows_of_a_list_keep_their_own_text(blanks: str) -> None:
    rows = ['{"Id": "1", "Price": 0.1000}', '{ "Id":"2" }']
    listed = f"{blanks},{blanks}".join(rows)
    body = (
        f'{{"QueryResponse": {{"Item" :{blanks}[{blanks}{listed}{blanks}], "maxResults": 2}}, "time": "t"}}'
    )
    document = parse(body.encode(), rows_of="Item")
    assert texts(document["QueryResponse"]["Item"]) == rows
    assert (document["QueryResponse"]["maxResults"], document["time"]) == (2, "t")


@given(st.lists(json_values, max_size=5), st.dictionaries(st.text(max_size=5), json_values, max_size=3))
def test_reading_rows_reads_the_same_document(rows: list[Any], more: dict[str, Any]) -> None:
    body = json.dumps({"QueryResponse": {"Item": rows} | {f"x{key}": value for key, value in more.items()}})
    plain = parse(body.encode())
    assert [parse(text.encode()) for text in texts(listed(body))] == plain["QueryResponse"]["Item"]


@pytest.mark.parametrize(
    "body",
    [
        '{"QueryResponse": {"Item": [{"Id": "1"} {"Id": "2"}]}}',
        '{"QueryResponse": {"Item": [{"Id": "1"},]}}',
        '{"QueryResponse": {"Item": [{"Id": "1"}',
        '{"QueryResponse": {"Item": [',
        '{"QueryResponse": {"Item": [{"Id": "1"}]',
        '{"QueryResponse": {"Item": [{"Id": "1"}]}} x',
        '{"QueryResponse": {"Item": [{"Id": "\\q"}]}}',
        '{"QueryResponse": {"Item": [{"Id": 01}]}}',
        '{"QueryResponse": {"Item": [{"Id": "\t"}]}}',
    ],
)
def test_a_broken_list_is_not_json(body: str) -> None:
    with pytest.raises(NotJson):
        parse(body.encode(), rows_of="Item")


def test_bytes_that_are_no_text_are_found_in_rows_too() -> None:
    with pytest.raises(NotJson):
        parse(b'{"QueryResponse": {"Item": [{"Id": "\xff"}]}}', rows_of="Item")


def test_text_that_looks_like_the_list_is_none() -> None:
    body = json.dumps({"QueryResponse": {"Note": '"Item": [', "Item": [{"Id": "1"}]}})
    assert texts(listed(body)) == ['{"Id": "1"}']


def test_rows_with_odd_text_are_cleaned() -> None:
    rows = listed(rb'{"QueryResponse": {"Item": [{"Id": "1", "Name": "El\u0000m", "UnitPrice": 1.50}]}}')
    assert texts(rows) == ['{"Id": "1", "Name": "Elm", "UnitPrice": 1.50}']


def test_a_list_that_was_seen_is_known_by_its_digest_and_not_read() -> None:
    body = b'{"QueryResponse": {"Item": [{"Id": "1", "Note": "]"}], "maxResults": 1}, "time": "10:00"}'
    digest = listed(body).digest
    again = parse(body.replace(b"10:00", b"11:00"), rows_of="Item", seen={digest})
    assert (again["QueryResponse"]["Item"].digest, again["QueryResponse"]["Item"].rows) == (digest, None)
    assert again["time"] == "11:00"
    other = listed(body.replace(b'"1"', b'"2"'), seen={digest})
    assert (other.digest != digest, texts(other)) == (True, ['{"Id": "2", "Note": "]"}'])


class Shelf(msgspec.Struct):
    """A shape with one field of each kind."""

    name: Annotated[str, msgspec.Meta(max_length=5)]
    height: Decimal | None = None
    parts: list[str] | None = None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"name": 5}', "^name should be text and is a number$"),
        ('{"name": null}', "^name should be text and is nothing$"),
        ('{"name": "a", "height": {}}', "^height should be a number and is an object$"),
        ('{"name": "a", "parts": {}}', "^parts should be a list and is an object$"),
        ('{"name": "a", "height": "tall"}', "^height is not as it should be: Invalid decimal string$"),
        ('{"name": "Zwölfer"}', "^name has more than 5 characters$"),
        ("[]", "^it should be an object and is a list$"),
        ("{}", "^it is not as it should be: Object missing required field name$"),
    ],
)
def test_what_does_not_fit_a_shape_is_told(text: str, says: str) -> None:
    with pytest.raises(BadDocument, match=says):
        read(msgspec.Raw(text.encode()), msgspec.json.Decoder(Shelf))
    with pytest.raises(BadDocument, match=says):
        fitted(parse(text.encode()), Shelf)

"""CSV files that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from app.foundation.lists.csv import cell, csv_response


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 40", "-5", "@SUM(A1)", "\tx", "\rx", "\n=x", "  =cmd()", "＝1"]
)
def test_text_that_would_start_a_formula_is_put_behind_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("Oak, 20 mm", "Oak, 20 mm"),
        (Decimal("-12.500000"), "-12.5"),
        (Decimal("1E+3"), "1000"),
        (0, "0"),
        (True, "yes"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, 5, 7, 123, tzinfo=UTC), "2026-03-01 09:05:07+00:00"),
    ],
)
def test_values_are_written_exactly(value: object, written: str) -> None:
    assert cell(value) == written


def test_the_file_is_named_typed_and_readable(app: Flask) -> None:
    with app.test_request_context():
        rows = [['Leim; "Holz"', Decimal("1.10")], ["Öl\nfein", None]]
        response = csv_response("items", ["Name", "Price"], rows)
        assert response.headers["Content-Disposition"] == "attachment; filename=items.csv"
        assert response.mimetype == "text/csv"
        text = response.get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Name", "Price"],
        ['Leim; "Holz"', "1.1"],
        ["Öl\nfein", ""],
    ]


def test_a_long_file_is_written_while_its_rows_are_read(app: Flask) -> None:
    read: list[int] = []

    def rows() -> Iterator[list[int]]:
        for number in range(10_000):
            read.append(number)
            yield [number]

    with app.test_request_context():
        pieces = iter(csv_response("numbers", ["Number"], rows()).response)
        next(pieces)
        assert len(read) < 1000
        assert len(read) + sum(str(piece).count("\n") for piece in pieces) >= 10_000

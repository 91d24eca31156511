"""Lists as CSV files, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from flask import Response, stream_with_context

from app.foundation.pages.formatting import in_workspace_zone, plain_number

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
ROWS_AT_ONCE = 500


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """A download `name`.csv, written while `rows` are read; UTF-8, marked so that spreadsheets see it."""
    response = Response(stream_with_context(_lines(header, rows)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def cell(value: object) -> str:
    """A value as a cell: exact numbers, local times, and text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, datetime):
        return in_workspace_zone(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, int | date):
        return str(value)
    return _harmless(str(value))


def _harmless(text: str) -> str:
    """Text behind an apostrophe if it starts as a formula would (CWE-1236)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    writer.writerow([cell(title) for title in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text

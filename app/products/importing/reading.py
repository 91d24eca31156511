"""From a file's bytes to a sheet."""

from __future__ import annotations

from app.products.importing.csv_file import csv_rows
from app.products.importing.sheet import Sheet
from app.products.importing.xlsx_file import is_workbook, xlsx_rows


def read_sheet(content: bytes) -> Sheet:
    """The table of products in a file, a workbook or text as its bytes tell; raises UnreadableFile."""
    return Sheet.of(xlsx_rows(content) if is_workbook(content) else csv_rows(content))

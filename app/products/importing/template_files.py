"""Files to start from: the header that an import understands, and nothing below it."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.products.importing.columns import COLUMNS

TEXT_FORMAT = "@"
WIDE, NARROW = 32, 16


def xlsx_template() -> bytes:
    """A workbook whose text columns are formatted as text, so that a SKU such as 00123 keeps its zeros."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Products"
    sheet.freeze_panes = "A2"
    for position, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, position, column.label)
        cell.font = Font(bold=True)
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = WIDE if column.key == "name" else NARROW
        if not column.numeric:
            dimension.number_format = TEXT_FORMAT
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()

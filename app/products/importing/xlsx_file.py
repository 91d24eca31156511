"""Reading Excel workbooks (.xlsx): the first sheet, with the exact text of every number.

openpyxl opens the workbook (its parts, shared strings and styles); the cells are read here from the sheet's
XML, row by row, because openpyxl would make floats of the numbers and keep a row's whole tree. The size that
a sheet declares is not looked at. Excel itself keeps binary fractions and shows 15 digits of them: what was
typed as 0.3 may be stored as 0.30000000000000004. Numbers are rounded to 15 digits, which is what was typed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any
from warnings import catch_warnings, simplefilter
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.text import Text
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from app.foundation.pages.formatting import plain_number
from app.products.importing.errors import UnreadableFile
from app.products.importing.sheet import BLANK, MOST_ROWS, Cell, Cells, text_cell

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

MOST_UNPACKED = 16 * 1024 * 1024
MOST_CELLS = 20 * MOST_ROWS
SHOWN = Context(prec=15, rounding=ROUND_HALF_EVEN)
LARGEST_EXPONENT = 20

LOCKED = (
    "The workbook is protected by a password. Save it without one (File, Info, Protect Workbook in Excel)."
)
OLD_EXCEL = "This is a file of Excel 97–2003 (.xls) or older. Save it as an Excel workbook (.xlsx) or as CSV."
BROKEN = "The file cannot be read as an Excel workbook (.xlsx). Save it anew as .xlsx, or as CSV."
TOO_LARGE = (
    "The workbook is too large once unpacked. Copy the rows of products into a new workbook, with nothing "
    "else in it, or save them as CSV."
)
FORMULA = "This is a formula. Only values are imported: copy the column and paste it as values."
DATE = "This is a date. Give the cell the format Text or Number, then type its value again."
NO_NUMBER = "This is not a number that can be kept."

_ROW, _CELL, _VALUE, _FORMULA, _INLINE, _DATA = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("row", "c", "v", "f", "is", "sheetData")
)


def is_workbook(content: bytes) -> bool:
    """Whether a file is Excel's by its first bytes, of whichever kind."""
    return content.startswith((*ZIP_STARTS, OLE_START))


def xlsx_rows(content: bytes) -> Iterator[tuple[int, Cells]]:
    """The first sheet's rows by their numbers; raises UnreadableFile for what is no such workbook."""
    if content.startswith(OLE_START):
        raise UnreadableFile(LOCKED if ENCRYPTED in content else OLD_EXCEL)
    try:
        _refuse_bombs(content)
        with catch_warnings():
            simplefilter("ignore")  # of what openpyxl leaves out: pictures, rules, extensions
            yield from _first_sheet(content)
    except UnreadableFile:
        raise
    except Exception as error:  # whatever a stranger's bytes make a parser raise means the same to a person
        raise UnreadableFile(BROKEN) from error


def _refuse_bombs(content: bytes) -> None:
    """Raises UnreadableFile when the parts declare too much; zipfile reads no more than they declare."""
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(LOCKED)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableFile(TOO_LARGE)


def _first_sheet(content: bytes) -> Iterator[tuple[int, Cells]]:
    """Of a workbook with hidden sheets the first that is seen."""
    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in workbook.worksheets if hasattr(sheet, "_get_source")]
        seen = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        with seen[0]._get_source() as source:
            yield from _Cells(workbook, seen[0]._shared_strings).rows(source)
    finally:
        workbook.close()


class _Cells:
    """The cells of one sheet."""

    def __init__(self, workbook: Any, shared_strings: list[str]) -> None:
        self.strings = shared_strings
        self.date_styles = workbook._date_formats | workbook._timedelta_formats
        self.count = 0
        self.place = -1

    def rows(self, source: Any) -> Iterator[tuple[int, Cells]]:
        """Each row that the sheet has, its cells in their places; nothing of the tree is kept."""
        number, row, data = 0, None, None
        cells: Cells = []
        for event, element in iterparse(source, events=("start", "end")):
            tag = element.tag
            if event == "start":
                if tag == _ROW:
                    number, row, cells = int(element.get("r") or number + 1), element, []
                    self.place = -1
                elif tag == _DATA:
                    data = element
            elif tag == _CELL and row is not None:
                self._place(cells, element)
                row.clear()
            elif tag == _ROW and data is not None:
                yield number, cells
                row = None
                data.clear()
            elif tag == _DATA:
                return

    def _place(self, cells: Cells, element: Any) -> None:
        """Puts the cell where it says it stands, else behind the one before it."""
        self.count += 1
        place = coordinate_to_tuple(element.get("r"))[1] - 1 if element.get("r") else self.place + 1
        self.place = place
        if self.count > MOST_CELLS or place > MOST_CELLS:
            raise UnreadableFile(TOO_LARGE)
        cell = self._cell(element)
        if not any(cell):
            return
        cells.extend([BLANK] * (place + 1 - len(cells)))
        cells[place] = cell

    def _cell(self, element: Any) -> Cell:
        kind = element.get("t", "n")
        if element.find(_FORMULA) is not None:
            return Cell("", FORMULA)
        if kind == "inlineStr":
            inline = element.find(_INLINE)
            return BLANK if inline is None else text_cell(Text.from_tree(inline).content)
        value = element.findtext(_VALUE) or ""
        if not value:
            return BLANK
        if kind == "n":
            return Cell("", DATE) if int(element.get("s", 0)) in self.date_styles else number_cell(value)
        return self._other(kind, value)

    def _other(self, kind: str, value: str) -> Cell:
        match kind:
            case "s":
                return text_cell(self.strings[int(value)])
            case "b":
                return Cell("TRUE" if value == "1" else "FALSE")
            case "e":
                return Cell("", f"This holds the error {value[:20]}.")
            case "d":
                return Cell("", DATE)
            case _:
                return text_cell(value)


def number_cell(text: str) -> Cell:
    """A number as the workbook stores it, without exponent and with the 15 digits that Excel shows."""
    try:
        value = SHOWN.create_decimal(text)
    except ArithmeticError:
        return Cell("", NO_NUMBER)
    if not value:
        return Cell("0")
    if not value.is_finite() or abs(value.adjusted()) > LARGEST_EXPONENT:
        return Cell("", f"{text[:30]} is not a number that can be kept.")
    return Cell(plain_number(Decimal(value)))

"""Reading text files: separated by commas, semicolons or tabs, in UTF-8 or UTF-16."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from app.products.importing.errors import UnreadableFile
from app.products.importing.sheet import Cells, text_cell

SEPARATORS = ",;\t"
NOT_TEXT = (
    "The file is neither an Excel workbook (.xlsx) nor text in UTF-8. In Excel save it as “CSV UTF-8 "
    "(Comma delimited)”; in LibreOffice choose the character set “Unicode (UTF-8)”."
)


def csv_rows(content: bytes) -> Iterator[tuple[int, Cells]]:
    """The rows by their numbers, blank ones included; raises UnreadableFile for what is not such a file.

    A row is what stands between two ends of line, or more where a cell in quotation marks holds some: as a
    spreadsheet numbers them.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [text_cell(value) for value in row]
    except csv.Error as error:
        raise UnreadableFile(
            f"The file cannot be read from row {number + 1} on: a quotation mark is not closed, or stands in "
            "the middle of a quoted cell (where it is written twice), or a cell is longer than any can be."
        ) from error


def _decoded(content: bytes) -> str:
    """The text, its encoding told by the mark at the start, else UTF-8; no ends of line are changed."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(NOT_TEXT) from error
    if "\x00" in _first_line(text):  # UTF-16 without its mark passes for UTF-8
        raise UnreadableFile(NOT_TEXT)
    return text


def _separator(text: str) -> str:
    """The separator that the header has most of; the comma, when it has none."""
    header = _first_line(text)
    return max(SEPARATORS, key=header.count)


def _first_line(text: str) -> str:
    """The first line that is not blank, of a reasonable length."""
    return text[:10_000].strip("\r\n ").partition("\n")[0].partition("\r")[0]

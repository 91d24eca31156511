"""Files as people send them: text in its encodings, workbooks with single parts of them changed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

HEADER = "SKU,Name,Type,Unit,Unit cost,Quantity,Reorder point"
SHEET = "xl/worksheets/sheet1.xml"


def csv_file(*rows: str, header: str = HEADER) -> bytes:
    """A CSV file as a spreadsheet saves it."""
    return "\r\n".join([header, *rows, ""]).encode()


def many(number: int, row: str = "P-{0},Part {0},Component,pcs,1.25,10,5") -> bytes:
    """A CSV file of so many products."""
    return csv_file(*(row.format(each) for each in range(number)))


def workbook_file(*rows: Sequence[object], header: Sequence[object] = tuple(HEADER.split(","))) -> bytes:
    """An Excel workbook as openpyxl writes it."""
    workbook = Workbook()
    for row in (header, *rows):
        workbook.active.append(list(row))
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """A workbook's bytes."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_sheet_xml(cells: str, *, dimension: str = "A1:B2") -> bytes:
    """A workbook whose first row is SKU, Name, Quantity and whose further rows are the XML `cells`."""
    header = "".join(
        f'<c r="{place}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in (("A", "SKU"), ("B", "Name"), ("C", "Quantity"))
    )
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData><row r="1">{header}</row>{cells}</sheetData></worksheet>'
    )
    return with_part(workbook_file(), SHEET, xml.encode())


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with one part replaced, or added."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for each in before.namelist():
            if each != name:
                after.writestr(each, before.read(each))
        after.writestr(name, part)
    return file.getvalue()


def number_row(stored: str) -> str:
    """A row whose quantity is stored as this text."""
    return (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c>'
        '<c r="B2" t="inlineStr"><is><t>Part</t></is></c>'
        f'<c r="C2"><v>{stored}</v></c></row>'
    )


def with_shared_strings(content: bytes, items: str) -> bytes:
    """The same workbook with a table of strings, as Excel writes them; `items` are the XML of its entries."""
    with ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    table = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    typed = with_part(content, "[Content_Types].xml", types.replace("</Types>", override).encode())
    return with_part(typed, "xl/sharedStrings.xml", table.encode())

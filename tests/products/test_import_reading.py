"""Files read into sheets: what people send, and what they send by mistake or in malice."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from app.products.importing.columns import letter
from app.products.importing.errors import UnreadableFile
from app.products.importing.reading import read_sheet
from app.products.importing.sheet import Sheet
from app.products.importing.template_files import xlsx_template
from tests.products.import_files import (
    csv_file,
    many,
    number_row,
    saved,
    with_part,
    with_shared_strings,
    with_sheet_xml,
    workbook_file,
)


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of a file's rows."""
    return [row.cells for row in read_sheet(content).rows]


def refusal(content: bytes) -> str:
    """Why a file is not read at all."""
    with pytest.raises(UnreadableFile) as caught:
        read_sheet(content)
    return caught.value.message


class TestText:
    """CSV and its relatives."""

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_separators_encodings_and_ends_of_line_are_found_out(
        self, separator: str, encoding: str, end: str
    ) -> None:
        text = end.join([separator.join(("SKU", "Name")), separator.join(("É-1", "“Écrou”")), ""])
        plain = encoding.removesuffix("-bom")
        content = ("\ufeff" + text if encoding.endswith("-bom") else text).encode(plain)
        assert rows_of(content) == [["É-1", "“Écrou”"]]

    @pytest.mark.parametrize(
        "header",
        ["sku, NAME ,unit cost", "Sku,name,Unit_Cost", " SKU ,Name*,UNITCOST", '"SKU","Name","unit-cost"'],
    )
    def test_headings_are_known_in_any_case_and_spacing(self, header: str) -> None:
        assert read_sheet(csv_file("A,Part,1", header=header)).columns == ("sku", "name", "unit_cost")

    def test_columns_may_stand_in_any_order_and_quoted_cells_hold_separators(self) -> None:
        sheet = read_sheet(csv_file('"Board, 25 mm, 2"" wide",A', header="Name,SKU"))
        assert sheet.columns == ("name", "sku")
        assert sheet.rows[0].cells == ['Board, 25 mm, 2" wide', "A"]

    def test_rows_keep_their_numbers_when_others_are_blank(self) -> None:
        sheet = read_sheet(b"\r\n,,\r\nSKU,Name\r\n,\r\nA,First\r\n\r\nB,Second\r\n")
        assert [row.number for row in sheet.rows] == [5, 7]

    def test_blanks_around_a_cell_are_not_part_of_it(self) -> None:
        assert rows_of(csv_file(" A ,\u00a0Part ", header="SKU,Name")) == [["A", "Part"]]

    def test_short_rows_are_filled_up(self) -> None:
        assert rows_of(csv_file("A", header="SKU,Name,Unit")) == [["A", "", ""]]

    def test_a_cell_beyond_the_headings_is_a_fault_named_by_its_letter(self) -> None:
        sheet = read_sheet(csv_file("A,Part,,x,y", header="SKU,Name"))
        assert list(sheet.rows[0].faults) == [3]
        assert letter(3) == "D"

    def test_text_that_starts_as_a_formula_is_text(self) -> None:
        assert rows_of(csv_file("A,=1+1", header="SKU,Name")) == [["A", "=1+1"]]

    @pytest.mark.parametrize("text", ["a\x00b", "a\x07b", '"a\nb"'])
    def test_characters_that_cannot_be_stored_are_a_fault(self, text: str) -> None:
        row = read_sheet(csv_file(f"A,{text}", header="SKU,Name")).rows[0]
        assert row.cells == ["A", ""]
        assert "cannot be stored" in row.faults[1]

    def test_a_very_long_cell_is_a_fault_and_not_kept(self) -> None:
        row = read_sheet(csv_file(f"A,{'x' * 10_000}", header="SKU,Name")).rows[0]
        assert "10,000 characters" in row.faults[1]
        assert row.cells[1] == ""


class TestFilesThatAreNone:
    """Each gets a sentence that says what to do."""

    @pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b",,\n,\n"])
    def test_an_empty_file(self, content: bytes) -> None:
        assert refusal(content).startswith("The file is empty.")

    @pytest.mark.parametrize("content", [csv_file(), workbook_file(), xlsx_template()])
    def test_only_a_header(self, content: bytes) -> None:
        assert refusal(content) == "The file names columns, but has no products below them."

    def test_an_unknown_column_is_named(self) -> None:
        sentence = refusal(csv_file("A,Part,red,1", header="SKU,Name,Colour,Width"))
        assert "“Colour”" in sentence
        assert "“Width”" in sentence
        assert "SKU, Name, Type, Unit, Unit cost, Quantity and Reorder point" in sentence

    def test_a_missing_header(self) -> None:
        sentence = refusal(b"OAK-25,Oak board,Raw material,m\r\nOAK-30,Oak board,Raw material,m\r\n")
        assert "“OAK-25”" in sentence
        assert "The column SKU is missing." in sentence

    def test_missing_and_doubled_columns_are_named(self) -> None:
        sentence = refusal(csv_file("A,B", header="SKU,sku"))
        assert "The column SKU stands there 2 times." in sentence
        assert "The column Name is missing." in sentence

    def test_thousands_of_columns(self) -> None:
        assert "The first row has 5,000 columns." in refusal(b",".join([b"x"] * 5000))

    @pytest.mark.parametrize(
        "content",
        [
            "SKU,Name\nA,Écrou\n".encode("latin-1"),
            "SKU,Name\nA,Part\n".encode("utf-16-le"),
            "SKU,Name\nA,Part\n".encode("utf-16")[:-1],
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            bytes(range(256)) * 100,
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        ],
    )
    def test_an_encoding_that_is_not_unicode(self, content: bytes) -> None:
        assert "CSV UTF-8" in refusal(content)

    @pytest.mark.parametrize("row", ['A,"Part', 'A,"Pa"rt"', "A," + "x" * 200_000])
    def test_a_quotation_mark_that_is_not_closed(self, row: str) -> None:
        assert "cannot be read from row 3 on" in refusal(csv_file("Z,Good", row, header="SKU,Name"))

    def test_more_rows_than_an_import_takes(self) -> None:
        begin = time.process_time()
        assert "more than 10,000 products" in refusal(many(100_000))
        assert time.process_time() - begin < 3
        assert len(read_sheet(many(10_000)).rows) == 10_000


class TestWorkbooks:
    """XLSX, with numbers exact and everything else a text."""

    @pytest.mark.parametrize(
        ("stored", "read"),
        [
            ("0.30000000000000004", "0.3"),
            ("7.3499999999999996", "7.35"),
            ("1E-3", "0.001"),
            ("1.2E+3", "1200"),
            ("1e3", "1000"),
            ("-4", "-4"),
            ("100000", "100000"),
            ("0E-300", "0"),
            ("99999999999.9999", "99999999999.9999"),
            ("0.00005", "0.00005"),
        ],
    )
    def test_a_number_is_what_was_typed_to_fifteen_digits(self, stored: str, read: str) -> None:
        assert rows_of(with_sheet_xml(number_row(stored))) == [["A", "Part", read]]

    @pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 2.675, 1e15, 1e-4, 123456.789, 4.35, 1e20])
    def test_a_float_from_a_program_reads_as_excel_shows_it(self, value: float) -> None:
        cell = rows_of(workbook_file(["A", "Part", value], header=["SKU", "Name", "Quantity"]))[0][2]
        assert Decimal(cell) == Decimal(f"{value:.15g}")

    @pytest.mark.parametrize(
        "stored", ["1e400", "1E-400", "1e999999999", "nan", "inf", "abc", "1,000", "٣٤x"]
    )
    def test_what_is_no_number_or_too_large_is_a_fault(self, stored: str) -> None:
        row = read_sheet(with_sheet_xml(number_row(stored))).rows[0]
        assert row.cells[2] == ""
        assert "not a number" in row.faults[2]

    def test_a_formula_is_refused_wherever_it_stands(self) -> None:
        rows = [["=A1", "=B1", "=1+1"], ["B", "Part", 1]]
        sheet = read_sheet(workbook_file(*rows, header=["SKU", "Name", "Quantity"]))
        assert {position: "formula" in fault for position, fault in sheet.rows[0].faults.items()} == {
            0: True,
            1: True,
            2: True,
        }

    def test_a_shared_formula_with_a_value_is_refused(self) -> None:
        cells = number_row("3").replace("<v>", '<f t="shared" si="0"/><v>')
        assert "formula" in read_sheet(with_sheet_xml(cells)).rows[0].faults[2]

    @pytest.mark.parametrize("moment", [datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)])
    def test_a_date_is_a_fault(self, moment: datetime) -> None:
        rows = [["A", "Part", moment], ["B", "Part", moment.time()]]
        sheet = read_sheet(workbook_file(*rows, header=["SKU", "Name", "Quantity"]))
        assert ["date" in row.faults[2] for row in sheet.rows] == [True, True]

    def test_errors_and_booleans_are_told(self) -> None:
        cells = number_row("1").replace('<c r="C2">', '<c r="C2" t="e">').replace("<v>1", "<v>#N/A")
        assert "#N/A" in read_sheet(with_sheet_xml(cells)).rows[0].faults[2]
        assert rows_of(workbook_file([True, "Part"], header=["SKU", "Name"])) == [["TRUE", "Part"]]

    def test_a_numeric_sku_is_its_digits_and_a_text_one_keeps_its_zeros(self) -> None:
        rows = [[1001, "Part"], ["00123", "Part"]]
        assert rows_of(workbook_file(*rows, header=["SKU", "Name"])) == [["1001", "Part"], ["00123", "Part"]]

    def test_rows_keep_their_numbers_and_cells_their_places(self) -> None:
        cells = '<row r="900"><c r="B900" t="str"><v>Part</v></c></row><row><c/><c t="str"><v>B</v></c></row>'
        sheet = read_sheet(with_sheet_xml(cells))
        assert [(row.number, row.cells) for row in sheet.rows] == [
            (900, ["", "Part", ""]),
            (901, ["", "B", ""]),
        ]

    def test_shared_strings_are_read_with_all_their_runs(self) -> None:
        cells = '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>'
        items = "<si><r><t>Oak </t></r><r><t>board</t></r></si><si><t>OAK-25</t></si>"
        assert rows_of(with_shared_strings(with_sheet_xml(cells), items)) == [["OAK-25", "Oak board", ""]]

    def test_the_first_sheet_that_is_seen_is_read(self) -> None:
        workbook = Workbook()
        workbook.active.append(["Notes"])
        workbook.active.sheet_state = "hidden"
        sheet = workbook.create_sheet("Products")
        sheet.append(["SKU", "Name"])
        sheet.append(["A", "Part"])
        assert rows_of(saved(workbook)) == [["A", "Part"]]

    def test_the_declared_size_is_not_believed(self) -> None:
        begin = time.process_time()
        assert rows_of(with_sheet_xml(number_row("1"), dimension="A1:XFD1048576")) == [["A", "Part", "1"]]
        far = '<row r="1048576"><c r="A1048576" t="str"><v>Z</v></c></row>'
        assert [row.number for row in read_sheet(with_sheet_xml(number_row("1") + far)).rows] == [2, 1048576]
        assert time.process_time() - begin < 1

    def test_more_rows_than_an_import_takes(self) -> None:
        rows = [[f"P-{number}", "Part"] for number in range(10_001)]
        assert "more than 10,000 products" in refusal(workbook_file(*rows, header=["SKU", "Name"]))


class TestWorkbooksThatAreNone:
    """Broken, locked, ancient, or made to break the reader."""

    @pytest.mark.parametrize(
        "content",
        [
            b"PK\x03\x04 and nothing more",
            b"PK\x05\x06" + b"\x00" * 18,
            workbook_file(["A"])[:-200],
            with_part(workbook_file(["A"]), "xl/workbook.xml", b"<workbook"),
            with_part(workbook_file(["A"]), "[Content_Types].xml", b"<Types/>"),
            with_part(workbook_file(["A"]), "xl/worksheets/sheet1.xml", b"\x00\x01"),
            with_sheet_xml('<row r="x"/>'),
            with_sheet_xml('<row r="2"><c r="A2" t="s"><v>99</v></c></row>'),
            with_sheet_xml('<row r="2"><c r="??" t="str"><v>99</v></c></row>'),
        ],
    )
    def test_a_broken_workbook(self, content: bytes) -> None:
        assert (
            refusal(content)
            == "The file cannot be read as an Excel workbook (.xlsx). Save it anew as .xlsx, or as CSV."
        )

    def test_a_password(self) -> None:
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
        assert "password" in refusal(ole + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 500)
        assert "Excel 97" in refusal(ole)

    def test_a_bomb_is_not_unpacked(self) -> None:
        begin = time.process_time()
        bomb = with_part(workbook_file(["A"]), "xl/sharedStrings.xml", b" " * 40_000_000)
        assert len(bomb) < 100_000
        assert "too large once unpacked" in refusal(bomb)
        assert time.process_time() - begin < 3

    def test_a_row_of_a_million_cells_is_given_up(self) -> None:
        assert "too large once unpacked" in refusal(
            with_sheet_xml(f'<row r="2">{"<c><v>1</v></c>" * 600_000}</row>')
        )

    def test_entities_are_not_expanded(self) -> None:
        entities = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        xml = f'{entities}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</worksheet>'
        assert "cannot be read" in refusal(
            with_part(workbook_file(["A"]), "xl/worksheets/sheet1.xml", xml.encode())
        )


def test_a_sheet_comes_back_from_json_as_it_was() -> None:
    sheet = read_sheet(csv_file("A,Part,,,1.000,=2,\x07"))
    assert Sheet.from_json(sheet.as_json()) == sheet
    assert re.search(r"cannot be stored", sheet.rows[0].faults[6])

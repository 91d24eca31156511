"""A sheet's rows checked: every error named by row and column, products made of the good rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.products.importing.checking import Checked, Surroundings, check
from app.products.importing.reading import read_sheet
from app.products.models import ProductType
from tests.products.import_files import csv_file, number_row, with_sheet_xml

GOOD = {
    "SKU": "A",
    "Name": "Part",
    "Type": "component",
    "Unit": "pcs",
    "Unit cost": "1.25",
    "Quantity": "10",
    "Reorder point": "5",
}


def checked(*rows: str, around: Surroundings | None = None, header: str | None = None) -> Checked:
    """What a CSV file of these rows comes to."""
    content = csv_file(*rows, header=header) if header else csv_file(*rows)
    return check(read_sheet(content), around or Surroundings())


def complaints(outcome: Checked) -> list[tuple[int, str, str]]:
    """Row, column and sentence of each error."""
    return [(error.row, error.column, error.message) for error in outcome.errors]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_a_good_row_is_a_product_with_its_opening_stock() -> None:
    outcome = checked("A-1,Part,Finished good,pcs,1.250001,3,5.5")
    product = outcome.products[0]
    assert (product.row, product.fields.sku, product.fields.product_type) == (
        2,
        "A-1",
        ProductType.FINISHED_GOOD,
    )
    assert (product.quantity, product.unit_cost) == (Decimal(3), Decimal("1.250001"))
    assert product.fields.reorder_point == Decimal("5.5")
    assert outcome.opening_value == Decimal("3.750003")
    assert outcome.errors == []


def test_only_sku_and_name_are_needed() -> None:
    outcome = checked("A,Part", header="SKU,Name")
    product = outcome.products[0]
    assert product.fields.product_type == ProductType.RAW_MATERIAL
    assert (product.quantity, product.unit_cost, product.fields.reorder_point) == (Decimal(0), None, None)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", ProductType.RAW_MATERIAL),
        ("raw_material", ProductType.RAW_MATERIAL),
        ("RAW MATERIAL", ProductType.RAW_MATERIAL),
        ("Component", ProductType.COMPONENT),
        ("sub assembly", ProductType.SUB_ASSEMBLY),
        ("Sub-Assembly", ProductType.SUB_ASSEMBLY),
        ("Finished goods", ProductType.FINISHED_GOOD),
    ],
)
def test_types_are_known_by_label_and_by_key(typed: str, kind: ProductType) -> None:
    assert checked(f"A,Part,{typed}", header="SKU,Name,Type").products[0].fields.product_type == kind


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("SKU", "", "every product needs one"),
        ("Name", "  ", "every product needs one"),
        ("SKU", "x" * 101, "at most 100 characters (these are 101)"),
        ("Name", "x" * 251, "at most 250 characters (these are 251)"),
        ("Name", "x" * 10_000, "10,000 characters"),
        ("Name", "a\x00b", "cannot be stored"),
        ("Unit", "x" * 31, "at most 30 characters"),
        ("Type", "Gadget", "Raw material, Component, Sub-assembly, Finished good"),
        *(
            (column, value, sentence)
            for column in ("Unit cost", "Quantity", "Reorder point")
            for value, sentence in (
                ("-1", "at least 0"),
                ("-0.0001", "at least 0"),
                ("1e400", "Enter a number"),
                ("1,000", "without commas"),
                ("1.250,50", "without commas"),
                ("a few", "Enter a number"),
                ("NaN", "Enter a number"),
                ("=1+1", "Enter a number"),
                ("2026-03-01", "Enter a number"),
                ("12 pcs", "Enter a number"),
                ("$5", "Enter a number"),
                ("٣", "Enter a number"),
                ("100000000000", "no larger than"),
            )
        ),
        ("Quantity", "1.00001", "at most 4 decimals"),
        ("Reorder point", "0.12345", "at most 4 decimals"),
        ("Unit cost", "0.1234567", "at most 6 decimals"),
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_column(column: str, value: str, sentence: str) -> None:
    row = ",".join(quoted(cell) for cell in (GOOD | {column: value}).values())
    outcome = checked("Z,Good", row)
    assert [(error.row, error.column) for error in outcome.errors] == [(3, column)]
    assert sentence in outcome.errors[0].message
    assert [product.row for product in outcome.products] == [2]


def test_every_error_of_a_row_is_told_from_left_to_right() -> None:
    outcome = checked("A,,Gadget,,x,-1,1.00001,beyond")
    assert [error.column for error in outcome.errors] == [
        "Name",
        "Type",
        "Unit cost",
        "Quantity",
        "Reorder point",
        "H",
    ]


def test_a_formula_is_named_by_row_and_column() -> None:
    sheet = read_sheet(with_sheet_xml(number_row("3").replace("<v>", "<f>1+2</f><v>")))
    assert [error[:2] for error in complaints(check(sheet, Surroundings()))] == [(2, "Quantity")]


def test_the_same_sku_twice_names_both_rows_whatever_the_case() -> None:
    outcome = checked("Écrou,One", "b,Two", "écrou,Three", "ÉCROU,Four", header="SKU,Name")
    assert complaints(outcome) == [
        (4, "SKU", "Row 2 has the same SKU."),
        (5, "SKU", "Row 2 has the same SKU."),
    ]


def test_a_taken_sku_names_the_product_that_has_it() -> None:
    outcome = checked("A,One", "B,Two", header="SKU,Name", around=Surroundings({"B": "Brass hinge"}))
    assert complaints(outcome) == [
        (3, "SKU", "The product “Brass hinge” has this SKU. Only new products are imported.")
    ]


def test_stock_comes_from_lots_while_they_are_on() -> None:
    rows = ("A,One,1.5,3", "B,Two,1.5,0", "C,Three,2,")
    outcome = checked(*rows, header="SKU,Name,Unit cost,Quantity", around=Surroundings(lots_on=True))
    assert [(error.row, error.column) for error in outcome.errors] == [(2, "Quantity")]
    assert "lots are on" in outcome.errors[0].message
    assert outcome.costs_left_out == 2


def test_stock_without_a_unit_cost_is_worth_nothing_and_is_told() -> None:
    outcome = checked("A,One,,3", "B,Two,0,3", "C,Three,,", header="SKU,Name,Unit cost,Quantity")
    assert outcome.without_cost == [2]
    assert outcome.opening_value == 0


def test_a_value_that_cannot_be_kept_is_an_error() -> None:
    outcome = checked("A,One,99999999999,99999999999", header="SKU,Name,Unit cost,Quantity")
    assert [(error.row, error.column) for error in outcome.errors] == [(2, "Quantity")]


def test_a_long_cell_is_shown_by_its_beginning() -> None:
    outcome = checked(f"A,{'x' * 300}", header="SKU,Name")
    assert outcome.errors[0].found == "x" * 40 + "…"

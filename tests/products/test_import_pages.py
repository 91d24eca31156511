"""The pages of an import, as a person uses them."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from app import MAX_UPLOAD_BYTES
from app.extensions import db
from app.products.importing.models import ProductUpload
from app.products.models import Product
from app.stock.service import levels_of
from tests.products.import_files import csv_file, many, workbook_file
from tests.support.pages import Seen, Visitor
from tests.support.products import create_product
from tests.support.visiting import signed_in


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, signed in."""
    return signed_in(app, client, "owner")


def upload(visitor: Visitor, content: bytes, status: int = 200, name: str = "stock.csv") -> Seen:
    """The page after a file was sent."""
    page = visitor.get("/products/import")
    return visitor.submit(page, "Upload and check", status, file=(io.BytesIO(content), name))


def errors_on(page: Seen) -> list[list[str]]:
    """Row, column, what was found and what is wrong with it, for each error shown."""
    for table in page.document.all("table"):
        if table.all("caption")[0].text.startswith("Every error"):
            return [[cell.text for cell in row.all("td")] for row in table.all("tr")[1:]]
    return []


def figures(page: Seen) -> dict[str, str]:
    """The figures at the top, by their words."""
    return {
        pair.all("dt")[0].text: pair.all("dd")[0].text
        for facts in page.document.all("dl")
        for pair in facts.all("div")
    }


def products(app: Flask) -> int:
    """How many there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Product)) or 0


class TestWay:
    """From the list to the products."""

    def test_a_file_is_looked_at_and_imported(self, app: Flask, visitor: Visitor) -> None:
        page = upload(visitor, csv_file("A,Board,Component,m,7.35,120,20", "B,Screw,,pcs,0.01,1000,"))
        assert figures(page) == {
            "Products to be made": "2",
            "With opening stock": "2",
            "Value of opening stock": "892.00 USD",
        }
        assert products(app) == 0
        page = visitor.submit(page, "Import products")
        assert page.notices == ["2 products imported."]
        assert page.path == "/products"
        with app.app_context():
            ids = list(db.session.scalars(select(Product.id)))
            assert sum(level.value for level in levels_of(ids).values()) == Decimal(892)

    def test_a_workbook_is_imported_in_the_same_way(self, app: Flask, visitor: Visitor) -> None:
        content = workbook_file(["A", "Board", "Component", "m", 0.1 + 0.2, 3, 4])
        page = upload(visitor, content, name="stock.xlsx")
        assert "stock.xlsx" in page.main
        assert figures(page)["Value of opening stock"] == "0.90 USD"
        visitor.submit(page, "Import products")
        assert products(app) == 1

    def test_errors_are_listed_and_the_mended_file_is_imported(self, app: Flask, visitor: Visitor) -> None:
        with app.app_context():
            create_product(sku="OAK", name="Oak board")
        page = upload(visitor, csv_file("A,Board,,m,x,-3,", "oak,Board,,m,,1.00001,", "a,,Gadget,,,,"))
        assert [row[:3] for row in errors_on(page)] == [
            ["2", "Unit cost", "x"],
            ["2", "Quantity", "-3"],
            ["3", "SKU", "oak"],
            ["3", "Quantity", "1.00001"],
            ["4", "SKU", "a"],
            ["4", "Name", ""],
            ["4", "Type", "Gadget"],
        ]
        assert "Import products" not in [button.text for button in page.document.all("button")]
        mended = io.BytesIO(csv_file("A,Board,,m,1,3,", "oak-2,Board,,m,,1.0001,", "B,Box,,,,,"))
        page = visitor.submit(page, "Upload and check", file=(mended, "stock.csv"))
        assert "1 product comes with a quantity and no unit cost" in page.main
        visitor.submit(page, "Import products")
        assert products(app) == 4

    def test_of_many_errors_the_first_hundred_are_shown_and_the_rest_counted(self, visitor: Visitor) -> None:
        page = upload(visitor, many(10_000, "P-{0},Part,,,,x,y"))
        assert len(errors_on(page)) == 100
        assert figures(page)["Errors"] == "20,000"
        assert "And 19,900 more errors further down." in page.main

    def test_only_the_first_rows_are_shown_and_the_rest_counted(self, visitor: Visitor) -> None:
        page = upload(visitor, many(25))
        assert "And 15 more products." in page.main

    def test_the_list_leads_here_and_so_does_its_empty_state(self, app: Flask, visitor: Visitor) -> None:
        assert visitor.get("/products").link("Import from file") == "/products/import"


class TestConfirming:
    """Again, late, or by somebody else."""

    def test_the_second_time_says_that_it_is_done(self, app: Flask, visitor: Visitor) -> None:
        page = upload(visitor, many(3))
        visitor.submit(page, "Import products")
        again = visitor.submit(page, "Import products")
        assert again.notices == ["This file is imported already: 3 products. Nothing was done twice."]
        assert again.heading == "Imported products"
        assert products(app) == 3

    def test_a_sku_taken_since_is_shown_at_its_row(self, app: Flask, visitor: Visitor) -> None:
        page = upload(visitor, csv_file("A,Board", "B,Board", header="SKU,Name"))
        with app.app_context():
            create_product(sku="b", name="Brass hinge")
        page = visitor.submit(page, "Import products", status=409)
        assert "Nothing was imported" in page.main
        assert [row[:2] for row in errors_on(page)] == [["3", "SKU"]]
        assert products(app) == 1

    def test_another_persons_upload_is_not_found(self, app: Flask, visitor: Visitor) -> None:
        page = upload(visitor, many(3))
        other = signed_in(app, app.test_client(), "admin")
        other.get(page.path, status=404)
        token = other.get("/products/import").document.one("meta", name="csrf-token")["content"]
        assert other.client.post(page.path, headers={"X-CSRFToken": token}).status_code == 404
        assert products(app) == 0

    @pytest.mark.parametrize("path", ["/products/import/99", "/products/import/99999999999999999999"])
    def test_what_is_not_there_is_not_found(self, visitor: Visitor, path: str) -> None:
        assert "kept for a day" in visitor.get(path, status=404).main

    def test_a_forged_request_imports_nothing(self, app: Flask, visitor: Visitor) -> None:
        page = upload(visitor, many(3))
        assert visitor.client.post(page.path).status_code == 400
        assert products(app) == 0


class TestFilesThatAreNone:
    """The form again, with a sentence at its field, and nothing kept."""

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "The file is empty."),
            (csv_file(), "has no products below them"),
            (csv_file("A,B,C", header="SKU,Name,Colour"), "no column “Colour”"),
            (csv_file("A,Part"), None),
            ("SKU,Name\nA,Écrou".encode("latin-1"), "CSV UTF-8"),
            (b"PK\x03\x04 nothing more", "cannot be read as an Excel workbook"),
            (many(10_001), "more than 10,000 products"),
        ],
    )
    def test_the_reason_stands_at_the_field(
        self, app: Flask, visitor: Visitor, content: bytes, sentence: str | None
    ) -> None:
        page = upload(visitor, content, status=400 if sentence else 200)
        if sentence:
            field = page.document.one("input", name="file")
            assert field["aria-invalid"] == "true"
            assert sentence in page.document.one(id="file-error").text
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(ProductUpload)) == (
                0 if sentence else 1
            )

    def test_no_file_at_all(self, visitor: Visitor) -> None:
        page = visitor.submit(visitor.get("/products/import"), "Upload and check", 400)
        assert "Choose a file first." in page.main

    def test_a_file_that_is_too_large_says_what_to_do(self, visitor: Visitor) -> None:
        page = upload(visitor, b"x" * (MAX_UPLOAD_BYTES + 1), status=413)
        assert page.heading == "The file is too large"
        assert "16 MB" in page.main
        assert "save them as CSV" in page.main
        page.response.request.environ["wsgi.input"].close()  # the test client leaves its own file open


class TestTemplates:
    """Files to start from."""

    def test_the_csv_template_has_the_columns(self, visitor: Visitor) -> None:
        answer = visitor.client.get("/products/import/template.csv")
        assert answer.text.strip("\ufeff\r\n") == "SKU,Name,Type,Unit,Unit cost,Quantity,Reorder point"
        assert answer.headers["Content-Disposition"] == "attachment; filename=products.csv"

    def test_the_workbook_filled_in_is_imported(self, app: Flask, visitor: Visitor) -> None:
        answer = visitor.client.get("/products/import/template.xlsx")
        workbook = load_workbook(io.BytesIO(answer.data))
        workbook.active.append(["00123", "Board", "Component", "m", 7.35, 12.5, 3])
        file = io.BytesIO()
        workbook.save(file)
        page = visitor.submit(upload(visitor, file.getvalue(), name="products.xlsx"), "Import products")
        assert "00123" in page.main


def test_who_may_not_manage_products_may_not_import_them(app: Flask, visitor: Visitor) -> None:
    page = upload(visitor, many(1))
    builder = signed_in(app, app.test_client(), "accountant")
    paths = ("/products/import", page.path, "/products/import/template.csv", "/products/import/template.xlsx")
    for path in paths:
        assert builder.client.get(path).status_code == 403
    assert "Import from file" not in builder.get("/products").main

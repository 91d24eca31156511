"""The catalogue's pages, as a person uses them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.products.service import get_product
from tests.products.builders import stock_up
from tests.support.items import add_product
from tests.support.pages import Visitor
from tests.support.people import create_user
from tests.support.visiting import signed_in
from tests.support.workspace import create_workspace


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, signed in."""
    return signed_in(app, client, "owner")


class TestList:
    """Search, filters, empty states, the file."""

    def test_an_empty_catalogue_says_what_to_do(self, visitor: Visitor) -> None:
        page = visitor.get("/products")
        assert "No products yet." in page.main
        assert page.link("Import from the books") == "/items"

    def test_a_product_is_found_by_the_beginning_of_its_sku_and_leads_to_its_page(
        self, app: Flask, visitor: Visitor
    ) -> None:
        product = add_product(app, sku="OAK-25", name="Oak board")
        add_product(app, name="Pine board")
        page = visitor.get("/products?q=oak-2")
        assert "Pine board" not in page.main
        assert visitor.follow(page, "Oak board").path == f"/products/{product}"

    def test_inactive_products_are_listed_when_asked_for(self, app: Flask, visitor: Visitor) -> None:
        add_product(app, name="Old board", is_active=False)
        assert "Old board" not in visitor.get("/products").main
        assert "Old board" in visitor.get("/products?state=inactive").main
        assert "Old board" in visitor.get("/products?state=all").main

    def test_types_filter_the_list(self, app: Flask, visitor: Visitor) -> None:
        add_product(app, name="Table", product_type="finished_good")
        add_product(app, name="Board")
        page = visitor.get("/products?type=finished_good")
        assert ("Table" in page.main, "Board" in page.main) == (True, False)

    def test_the_file_has_what_matches(self, app: Flask, visitor: Visitor) -> None:
        product = add_product(app, sku="A1", name="=cmd", unit="m", reorder_point=Decimal("2.5000"))
        with app.app_context():
            stock_up(product, "2.25", "10.125")
        text = visitor.client.get("/products?format=csv").text
        assert text.lstrip("\ufeff").splitlines() == [
            "Name,SKU,Type,On hand,Unit,Unit cost,Value,Reorder point,Stock,State",
            "'=cmd,A1,Raw material,2.25,m,4.5,10.125,2.5,low stock,active",
        ]


class TestEditing:
    """New, edit, deactivate."""

    def test_a_product_is_made_by_hand(self, app: Flask, visitor: Visitor) -> None:
        form = visitor.follow(visitor.get("/products"), "New product")
        page = visitor.submit(form, "Save", name=" Oak board ", sku="OAK-25", unit="m", reorder_point="2.50")
        assert page.heading == "Oak board"
        assert page.notices == ["Oak board is in the catalogue."]
        with app.app_context():
            assert get_product(1).reorder_point == Decimal("2.5")

    def test_a_taken_sku_is_said_at_the_field_and_what_was_typed_stays(
        self, app: Flask, visitor: Visitor
    ) -> None:
        add_product(app, sku="OAK-25")
        page = visitor.submit(
            visitor.get("/products/new"), "Save", status=400, name="Board", sku="oak-25", unit="m"
        )
        field = page.document.one("input", name="sku")
        assert field["aria-invalid"] == "true"
        assert "Another product has the SKU OAK-25" in page.main
        assert page.document.one("input", name="unit")["value"] == "m"

    @pytest.mark.parametrize(
        ("entered", "sentence"),
        [
            ({"name": ""}, "Please fill this in."),
            ({"name": "x" * 10_000}, "Use at most 250 characters"),
            ({"name": "a\x00b"}, "characters that cannot be stored"),
            ({"sku": "a\x00b"}, "characters that cannot be stored"),
            ({"reorder_point": "-1"}, "at least 0"),
            ({"reorder_point": "1.00001"}, "at most 4 decimals"),
            ({"reorder_point": "1,000"}, "without commas"),
            ({"reorder_point": "NaN"}, "Enter a number"),
            ({"product_type": "gadget"}, "Not a valid choice"),
        ],
    )
    def test_bad_values_are_refused_at_their_field(
        self, app: Flask, visitor: Visitor, entered: dict[str, str], sentence: str
    ) -> None:
        values = {"name": "Board", "sku": "A"} | entered
        page = visitor.submit(visitor.get("/products/new"), "Save", status=400, **values)
        assert sentence in page.main
        assert "No products yet." in visitor.get("/products").main

    def test_a_product_is_edited(self, app: Flask, visitor: Visitor) -> None:
        product = add_product(app, name="Board", reorder_point=Decimal(3))
        form = visitor.follow(visitor.get(f"/products/{product}"), "Edit")
        assert form.document.one("input", name="reorder_point")["value"] == "3"
        page = visitor.submit(form, "Save", name="Oak board", reorder_point="")
        assert page.heading == "Oak board"
        with app.app_context():
            assert get_product(product).reorder_point is None

    def test_a_product_is_set_aside_and_taken_up_again(self, app: Flask, visitor: Visitor) -> None:
        product = add_product(app, name="Board")
        page = visitor.submit(visitor.get(f"/products/{product}"), "Deactivate")
        assert "inactive" in page.main
        page = visitor.submit(page, "Reactivate")
        assert page.notices == ["Board is active again."]

    def test_what_is_not_there_is_not_found(self, visitor: Visitor) -> None:
        for path in ("/products/99", "/products/99/edit", "/products/99999999999999999999"):
            visitor.get(path, status=404)


class TestPermissions:
    """An Accountant looks, and changes nothing."""

    def test_an_accountant_sees_no_buttons_and_is_refused(self, app: Flask, client: FlaskClient) -> None:
        visitor = signed_in(app, client, "accountant")
        product = add_product(app, name="Board")
        page = visitor.get(f"/products/{product}")
        assert "Edit" not in page.main
        visitor.get(f"/products/{product}/edit", status=403)
        visitor.get("/products/new", status=403)
        token = page.document.one("meta", name="csrf-token")["content"]
        answer = client.post(f"/products/{product}/deactivate", headers={"X-CSRFToken": token})
        assert answer.status_code == 403
        with app.app_context():
            assert get_product(product).is_active

    def test_nobody_gets_in_without_signing_in(self, app: Flask, client: FlaskClient) -> None:
        with app.app_context():
            create_workspace()
            create_user()
        assert "/login" in client.get("/products").headers["Location"]

"""What the catalogue shows of stock: the list, the product's page, its history, a product's first stock."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.products.models import Product
from app.products.sources import register_source, source_link
from app.stock.models import StockTransaction
from app.stock.service import CorrectCost, Kind, Receive, Source, levels_of, post, turn_lots_on
from tests.products.builders import stock_up, use
from tests.support.pages import Visitor
from tests.support.products import create_product
from tests.support.visiting import signed_in


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, signed in."""
    return signed_in(app, client, "owner")


@pytest.fixture
def shelf(app: Flask) -> dict[str, int]:
    """Products in every state of stock."""
    points = {"Plenty": "5", "At the point": "5", "Below": "5", "Gone": None, "Never": "0", "No point": None}
    with app.app_context():
        ids = {
            name: create_product(
                name=name, unit="pcs", reorder_point=None if point is None else Decimal(point)
            ).id
            for name, point in points.items()
        }
        for name, quantity in (("Plenty", "6"), ("At the point", "5"), ("Below", "4.9999"), ("Gone", "1")):
            stock_up(ids[name], quantity, "12")
        stock_up(ids["No point"], "0.0001", "12")
        use(ids["Gone"], "1")
    return ids


class TestList:
    """On hand, cost, value, and what runs low (PROD-6)."""

    def test_it_shows_what_is_on_hand_and_what_it_is_worth(
        self, visitor: Visitor, shelf: dict[str, int]
    ) -> None:
        cells = {
            row.all("th")[0].text: [cell.text for cell in row.all("td")]
            for row in visitor.get("/products").document.all("tr")
            if row.all("th")[0]["scope"] == "row"
        }
        assert cells["Plenty"][2:] == ["6 pcs", "2.00", "12.00", "5", "active"]
        assert cells["At the point"][2:] == ["5 pcs", "2.40", "12.00", "5", "low stock"]
        assert cells["Gone"][2:] == ["0 pcs", "12.00", "0.00", "", "active"]
        assert cells["Never"][2:] == ["0 pcs", "0.00", "0.00", "0", "low stock"]

    @pytest.mark.parametrize(
        ("stock", "names"),
        [
            ("low", {"At the point", "Below", "Never"}),
            ("out", {"Gone", "Never"}),
            ("in", {"Plenty", "At the point", "Below", "No point"}),
            ("", {"Plenty", "At the point", "Below", "Gone", "Never", "No point"}),
            ("odd", {"Plenty", "At the point", "Below", "Gone", "Never", "No point"}),
        ],
    )
    def test_it_is_filtered_by_stock(
        self, visitor: Visitor, shelf: dict[str, int], stock: str, names: set[str]
    ) -> None:
        text = visitor.client.get(f"/products?stock={stock}&format=csv").text.lstrip("\ufeff")
        assert {row["Name"] for row in csv.DictReader(io.StringIO(text))} == names

    def test_more_rows_take_no_more_queries(
        self, app: Flask, visitor: Visitor, queries: list[str], shelf: dict[str, int]
    ) -> None:
        queries.clear()
        visitor.get("/products")
        few = len(queries)
        with app.app_context():
            for number in range(40):
                stock_up(create_product().id, "3", str(number))
        queries.clear()
        visitor.get("/products")
        assert len(queries) <= few <= 10


class TestPage:
    """The product at a glance, its chart, its latest movements."""

    def test_low_stock_is_said_in_words(self, visitor: Visitor, shelf: dict[str, int]) -> None:
        figures = visitor.get(f"/products/{shelf['Below']}").document.one("dl", **{"class": "figures"}).text
        for text in ("4.9999 pcs", "low stock", "12.00 USD", "5 pcs"):
            assert text in figures
        assert "low stock" not in visitor.get(f"/products/{shelf['Plenty']}").main

    def test_a_product_that_never_moved_says_so(self, visitor: Visitor, shelf: dict[str, int]) -> None:
        page = visitor.get(f"/products/{shelf['Never']}")
        assert "Nothing has moved yet." in page.main
        assert not page.document.all("svg", role="img")

    @pytest.mark.parametrize("period", ["30d", "12m", "all", "", "odd"])
    def test_the_chart_is_there_for_every_period_and_as_a_table(
        self, app: Flask, visitor: Visitor, shelf: dict[str, int], period: str
    ) -> None:
        with app.app_context():
            stock_up(shelf["Never"], "40", "80", utcnow() - timedelta(days=800))
            use(shelf["Never"], "15", utcnow() - timedelta(days=3))
        page = visitor.get(f"/products/{shelf['Never']}?period={period}")
        chart = page.document.one("svg", role="img")
        assert chart.all("title")[0].text == "Stock on hand of Never"
        assert "lowest 25 pcs" in chart.one("desc").text
        assert "25 pcs" in page.document.one("details").text

    def test_only_the_last_twenty_are_shown_with_a_way_to_the_rest(
        self, app: Flask, visitor: Visitor, shelf: dict[str, int]
    ) -> None:
        with app.app_context():
            for _ in range(25):
                stock_up(shelf["Plenty"], "1")
        page = visitor.get(f"/products/{shelf['Plenty']}")
        assert page.main.count("Received") == 20
        assert "26 transactions" in visitor.follow(page, "The full history").main


class TestHistory:
    """Every transaction, with its running balance, its source and who made it (PROD-8)."""

    def test_the_file_has_all_there_is_to_know(
        self, app: Flask, visitor: Visitor, shelf: dict[str, int]
    ) -> None:
        product = shelf["Plenty"]
        with app.app_context(), transaction() as session:
            worth = CorrectCost(product_id=product, cost=Decimal("-3.5"), source=Source("sync_run", 7))
            post([worth], session)
        text = visitor.client.get(f"/products/{product}/history?format=csv").text.lstrip("\ufeff")
        correction, receipt = csv.DictReader(io.StringIO(text))
        assert (receipt["What"], receipt["Quantity"], receipt["Unit cost"]) == ("Received", "6", "2")
        assert (receipt["On hand after"], receipt["Value after"]) == ("6", "12")
        assert (correction["What"], correction["Quantity"]) == ("Cost correction", "0")
        assert (correction["Unit cost"], correction["Cost"]) == ("", "-3.5")
        assert (correction["Value after"], correction["Source"]) == ("8.5", "Sync run 7")

    def test_it_is_filtered_by_kind_and_period(
        self, app: Flask, visitor: Visitor, shelf: dict[str, int]
    ) -> None:
        product = shelf["No point"]
        with app.app_context():
            stock_up(product, "7", at=utcnow() - timedelta(days=40))
            use(product, "3", at=utcnow() - timedelta(days=400))
        address = f"/products/{product}/history"
        assert "3 transactions" in visitor.get(address).main
        assert "1 transaction" in visitor.get(f"{address}?kind=SALE").main
        assert "1 transaction" in visitor.get(f"{address}?period=30d").main
        assert "2 transactions" in visitor.get(f"{address}?period=12m").main
        assert "Nothing matches." in visitor.get(f"{address}?kind=OPENING").main

    def test_it_is_paged(self, app: Flask, visitor: Visitor, shelf: dict[str, int]) -> None:
        product = shelf["Never"]
        with app.app_context(), transaction() as session:
            each = Receive(
                product_id=product,
                kind=Kind.RECEIVE,
                source=Source("test"),
                quantity=Decimal(1),
                cost=Decimal(2),
            )
            post([each] * 60, session)
        first = visitor.get(f"/products/{product}/history")
        second = visitor.follow(first, "Next")
        assert "120.00" in first.main
        assert len(second.document.one("tbody").all("tr")) == 10

    def test_a_source_leads_to_its_page_for_those_who_may_see_it(
        self, app: Flask, client: FlaskClient, visitor: Visitor, shelf: dict[str, int]
    ) -> None:
        product = shelf["Plenty"]
        with app.app_context(), transaction() as session:
            post([CorrectCost(product_id=product, cost=Decimal(1), source=Source("sync_run", 7))], session)
        assert visitor.get(f"/products/{product}").link("Sync run 7") == "/sync-runs/7"


class TestSources:
    """The registry, by itself."""

    def test_an_unknown_kind_is_its_word(self) -> None:
        assert source_link("lots_turned_on", 3).label == "Lots turned on"
        assert source_link("lots_turned_on", 3).url is None

    def test_a_known_one_has_its_words_and_its_page(self) -> None:
        register_source("thing", lambda number: f"/things/{number}", lambda number: f"Thing {number}")
        assert (source_link("thing", 4).label, source_link("thing", 4).url) == ("Thing 4", "/things/4")
        assert source_link("thing", None).url is None


OAK = {"name": "Oak", "sku": "OAK", "unit": "m"}


class TestFirstStock:
    """A product made by hand may bring its stock along."""

    def test_what_there_is_is_posted_as_opening_stock(self, app: Flask, visitor: Visitor) -> None:
        form = visitor.get("/products/new")
        page = visitor.submit(form, "Save", **OAK, opening_quantity="12.5", opening_cost="4.2")
        for text in ("12.5 m", "4.20", "52.50", "Opening stock", "New product"):
            assert text in page.main
        with app.app_context():
            posted = db.session.query(StockTransaction).one()
            assert (posted.kind, posted.source_kind, posted.source_id) == ("OPENING", "product", 1)

    @pytest.mark.parametrize("quantity", ["", "0"])
    def test_without_a_quantity_nothing_is_posted(self, app: Flask, visitor: Visitor, quantity: str) -> None:
        visitor.submit(visitor.get("/products/new"), "Save", **OAK, opening_quantity=quantity)
        with app.app_context():
            assert db.session.query(StockTransaction).count() == 0

    @pytest.mark.parametrize(
        ("entered", "sentence"),
        [
            ({"opening_quantity": "-1"}, "at least 0"),
            ({"opening_quantity": "1e400"}, "Enter a number"),
            ({"opening_quantity": "1.00001"}, "at most 4 decimals"),
            ({"opening_quantity": "1,000"}, "without commas"),
            ({"opening_quantity": "some"}, "Enter a number"),
            ({"opening_quantity": "\x00"}, "Enter a number"),
            ({"opening_quantity": "9" * 10_000}, "no larger than"),
            ({"opening_cost": ""}, "Say what one unit"),
            ({"opening_cost": "-1"}, "at least 0"),
            ({"opening_cost": "1e400"}, "Enter a number"),
            ({"opening_cost": "0.0000001"}, "at most 6 decimals"),
            ({"opening_cost": "4,20"}, "without commas"),
            ({"opening_cost": "\x00"}, "Enter a number"),
            ({"opening_cost": "x" * 10_000}, "Enter a number"),
            ({"opening_quantity": "", "opening_cost": "4"}, "needs an opening quantity"),
            ({"opening_quantity": "99999999999", "opening_cost": "2"}, "would cost more than"),
        ],
    )
    def test_bad_values_are_refused_and_nothing_is_made(
        self, app: Flask, visitor: Visitor, entered: dict[str, str], sentence: str
    ) -> None:
        values = OAK | {"opening_quantity": "5", "opening_cost": "2"} | entered
        page = visitor.submit(visitor.get("/products/new"), "Save", status=400, **values)
        assert sentence in page.main
        with app.app_context():
            assert (db.session.query(Product).count(), db.session.query(StockTransaction).count()) == (0, 0)

    def test_a_taken_sku_leaves_no_stock_behind(self, app: Flask, visitor: Visitor) -> None:
        with app.app_context():
            product = create_product(sku="OAK").id
        values = OAK | {"opening_quantity": "5", "opening_cost": "2"}
        visitor.submit(visitor.get("/products/new"), "Save", status=400, **values)
        with app.app_context():
            assert levels_of([product])[product].on_hand == 0

    def test_with_lots_it_is_not_asked_for(self, app: Flask, visitor: Visitor) -> None:
        with app.app_context():
            turn_lots_on(None)
        form = visitor.get("/products/new")
        assert "Opening quantity" not in form.main
        visitor.submit(form, "Save", **OAK, opening_quantity="5", opening_cost="2")
        with app.app_context():
            assert db.session.query(StockTransaction).count() == 0

    def test_an_edit_does_not_ask_for_it(self, app: Flask, visitor: Visitor) -> None:
        with app.app_context():
            product = create_product().id
        assert "Opening quantity" not in visitor.get(f"/products/{product}/edit").main


class TestValue:
    """What the listed products are worth together, which the list shows once it is added up."""

    def test_it_is_that_of_the_list(self, visitor: Visitor, shelf: dict[str, int]) -> None:
        page = visitor.get(visitor.get("/products").link("What they are worth together"))
        assert page.document.one(id="stock-value").text == "Stock value of all active products: 48.00 USD"

    def test_it_is_narrowed_as_the_list_is(self, visitor: Visitor, shelf: dict[str, int]) -> None:
        low = visitor.get("/products?stock=low&q=point")
        page = visitor.get(low.link("What they are worth together"))
        assert page.document.one(id="stock-value").text == "Stock value of all products that match: 12.00 USD"
        assert page.link("The list") == "/products?q=point&stock=low"

    def test_where_nothing_is_listed_nothing_is_said(self, visitor: Visitor) -> None:
        assert "worth together" not in visitor.get("/products").main

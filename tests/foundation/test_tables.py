"""Listings: what a list shows for what a request asks, over the products of a workspace."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, insert, literal_column, select

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.lists.search import matches
from app.foundation.lists.tables import Column, DateFilter, Filter, Listing, Page
from app.products.models import Product
from tests.support.statements import statements

TYPES = (("", "All types"), ("raw_material", "Raw material"), ("finished_good", "Finished good"))

PRODUCTS = Listing(
    name="products",
    noun="product",
    key=Product.id,
    columns=(
        Column("sku", "SKU", sort=func.lower(Product.sku)),
        Column("name", "Name", sort=func.lower(Product.name)),
        Column("reorder_point", "Reorder at", numeric=True, sort=Product.reorder_point, nullable=True),
        Column("actions", "", in_file=False),
    ),
    default_sort="name",
    search=lambda text: matches(Product.search, text),
    search_hint="Name or SKU",
    filters=(
        Filter("type", "Type", TYPES, lambda value: Product.product_type == value if value else None),
        DateFilter("since", "Since", lambda day: func.date(Product.created_at) >= day),
    ),
    page_size=10,
)


@pytest.fixture
def products(context: Flask) -> Select[Any]:
    """Twenty-five products, every fifth a finished good, every third without reorder point."""
    rows = [
        {
            "sku": f"P-{number:03}",
            "name": f"Board {number:03}",
            "product_type": "finished_good" if number % 5 == 0 else "raw_material",
            "unit": "pcs",
            "description": "",
            "reorder_point": None if number % 3 == 0 else number % 4,
            "is_active": True,
            "created_at": utcnow(),
            "updated_at": utcnow(),
        }
        for number in range(1, 26)
    ]
    db.session.execute(insert(Product), rows)
    db.session.commit()
    return select(Product)


def page_at(app: Flask, statement: Select[Any], url: str) -> Page:
    with app.test_request_context(url):
        return PRODUCTS.page(statement)


def names(page: Page) -> list[str]:
    return [row.name for row in page.rows]


def walk(app: Flask, statement: Select[Any], url: str) -> list[list[str]]:
    """The names on each page, from the first to the last by its links."""
    pages = []
    following: str | None = url
    while following:
        with app.test_request_context(following):
            page = PRODUCTS.page(statement)
            pages.append(names(page))
            following = page.next_url
    return pages


@pytest.mark.parametrize("sort", ["", "name", "-name", "reorder_point", "-reorder_point", "sku"])
def test_following_the_links_shows_every_row_once(app: Flask, products: Select[Any], sort: str) -> None:
    pages = walk(app, products, f"/products?sort={sort}")
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({name for page in pages for name in page}) == 25


def test_the_links_keep_search_filter_and_order(app: Flask, products: Select[Any]) -> None:
    with app.test_request_context("/products?q=board&type=raw_material&sort=-name&after=forged&other=x"):
        page = PRODUCTS.page(products)
        assert names(page)[0] == "Board 024"
        assert page.count_text == "20 products"
        assert page.next_url is not None
        assert page.next_url.startswith("/products?q=board&type=raw_material&sort=-name&after=")
        assert page.csv_url == "/products?q=board&type=raw_material&sort=-name&format=csv"
        assert page.sort_url("name") == "/products?q=board&type=raw_material&sort=name"
        assert page.sort_url("sku") == "/products?q=board&type=raw_material&sort=sku"
        assert page.clear_url == "/products?sort=-name"
        assert (page.direction("name"), page.direction("sku")) == ("descending", None)


@pytest.mark.parametrize(("since", "count"), [("2000-01-01", 25), ("2999-12-31", 0)])
def test_a_date_narrows_the_list(app: Flask, products: Select[Any], since: str, count: int) -> None:
    with app.test_request_context(f"/products?since={since}"):
        page = PRODUCTS.page(products)
        assert (page.count, page.narrowed) == (count, True)
        assert page.csv_url == f"/products?since={since}&format=csv"


@pytest.mark.parametrize(
    "query",
    [
        "sort=price",
        "sort=--name",
        "sort=actions",
        "type=service",
        "after=x.y",
        "before=%00",
        "q=",
        "type=%ff",
        "since=",
        "since=yesterday",
        "since=20260309",
        "since=2026-02-30",
        "since=%00",
    ],
)
def test_what_is_not_offered_reads_as_the_default(app: Flask, products: Select[Any], query: str) -> None:
    page = page_at(app, products, f"/products?{query}")
    assert names(page) == [f"Board {number:03}" for number in range(1, 11)]
    assert not page.narrowed


def test_a_token_of_another_order_starts_at_the_first_page(app: Flask, products: Select[Any]) -> None:
    with app.test_request_context("/products?sort=sku"):
        token = (PRODUCTS.page(products).next_url or "").partition("after=")[2]
    assert names(page_at(app, products, f"/products?sort=-name&after={token}"))[0] == "Board 025"


@pytest.mark.parametrize(
    "words", ["!!!", "<b>", "' OR 1=1 --", "&|!:*()", "\\", "x" * 9000, "\x00", "\ud800"]
)
def test_no_search_fails(app: Flask, products: Select[Any], words: str) -> None:
    with app.test_request_context("/products", query_string={"q": words.encode("utf-8", "replace")}):
        assert PRODUCTS.page(products).rows is not None


def test_a_search_without_a_word_finds_nothing(app: Flask, products: Select[Any]) -> None:
    page = page_at(app, products, "/products?q=!!!")
    assert (page.rows, page.narrowed, page.count_text) == ([], True, "0 products")


def test_the_count_stops_at_its_cap() -> None:
    assert PRODUCTS.count_text(1000) == "1,000 products"
    assert PRODUCTS.count_text(1001) == "More than 1,000 products"
    assert PRODUCTS.count_text(1) == "1 product"


@pytest.mark.parametrize(
    ("url", "most"), [("/products", 2), ("/products?sort=-reorder_point", 3), ("/products?q=board+001", 2)]
)
def test_a_page_takes_few_statements(app: Flask, products: Select[Any], url: str, most: int) -> None:
    with statements(app) as sent:
        page_at(app, products, url)
    assert len(sent) <= most


def test_the_file_holds_all_that_matches_in_its_order(app: Flask, products: Select[Any]) -> None:
    with app.test_request_context("/products?q=board&sort=-reorder_point&format=csv"):
        response = PRODUCTS.answer(products, "never/rendered.html")
        text = response.get_data().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["SKU", "Name", "Reorder at"]
    assert len(rows) == 25
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
    assert "products.csv" in response.headers["Content-Disposition"]


def test_rows_of_several_things_have_them_as_attributes(app: Flask, products: Select[Any]) -> None:
    wide = select(Product.id, Product.name, literal_column("7").label("stock"))
    assert [row.stock for row in page_at(app, wide, "/products").rows] == [7] * 10


def test_known_keys_are_an_array_before_any_row_is_read(app: Flask, products: Select[Any]) -> None:
    with statements(app) as sent:
        assert len(names(page_at(app, products, "/products?q=board&type=finished_good"))) == 5
    among = next(statement for statement in sent if "ANY (" in statement)
    # With a type of its own it would be a text, made an array anew for each row.
    assert "AS BIGINT[])" in among
    assert "VARCHAR AS BIGINT[]" not in among
    assert "TEXT AS BIGINT[]" not in among


def test_deep_pages_read_one_range_of_the_index(app: Flask, products: Select[Any]) -> None:
    with app.test_request_context("/products"):
        url = PRODUCTS.page(products).next_url
    assert url is not None
    with statements(app) as sent:
        page_at(app, products, url)
    assert any("(lower(products.name), products.id) > (" in statement for statement in sent)

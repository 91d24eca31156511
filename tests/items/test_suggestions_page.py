"""The page of link suggestions."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from app.items.linking import link_item
from app.products.service import ProductFields, create_products
from tests.support.html import Element
from tests.support.items import add_item, add_product, create_many_items, product_of
from tests.support.pages import Seen, Visitor

PAGE = "/items/suggestions"


def boxes(page: Seen) -> list[Element]:
    """The boxes in front of the suggestions."""
    return page.document.all("input", type="checkbox", name="pair")


def test_clear_suggestions_are_ticked_and_linked_with_one_button(app: Flask, visitor: Visitor) -> None:
    mug, cup = (add_item(app, sku=sku, name=sku.lower()) for sku in ("MUG", "CUP"))
    product = add_product(app, sku="MUG", name="Mug by hand")
    add_product(app, sku="CUP-2", name="Cup")
    page = visitor.follow(visitor.get("/items"), "Link suggestions")
    assert ("same SKU" in page.main, "same name" in page.main) == (True, True)
    assert all("checked" in box for box in boxes(page))
    page = visitor.submit(page, "Link selected", pair=[f"{product}-{mug}"])
    assert page.notices == ["1 product linked."]
    assert (product_of(app, mug), product_of(app, cup)) == (product, None)
    page = visitor.submit(page, "Link selected", pair=[box["value"] for box in boxes(page)])
    assert page.heading == "Link suggestions"
    assert "Nothing to suggest." in page.main


def test_ambiguous_ones_are_shown_as_such_and_not_ticked(app: Flask, visitor: Visitor) -> None:
    product = add_product(app, sku="MUG", name="Mug")
    first, second = (add_item(app, sku="MUG", name=name) for name in ("One", "Two"))
    page = visitor.get(PAGE)
    assert ["checked" in box for box in boxes(page)] == [False, False]
    assert page.main.count("several, choose one") == 2
    page = visitor.submit(page, "Link selected", pair=[f"{product}-{second}"])
    assert (product_of(app, first), product_of(app, second)) == (None, product)


def test_two_items_for_one_product_are_refused_and_the_ticks_stay(app: Flask, visitor: Visitor) -> None:
    product = add_product(app, sku="MUG", name="Mug")
    items = [add_item(app, sku="MUG", name=name) for name in ("One", "Two")]
    page = visitor.get(PAGE)
    page = visitor.submit(page, "Link selected", status=409, pair=[f"{product}-{item}" for item in items])
    assert "Mug is in two of the suggestions that you chose." in page.main
    assert ["checked" in box for box in boxes(page)] == [True, True]
    assert [product_of(app, item) for item in items] == [None, None]


def test_a_race_is_told_and_the_rest_goes_on(app: Flask, visitor: Visitor) -> None:
    for sku in ("A", "B"):
        add_product(app, sku=sku, name=f"Product {sku}")
    first, second = (add_item(app, sku=sku) for sku in ("A", "B"))
    page, late = visitor.get(PAGE), visitor.get(PAGE)
    other = add_product(app)
    with app.app_context():
        link_item(first, other, None)
    notices = visitor.submit(page, "Link selected", pair=[box["value"] for box in boxes(page)]).notices
    assert notices[0] == "1 product linked."
    assert "no longer holds: Product A." in notices[1]
    page = visitor.submit(late, "Link selected", status=409, pair=[box["value"] for box in boxes(late)])
    assert "What you chose no longer holds: Product A, Product B." in page.main
    assert (product_of(app, first), product_of(app, second)) == (other, 2)


@pytest.mark.parametrize(
    "pair",
    ["", "1", "1-", "-1", "1-2-3", "a-b", "0-1", "1\x00-2", f"1-{'9' * 30}", "1-9223372036854775808", "²-1"],
)
def test_what_no_page_of_ours_has_is_refused(app: Flask, visitor: Visitor, pair: str) -> None:
    add_product(app, sku="A")
    item = add_item(app, sku="A")
    page = visitor.submit(visitor.get(PAGE), "Link selected", status=400, pair=[f"1-{item}", pair])
    assert "Tick suggestions of this page" in page.main
    assert product_of(app, item) is None


def test_more_than_a_page_holds_is_refused(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="A")
    item = add_item(app, sku="A")
    many = [f"1-{item}"] * 101
    visitor.submit(visitor.get(PAGE), "Link selected", status=400, pair=many)
    assert product_of(app, item) is None


def test_nothing_ticked_is_said(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="A", name="A")
    for _ in range(2):
        add_item(app, sku="A")
    page = visitor.submit(visitor.get(PAGE), "Link selected")
    assert page.notices == ["Tick the suggestions that are right first."]


def test_a_hundred_stand_on_a_page_and_linking_stays_where_one_was(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        create_many_items(250)
        create_products([ProductFields(f"p-{number}", f"Thing {number:03}") for number in range(1, 251)])
    page = visitor.get(PAGE)
    assert (len(boxes(page)), "250 suggestions" in page.main) == (100, True)
    second = visitor.follow(page, "Next")
    assert len({box["value"] for box in (*boxes(page), *boxes(second))}) == 200
    page = visitor.submit(second, "Link selected", pair=[box["value"] for box in boxes(second)])
    assert page.notices == ["100 products linked."]
    assert "Thing 201" in page.main
    assert "Thing 001" not in page.main


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=mug", {"Mug"}),
        ("q=BOWL", {"Bowl"}),
        ("why=name", {"Bowl"}),
        ("why=sku", {"Mug", "Plate"}),
        ("candidates=several", {"Plate"}),
        ("candidates=clear", {"Mug", "Bowl"}),
        ("q=%25", set()),
        ("q=%00", {"Mug", "Bowl", "Plate"}),
        ("q=" + "x" * 10_000, set()),
        ("after=forged&connection=99&sort=nothing", {"Mug", "Bowl", "Plate"}),
    ],
)
def test_it_can_be_searched_and_filtered(app: Flask, visitor: Visitor, query: str, shown: set[str]) -> None:
    add_product(app, sku="MUG", name="Mug")
    add_product(app, sku="B", name="Bowl")
    add_product(app, sku="PLATE", name="Plate")
    for sku, name in (("MUG", "1"), ("B-2", "Bowl"), ("PLATE", "2"), ("PLATE", "3")):
        add_item(app, sku=sku, name=name)
    page = visitor.get(f"{PAGE}?{query}")
    assert {link.text for link in page.document.all("a") if link["href"].startswith("/products/")} == shown


def test_it_can_be_downloaded(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="MUG", name="Mug")
    add_item(app, sku="mug", name="Cup")
    rows = list(csv.DictReader(io.StringIO(visitor.client.get(f"{PAGE}?format=csv").text.lstrip("\ufeff"))))
    assert [(row["Product"], row["Why"], row["Item"]) for row in rows] == [("Mug", "same SKU", "Cup")]


def test_names_that_look_like_html_stay_text(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="X", name="<b>Mug</b>")
    add_item(app, sku="X", name="<script>alert(1)</script>")
    page = visitor.get(PAGE)
    assert "<b>Mug</b>" in page.main
    assert "<script>alert(1)</script>" in page.main

"""Linking and unlinking, from the item's side and from the product's."""

from __future__ import annotations

import pytest
from flask import Flask

from app.items.linking import link_item
from tests.support.items import add_item, add_product, product_of
from tests.support.pages import Visitor


def test_an_item_is_linked_to_the_product_of_the_same_sku(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app, sku="MUG", name="Mug by hand"), add_item(app, sku="mug", name="Mug")
    add_product(app, name="Plate")
    page = visitor.follow(visitor.get(f"/items/{item}"), "Link to a product")
    assert ("Mug by hand" in page.main, "Plate" in page.main) == (True, False)
    page = visitor.submit(page, "Link")
    assert page.notices == ["Mug by hand is linked to Mug."]
    assert product_of(app, item) == product


def test_a_product_is_linked_to_an_item_that_was_searched_for(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app, name="Board"), add_item(app, name="Oak, 25 mm")
    page = visitor.follow(visitor.get(f"/products/{product}"), "Link an item")
    assert "No item has the same SKU or name." in page.main
    page = visitor.submit(page, "Search", q="oak 25")
    page = visitor.submit(page, "Link")
    assert product_of(app, item) == product
    assert "Oak, 25 mm" in page.main


def test_unlinking_keeps_the_product(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app, name="Board"), add_item(app, name="Oak")
    with app.app_context():
        link_item(item, product, None)
    page = visitor.submit(visitor.get(f"/products/{product}"), "Unlink")
    assert page.notices == ["Board is no longer linked. The product stays."]
    assert page.heading == "Board"
    assert "Not linked to an accounting item." in page.main
    assert product_of(app, item) is None


def test_a_link_that_came_too_late_is_refused_with_a_sentence(app: Flask, visitor: Visitor) -> None:
    first, second = add_product(app, sku="A", name="First"), add_product(app, name="Mug")
    item = add_item(app, sku="A", name="Mug")
    page = visitor.get(f"/items/{item}/link")
    with app.app_context():
        link_item(item, second, None)
    page = visitor.submit(page, "Link")
    assert page.notices == ["Mug is linked to the product Mug already. Unlink it there first."]
    assert product_of(app, item) == second != first


@pytest.mark.parametrize(
    ("product", "status"), [("", 400), ("abc", 400), ("-1", 400), ("9" * 40, 400), ("987654", 404)]
)
def test_forged_products_are_refused(app: Flask, visitor: Visitor, product: str, status: int) -> None:
    item = add_item(app)
    token = visitor.get("/items").document.one("meta", name="csrf-token")["content"]
    answer = visitor.client.post(f"/items/{item}/link", data={"product_id": product, "csrf_token": token})
    assert answer.status_code == status
    assert product_of(app, item) is None

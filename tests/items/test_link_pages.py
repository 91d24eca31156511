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


@pytest.mark.parametrize(
    "words", ["%00", "x" * 10_000, "%F0%9F%8C%B3", "%27%20OR%201=1", "%25_", "%ED%A0%80"]
)
def test_odd_search_words_find_nothing_and_break_nothing(app: Flask, visitor: Visitor, words: str) -> None:
    item, product = add_item(app, name="Oak"), add_product(app, name="Board")
    for path, name in ((f"/items/{item}/link", "Board"), (f"/products/{product}/link", "Oak")):
        page = visitor.get(f"{path}?q={words}")
        assert not [link for link in page.document.all("a") if link.text == name]


@pytest.mark.parametrize("number", ["0", "987654", "9223372036854775808", "9" * 30])
def test_what_is_not_there_cannot_be_linked(app: Flask, visitor: Visitor, number: str) -> None:
    token = visitor.get("/items").document.one("meta", name="csrf-token")["content"]
    assert visitor.get(f"/items/{number}/link", status=404)
    assert visitor.get(f"/products/{number}/link", status=404)
    for action in ("link", "unlink"):
        form = {"product_id": add_product(app), "csrf_token": token}
        assert visitor.client.post(f"/items/{number}/{action}", data=form).status_code == 404


def test_a_product_with_an_item_of_the_company_gets_no_second_one(app: Flask, visitor: Visitor) -> None:
    product, first, second = (
        add_product(app, name="Mug"),
        add_item(app, name="One"),
        add_item(app, name="Two"),
    )
    page = visitor.submit(visitor.get(f"/items/{second}/link?q=mug"), "Link")
    page = visitor.get(f"/items/{first}/link?q=mug")
    assert "No product matches." in page.main
    token = page.document.one("meta", name="csrf-token")["content"]
    visitor.client.post(f"/items/{first}/link", data={"product_id": product, "csrf_token": token})
    notices = visitor.get(f"/items/{first}").notices
    assert notices == ["Mug is linked to Two of Alder & Finch already. Unlink that item first."]
    assert product_of(app, first) is None


def test_an_inactive_item_is_not_linked_whatever_the_form_says(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app), add_item(app, name="Old", active=False)
    token = visitor.get("/items").document.one("meta", name="csrf-token")["content"]
    visitor.client.post(f"/items/{item}/link", data={"product_id": product, "csrf_token": token})
    assert "Old is inactive in the books" in visitor.get(f"/items/{item}").notices[0]
    assert product_of(app, item) is None


def test_unlinking_asks_first_and_says_what_it_means(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app, name="Board"), add_item(app, name="Oak")
    with app.app_context():
        link_item(item, product, None)
    for path in (f"/items/{item}", f"/products/{product}"):
        question = visitor.get(path).document.one("div", role="dialog").text
        assert "Unlink Board from Oak? The product stays." in question
        assert (
            "exports that need the link fail, and its quantity is no longer taken from the books" in question
        )

"""Linking and unlinking, from the item's side and from the product's."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.items.linking import get_item, link_item, unlink_item
from tests.support.items import add_item, add_product, create_company, create_item, product_of
from tests.support.pages import Visitor
from tests.support.products import create_product
from tests.support.visiting import signed_in


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


@pytest.mark.parametrize("product", ["", "abc", "-1", "0", "9" * 40])
def test_who_chose_no_product_is_asked_again(app: Flask, visitor: Visitor, product: str) -> None:
    item = add_item(app, name="Oak")
    answer = visitor.client.post(f"/items/{item}/link", data={"product_id": product, **token(visitor)})
    assert (answer.status_code, answer.location) == (303, f"/items/{item}/link")
    assert visitor.get(answer.location).notices == ["Choose the product to link to."]
    assert product_of(app, item) is None


def test_a_product_that_is_not_there_is_not_found(app: Flask, visitor: Visitor) -> None:
    item = add_item(app)
    answer = visitor.client.post(f"/items/{item}/link", data={"product_id": "987654", **token(visitor)})
    assert answer.status_code == 404
    assert "There is no such product." in answer.text
    assert product_of(app, item) is None


def token(visitor: Visitor) -> dict[str, str]:
    """What every form of ours carries."""
    return {"csrf_token": visitor.get("/items").document.one("meta", name="csrf-token")["content"]}


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
    assert visitor.get(f"/items/{number}/link", status=404)
    assert visitor.get(f"/products/{number}/link", status=404)
    for action in ("link", "unlink"):
        form = {"product_id": add_product(app), **token(visitor)}
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
    visitor.client.post(f"/items/{first}/link", data={"product_id": product, **token(visitor)})
    notices = visitor.get(f"/items/{first}").notices
    assert notices == ["Mug is linked to Two of Alder & Finch already. Unlink that item first."]
    assert product_of(app, first) is None


def test_an_inactive_item_is_not_linked_whatever_the_form_says(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app), add_item(app, name="Old", active=False)
    visitor.client.post(f"/items/{item}/link", data={"product_id": product, **token(visitor)})
    assert "Old is inactive in the books" in visitor.get(f"/items/{item}").notices[0]
    assert product_of(app, item) is None


def test_an_inactive_item_is_offered_no_product(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="OLD", name="Old jug by hand")
    item = add_item(app, sku="OLD", name="Old", active=False)
    page = visitor.get(f"/items/{item}/link?q=old")
    assert "Nothing could be posted to this item, so it cannot be linked." in page.main
    assert "Old jug by hand" not in page.main


def test_an_item_that_is_a_product_already_can_be_unlinked_where_another_is_chosen(
    app: Flask, visitor: Visitor
) -> None:
    product, item = add_product(app, name="Board"), add_item(app, name="Oak")
    with app.app_context():
        link_item(item, product, None)
    page = visitor.get(f"/items/{item}/link")
    assert "This item is the product Board already." in page.main
    visitor.submit(page, "Unlink")
    assert product_of(app, item) is None


def test_a_product_with_an_item_of_every_company_says_so(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app, sku="MUG", name="Mug"), add_item(app, name="One")
    add_item(app, sku="MUG", name="Two")
    with app.app_context():
        link_item(item, product, None)
    page = visitor.get(f"/products/{product}/link?q=two")
    assert "has an item of every connected company already" in page.main
    assert "No item" not in page.main
    with app.app_context():
        second = create_company(company_name="Second").id
    other = add_item(app, sku="MUG", name="Mug of the second", connection_id=second)
    visitor.submit(visitor.get(f"/products/{product}/link"), "Link")
    assert product_of(app, other) == product


@pytest.mark.parametrize("meanwhile", ["inactive", "linked", "full"])
def test_who_chose_an_item_that_is_not_to_be_had_any_more_chooses_another(
    app: Flask, visitor: Visitor, meanwhile: str
) -> None:
    product, item = add_product(app, sku="MUG", name="Mug"), add_item(app, sku="MUG", name="Oak mug")
    page = visitor.get(f"/products/{product}/link")
    with app.app_context():
        if meanwhile == "inactive":
            get_item(item).active = False
            db.session.commit()
        elif meanwhile == "linked":
            link_item(item, create_product(name="Quicker").id, None)
        else:
            link_item(create_item(name="Other").id, product, None)
    page = visitor.submit(page, "Link")
    assert page.path == f"/products/{product}/link"
    assert page.notices[0].startswith(
        {
            "inactive": "Oak mug is inactive in the books",
            "linked": "Oak mug is linked to the product Quicker already.",
            "full": "Mug is linked to Other of Alder & Finch already.",
        }[meanwhile]
    )
    assert product_of(app, item) != product


def test_what_was_unlinked_meanwhile_is_not_unlinked_again(app: Flask, visitor: Visitor) -> None:
    product, item = add_product(app), add_item(app)
    with app.app_context():
        link_item(item, product, None)
    page = visitor.get(f"/items/{item}")
    with app.app_context():
        unlink_item(item)
    page = visitor.submit(page, "Unlink")
    assert (page.path, page.notices) == (f"/items/{item}", ["This item was not linked to any product."])


def test_a_builder_neither_links_nor_unlinks(app: Flask, client: FlaskClient) -> None:
    builder = signed_in(app, client, "builder")
    product, linked, item = add_product(app), add_item(app), add_item(app)
    with app.app_context():
        link_item(linked, product, None)
    builder.get(f"/items/{item}/link", status=403)
    builder.get(f"/products/{product}/link", status=403)
    form = {"product_id": product, **token(builder)}
    for path in (f"/items/{item}/link", f"/items/{linked}/unlink"):
        assert client.post(path, data=form).status_code == 403
    assert (product_of(app, item), product_of(app, linked)) == (None, product)


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

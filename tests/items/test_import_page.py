"""The import page: from the selection to the products, every clash decided on the way."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.products.models import Product
from tests.support.items import add_item, add_product, create_many_items, product_of
from tests.support.pages import Seen, Visitor
from tests.support.products import create_product


def catalogue(app: Flask) -> dict[str, str]:
    """The types of all products by SKU."""
    with app.app_context():
        return {product.sku: product.product_type for product in db.session.query(Product)}


def chosen(visitor: Visitor, *items: int) -> Seen:
    """The import page for ticked items."""
    return visitor.submit(visitor.get("/items"), "Import", item=[str(item) for item in items])


def test_ticked_items_become_products_of_the_type_that_was_chosen(app: Flask, visitor: Visitor) -> None:
    items = [add_item(app, name="Mug", sku="MUG"), add_item(app, name="Cup", sku=None, external_id="12")]
    add_item(app, name="Plate")
    page = chosen(visitor, *items)
    assert page.heading == "Import 2 items"
    assert "The item has no SKU, so it gets one from its id." in page.main
    page = visitor.submit(page, "Import", product_type="finished_good")
    assert (page.heading, page.notices) == ("Products", ["2 items imported."])
    assert catalogue(app) == {"MUG": "finished_good", "QBO-12": "finished_good"}


def test_the_page_says_how_much_stock_comes_along_and_the_notice_how_much_came(
    app: Flask, visitor: Visitor
) -> None:
    items = [
        add_item(app, quantity_on_hand="12.5", purchase_cost="2.4"),
        add_item(app, quantity_on_hand="-3"),
        add_item(app, item_type="service"),
    ]
    page = chosen(visitor, *items)
    assert (
        "Stock comes along: 1 of the new products has a quantity in the books, worth 30.00 in all. "
        "The books' quantity of 1 item, which is below zero, is not taken over."
    ) in page.main
    assert visitor.submit(page, "Import").notices == [
        "3 items imported. Stock came along for 1 product, worth 30.00 in all. "
        "The books' quantity of 1 item, which is below zero, was not taken over."
    ]


def test_where_none_comes_the_page_says_so(app: Flask, visitor: Visitor) -> None:
    assert "No stock comes along." in chosen(visitor, add_item(app)).main


def test_the_type_is_raw_material_unless_another_is_chosen(app: Flask, visitor: Visitor) -> None:
    visitor.submit(chosen(visitor, add_item(app, sku="MUG")), "Import")
    assert catalogue(app) == {"MUG": "raw_material"}


def test_all_that_match_a_filter_are_imported(app: Flask, visitor: Visitor) -> None:
    for name in ("Oak board", "Oak panel", "Pine board"):
        add_item(app, name=name, sku=name)
    page = visitor.submit(visitor.get("/items?q=oak&state=not_imported"), "Import", all="1")
    assert page.heading == "Import 2 items"
    visitor.submit(page, "Import")
    assert set(catalogue(app)) == {"Oak board", "Oak panel"}


def test_a_clash_is_offered_as_a_link_and_linked_unless_decided_otherwise(
    app: Flask, visitor: Visitor
) -> None:
    product = add_product(app, sku="MUG", name="By hand")
    item = add_item(app, name="Mug", sku="mug")
    page = chosen(visitor, item)
    assert "Link to By hand (MUG)" in page.main
    page = visitor.submit(page, "Import")
    assert page.notices == ["1 linked to products that were there."]
    assert product_of(app, item) == product


def test_a_clash_can_get_another_sku_or_be_left_out(app: Flask, visitor: Visitor) -> None:
    add_product(app, sku="A")
    add_product(app, sku="B")
    renamed, left = add_item(app, sku="A"), add_item(app, sku="B")
    page = chosen(visitor, renamed, left)
    values = {f"action-{renamed}": "sku", f"sku-{renamed}": " A-2 ", f"action-{left}": "leave"}
    page = visitor.submit(page, "Import", **values)
    assert page.notices == ["1 item imported.", "1 item left out, as you chose."]
    assert set(catalogue(app)) == {"A", "B", "A-2"}


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ("", 400, "Enter a SKU."),
        ("x" * 101, 400, "Use at most 100 characters."),
        ("a\x00b", 400, "characters that cannot be stored"),
        ("b", 409, "The product “Second” has this SKU and no item."),
    ],
)
def test_a_typed_sku_that_cannot_be_used_is_said_at_its_field_and_nothing_is_written(
    app: Flask, visitor: Visitor, typed: str, status: int, sentence: str
) -> None:
    add_product(app, sku="A")
    add_product(app, sku="B", name="Second")
    item, good = add_item(app, sku="A"), add_item(app, sku="GOOD")
    values = {f"action-{item}": "sku", f"sku-{item}": typed}
    page = visitor.submit(
        chosen(visitor, item, good), "Import", status=status, product_type="component", **values
    )
    field = page.document.one("input", name=f"sku-{item}")
    assert (field["aria-invalid"], sentence in page.main) == ("true", True)
    assert page.document.one("option", selected=None, value="component").text == "Component"
    assert set(catalogue(app)) == {"A", "B"}


def test_what_cannot_be_imported_is_shown_with_its_reason_beforehand(app: Flask, visitor: Visitor) -> None:
    old = add_item(app, name="Old", active=False)
    page = visitor.get(f"/items/import?item={old}")
    assert "It is inactive in the books." in page.main
    assert not [button for button in page.document.all("button") if button.text == "Import"]


def test_an_item_that_was_imported_meanwhile_is_skipped_and_reported(app: Flask, visitor: Visitor) -> None:
    item = add_item(app, sku="MUG")
    first, second = chosen(visitor, item), chosen(visitor, item)
    visitor.submit(first, "Import")
    assert visitor.submit(second, "Import").notices == ["1 item skipped: imported before."]
    assert len(catalogue(app)) == 1


def test_a_sku_taken_meanwhile_is_refused_with_its_reason(app: Flask, visitor: Visitor) -> None:
    page = chosen(visitor, add_item(app, name="Mug", sku="MUG"), add_item(app, sku="CUP"))
    add_product(app, sku="MUG", name="By hand")
    notices = visitor.submit(page, "Import").notices
    assert notices[0] == "1 item imported."
    assert "Mug: The product “By hand” has this SKU and no item." in notices[1]


def test_a_filtered_selection_that_changed_is_shown_again(app: Flask, visitor: Visitor) -> None:
    add_item(app, name="Oak board")
    page = visitor.submit(visitor.get("/items?q=oak"), "Import", all="1")
    add_item(app, name="Oak panel")
    page = visitor.submit(page, "Import", status=409)
    assert "The items that match have changed" in page.main
    assert catalogue(app) == {}
    visitor.submit(page, "Import")
    assert len(catalogue(app)) == 2


def test_forged_fields_import_nothing_else(app: Flask, visitor: Visitor) -> None:
    other = add_product(app, sku="OTHER")
    add_product(app, sku="MUG")
    item = add_item(app, sku="MUG")
    page = chosen(visitor, item)
    forged = {f"product-{item}": str(other), "action-abc": "link", "product-abc": "1", "action-": "sku"}
    notices = visitor.submit(page, "Import", **forged).notices
    assert "has this SKU and no item" in notices[0]
    assert product_of(app, item) is None


def test_a_forged_type_is_refused(app: Flask, visitor: Visitor) -> None:
    page = visitor.submit(chosen(visitor, add_item(app)), "Import", status=400, product_type="gadget")
    assert "Not a valid choice" in page.main
    assert catalogue(app) == {}


def test_of_a_huge_selection_the_page_shows_the_clashes_and_carries_the_filter(
    app: Flask, visitor: Visitor
) -> None:
    with app.app_context():
        create_many_items(3_000)
        create_product(sku="P-77", name="By hand")
    page = visitor.submit(visitor.get("/items"), "Import", all="1")
    assert "Import 3,000 items" in page.heading
    assert len(page.document.all("tbody")[0].all("tr")) == 1
    assert not page.document.all("input", name="item")
    page = visitor.submit(page, "Import")
    assert page.notices == [
        "2,999 items imported, 1 linked to products that were there. "
        "Stock came along for 2,572 products, worth 175,384.00 in all."
    ]
    assert len(catalogue(app)) == 3_000


def test_more_clashes_than_a_page_holds_are_left_for_later(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        create_many_items(250)
        for number in range(1, 221):
            create_product(sku=f"P-{number}")
    page = visitor.submit(visitor.get("/items"), "Import", all="1")
    assert "20 further items with a clash are left out now." in page.main
    notices = visitor.submit(page, "Import").notices
    assert notices[0].startswith("30 items imported, 200 linked to products that were there.")
    assert notices[1].startswith("20 items not imported.")

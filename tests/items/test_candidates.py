"""What a product or an item could be linked to: suggestions with their reason, and what a search finds."""

from __future__ import annotations

import pytest

from app.items.candidates import found_items, found_products, suggested_items, suggested_products
from app.items.linking import link_item
from app.items.models import AccountingItem
from app.products.models import Product
from tests.support.items import create_company, create_item, create_many_items
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")


def products(item: AccountingItem) -> list[tuple[str, str]]:
    """The products suggested for an item, each with its reason."""
    return [(row.product.name, row.reason.label) for row in suggested_products(item)]


def items(product: Product) -> list[tuple[str, str]]:
    """The items suggested for a product, each with its reason."""
    return [(row.item.name, row.reason.label) for row in suggested_items(product)]


def test_products_of_the_same_sku_come_first_then_those_of_the_same_name() -> None:
    create_product(name="Oak board")
    create_product(sku="oak-25", name="Board")
    create_product(name="Pine")
    item = create_item(name="OAK BOARD", sku=" OAK-25 ")
    assert products(item) == [("Board", "same SKU"), ("Oak board", "same name")]


def test_items_of_the_same_sku_come_first_then_those_of_the_same_name() -> None:
    create_item(name=" OAK board", sku="OTHER")
    create_item(name="Plank", sku="  oak-25 ")
    create_item(name="Oak board, long", sku="OAK-25-2")
    product = create_product(sku="OAK-25", name="Oak board")
    assert items(product) == [("Plank", "same SKU"), (" OAK board", "same name")]


@pytest.mark.parametrize("sku", ["---", "Ä-1", "100%", "a'b:*", "N°5", "ß", "İ", "x" * 100, "a  b"])
def test_a_sku_of_unusual_characters_is_the_same_as_itself(sku: str) -> None:
    item, product = create_item(name="Item", sku=sku), create_product(sku=sku, name="Product")
    assert items(product) == [("Item", "same SKU")]
    assert products(item) == [("Product", "same SKU")]


def test_nothing_is_the_same_as_no_sku() -> None:
    item, product = create_item(name="Mug", sku=None), create_product(name="Bowl")
    assert (products(item), items(product)) == ([], [])


def test_what_is_linked_inactive_or_hidden_is_not_suggested() -> None:
    product = create_product(name="Oak board")
    link_item(create_item(name="Oak board").id, create_product().id, None)
    create_item(name="Oak board", active=False)
    create_item(name="Oak board", visible=False)
    assert items(product) == []


def test_a_product_with_an_item_of_the_company_is_suggested_to_the_other_company_only() -> None:
    first, second = create_company(), create_company(company_name="Second")
    product = create_product(sku="MUG", name="Mug")
    link_item(create_item(connection_id=first.id).id, product.id, None)
    ours = create_item(sku="MUG", name="Ours", connection_id=first.id)
    theirs = create_item(sku="MUG", name="Theirs", connection_id=second.id)
    assert (products(ours), products(theirs)) == ([], [("Mug", "same SKU")])
    assert items(product) == [("Theirs", "same SKU")]


def test_an_inactive_product_comes_after_an_active_one() -> None:
    create_product(name="Mug", description="old", is_active=False)
    create_product(name="MUG")
    assert products(create_item(name="mug")) == [("MUG", "same name"), ("Mug", "same name")]


def test_words_find_products_but_none_with_an_item_of_the_company() -> None:
    taken = create_product(name="Oak panel")
    create_product(name="Oak board")
    link_item(create_item().id, taken.id, None)
    assert [product.name for product in found_products(create_item(), "oak")] == ["Oak board"]


def test_words_find_items_hidden_ones_too_but_none_that_is_linked_or_inactive() -> None:
    product = create_product()
    link_item(create_item(name="Oak board 2").id, create_product().id, None)
    create_item(name="Oak board", visible=False)
    create_item(name="Oak board 3", active=False)
    assert [item.name for item in found_items(product, "board")] == ["Oak board"]


@pytest.mark.parametrize("words", ["", "\x00", "-- !", "x" * 10_000])
def test_words_that_mean_nothing_find_nothing(words: str) -> None:
    assert found_items(create_product(), words) == []
    assert found_products(create_item(), words) == []


def test_suggestions_are_found_by_an_index(queries: list[str]) -> None:
    create_many_items(20_000)
    product = create_product(sku="p-777", name="part 778")
    del queries[:]
    assert items(product) == [("Part 777", "same SKU"), ("Part 778", "same name")]
    assert len(queries) == 1

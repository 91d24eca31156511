"""Links between products and items, made and undone by hand."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.foundation.errors import NotFoundError
from app.foundation.transaction import transaction
from app.items.errors import ItemInactive, ItemLinked, ProductLinked
from app.items.linking import (
    count_links,
    drop_links,
    get_item,
    link_item,
    links_of,
    unlink_item,
)
from app.items.models import ItemLink
from app.products.service import get_product
from tests.support.items import create_company, create_item
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")


def test_a_product_is_linked_and_unlinked_and_stays() -> None:
    item, product = create_item(), create_product()
    link_item(item.id, product.id, None)
    assert get_item(item.id).link.product.id == product.id  # type: ignore[union-attr]
    assert unlink_item(item.id).id == product.id  # type: ignore[union-attr]
    assert links_of(product.id) == []
    assert get_product(product.id).is_active


def test_unlinking_what_is_not_linked_changes_nothing() -> None:
    assert unlink_item(create_item().id) is None


def test_an_item_belongs_to_one_product_only() -> None:
    item, first = create_item(name="Mug"), create_product(name="First")
    link_item(item.id, first.id, None)
    with pytest.raises(ItemLinked, match="Mug is linked to the product First already"):
        link_item(item.id, create_product().id, None)


def test_a_product_has_one_item_of_a_company_but_may_have_one_of_each() -> None:
    companies = [create_company(), create_company(company_name="Second")]
    product = create_product(name="Mug")
    for company in companies:
        link_item(create_item(connection_id=company.id).id, product.id, None)
    with pytest.raises(ProductLinked, match="of Second already"):
        link_item(create_item(connection_id=companies[1].id).id, product.id, None)
    assert len(links_of(product.id)) == 2


def test_an_inactive_item_cannot_be_linked() -> None:
    with pytest.raises(ItemInactive, match="inactive in the books"):
        link_item(create_item(active=False).id, create_product().id, None)


@pytest.mark.parametrize("missing", ["item", "product"])
def test_what_is_not_there_cannot_be_linked(missing: str) -> None:
    item, product = create_item().id, create_product().id
    with pytest.raises(NotFoundError):
        link_item(10**15 if missing == "item" else item, 10**15 if missing == "product" else product, None)


def test_a_company_s_links_can_be_counted_and_dropped_together() -> None:
    companies = [create_company(), create_company(company_name="Second")]
    for company in companies:
        link_item(create_item(connection_id=company.id).id, create_product().id, None)
    assert count_links(companies[0].id) == 1
    with transaction():
        assert drop_links(companies[0].id) == 1
    assert db.session.query(ItemLink.connection_id).all() == [(companies[1].id,)]

"""Several people at the same items at the same time, in real threads with transactions of their own."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.items.importing import import_items
from app.items.linking import link_item, unlink_item
from app.items.models import AccountingItem, ItemLink
from app.items.pairs import PAIRS, link_pairs
from app.items.selection import Selection, of_ids
from app.items.turns import take_turn
from app.items.visibility import set_visibility
from app.products.errors import SkuTaken
from app.products.models import Product, ProductType
from app.products.service import ProductFields, create_product, create_products
from tests.support import products
from tests.support.items import MANY, create_item, create_many_items
from tests.support.together import at_once


def count(app: Flask, model: type[Product] | type[ItemLink]) -> int:
    """How many rows there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_imports_of_the_same_items_make_one_product_of_each(app: Flask) -> None:
    with app.app_context():
        create_many_items(500)

    def everything() -> tuple[int, int]:
        result = import_items(Selection(None), ProductType.COMPONENT, None)
        return result.imported, result.skipped

    answers = at_once(app, *[everything] * 4)
    assert sorted(answers) == [(0, 500)] * 3 + [(500, 0)]
    assert count(app, Product) == count(app, ItemLink) == 500


def test_a_product_made_by_hand_while_its_item_is_imported_is_not_made_twice(app: Flask) -> None:
    with app.app_context():
        create_many_items(300)

    def by_hand() -> None:
        for number in range(300, 0, -1):
            try:
                create_product(ProductFields(f"p-{number}", "By hand"))
            except SkuTaken:
                continue

    def everything() -> int:
        result = import_items(Selection(None), ProductType.COMPONENT, None)
        return result.imported + result.linked + len(result.refused)

    answers = at_once(app, by_hand, everything)
    assert answers[1] == 300
    assert count(app, Product) == 300


def test_one_item_linked_to_two_products_at_once_gets_one_of_them(app: Flask) -> None:
    with app.app_context():
        item = create_item().id
        choices = [products.create_product().id for _ in range(6)]
    answers = at_once(app, *[lambda product=product: link_item(item, product, None) for product in choices])
    assert sum(isinstance(answer, ItemLink) for answer in answers) == 1
    assert count(app, ItemLink) == 1


def test_one_product_gets_one_item_of_a_company_whoever_is_first(app: Flask) -> None:
    with app.app_context():
        product = products.create_product().id
        choices = [create_item().id for _ in range(6)]
    answers = at_once(app, *[lambda item=item: link_item(item, product, None) for item in choices])
    assert sum(isinstance(answer, ItemLink) for answer in answers) == 1
    assert count(app, ItemLink) == 1


def test_linking_and_unlinking_at_once_leaves_one_link_or_none(app: Flask) -> None:
    with app.app_context():
        item, product = create_item().id, products.create_product().id
    for _ in range(10):
        at_once(app, lambda: link_item(item, product, None), lambda: unlink_item(item))
        assert count(app, ItemLink) in (0, 1)


def test_the_same_suggestions_linked_at_once_are_linked_once(app: Flask) -> None:
    with app.app_context():
        create_many_items(100)
        create_products([ProductFields(f"p-{number}", "Thing") for number in range(1, 101)])
        pairs = [tuple(row) for row in db.session.execute(select(PAIRS.c[0], PAIRS.c[1]))]
    answers = at_once(app, *[lambda: len(link_pairs(pairs, None).items)] * 4)
    assert sorted(answers) == [0, 0, 0, 100]
    assert count(app, ItemLink) == 100


def test_suggestions_linked_while_the_items_are_imported_are_linked_once(app: Flask) -> None:
    with app.app_context():
        create_many_items(100)
        create_products([ProductFields(f"p-{number}", "Thing") for number in range(1, 101)])
        pairs = [tuple(row) for row in db.session.execute(select(PAIRS.c[0], PAIRS.c[1]))]
    answers = at_once(
        app,
        lambda: len(link_pairs(pairs, None).items),
        lambda: import_items(Selection(None), ProductType.COMPONENT, None).linked,
    )
    assert sorted(answers) == [0, 100]
    assert (count(app, Product), count(app, ItemLink)) == (100, 100)


def test_hiding_and_showing_everything_at_once_ends_with_one_of_them(app: Flask) -> None:
    with app.app_context():
        create_many_items(2000)
    at_once(app, *[lambda shown=shown: set_visibility(Selection(None), shown) for shown in (True, False) * 3])
    with app.app_context():
        assert db.session.query(AccountingItem.visible).distinct().count() == 1


def test_hiding_lets_a_first_listing_read_on_but_waits_for_a_merge(app: Flask) -> None:
    with app.app_context():
        number = create_item().id
        with db.engine.connect() as listing:
            listing.execute(text(MANY), {"connection": 4711, "number": 1})
            assert set_visibility(of_ids([number]), False) == 1
        with db.engine.connect() as merge:
            take_turn(merge)
            db.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                set_visibility(of_ids([number]), True)
            db.session.rollback()
        assert set_visibility(of_ids([number]), True) == 1

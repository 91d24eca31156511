"""The items' list by state shows what a plain look at each item finds, be that few or many."""

from __future__ import annotations

from itertools import product as combined

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.extensions import db
from app.items.listing import ITEMS, item_rows
from app.items.models import AccountingItem, ItemLink
from tests.support.items import create_company, create_item, create_many_items
from tests.support.products import create_product
from tests.support.walking import walked

MANY = 1100
"""More than a list counts."""
IMPORT_MANY = """
    INSERT INTO item_links (product_id, accounting_item_id, connection_id, linked_at)
    SELECT p.id, i.id, i.connection_id, now()
    FROM accounting_items i JOIN products p ON p.sku = 'FOR-' || i.id
"""
PRODUCTS_FOR_MANY = """
    INSERT INTO products (sku, name, product_type, unit, description, is_active, created_at, updated_at)
    SELECT 'FOR-' || id, name, 'component', '', '', true, now(), now() FROM accounting_items
    WHERE name LIKE 'Part %'
"""


@pytest.fixture
def items(context: Flask) -> Flask:
    """Items of two companies, active or not, visible or not, imported or not."""
    companies = [create_company().id, create_company().id]
    for number, (company, active, visible, linked) in enumerate(
        combined(companies, (True, False), (True, False), (True, False))
    ):
        word = "Oak" if number % 3 else "Elm"
        facts = {"connection_id": company, "external_id": f"own {number}", "name": f"{word} {number}"}
        item = create_item(active=active, visible=visible, **facts)
        if linked:
            link = {"product_id": create_product().id, "accounting_item_id": item.id}
            db.session.execute(insert(ItemLink), [link | {"connection_id": company}])
            db.session.commit()
    return context


def plainly(state: str, company: str, word: str) -> list[int]:
    """The ids that belong on the list, in its order, item by item."""
    linked = set(db.session.scalars(select(ItemLink.accounting_item_id)))
    kept = [
        item
        for item in db.session.scalars(select(AccountingItem))
        if word in item.name.lower()
        and company in ("", str(item.connection_id))
        and {
            "": item.visible,
            "not_imported": item.active and item.visible and item.id not in linked,
            "imported": item.id in linked,
            "hidden": not item.visible,
            "inactive": not item.active,
        }[state]
    ]
    return [item.id for item in sorted(kept, key=lambda item: (item.name.lower(), item.id))]


def check(app: Flask) -> None:
    """Every choice of the list against the plain look."""
    second = str(db.session.scalars(select(AccountingItem.connection_id)).all()[-1])
    states = ("", "not_imported", "imported", "hidden", "inactive")
    for state, company, word in combined(states, ("", second), ("", "oak")):
        url = f"/items?state={state}&connection={company}&q={word}"
        assert walked(app, ITEMS, item_rows(), url) == plainly(state, company, word), url


def test_few_are_found_by_their_state(items: Flask) -> None:
    check(items)


def test_so_are_they_among_many_that_wait(items: Flask) -> None:
    create_many_items(MANY)
    check(items)


@pytest.mark.parametrize("change", ["active = false", "visible = false", "active = true"])
def test_so_are_they_among_many_that_do_not(items: Flask, change: str) -> None:
    create_many_items(MANY)
    if change == "active = true":
        db.session.execute(text(PRODUCTS_FOR_MANY))
        db.session.execute(text(IMPORT_MANY))
    db.session.execute(text(f"UPDATE accounting_items SET {change} WHERE name LIKE 'Part %'"))
    db.session.commit()
    check(items)

"""Who leads on a product's quantity, and when linking says that the next sync brings it (ADJ-1, INV-9)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.transaction import transaction
from app.integrations.models import Connection
from app.items.linking import link_item
from app.products.adjusting import LOTS_LEAD, refusal
from app.products.leading import leader_of
from app.stock.service import turn_lots_on
from tests.support.items import add_item, add_product, create_company, create_item
from tests.support.pages import Visitor
from tests.support.products import create_product

SENTENCE = (
    "QuickBooks Online leads on this product's quantity. Change it there; the next sync brings it here."
)
BRINGS = "The next sync brings the quantity from the books."


def linked(mode: str | None = "sync", **overrides: Any) -> int:
    """A product linked to an item of a company in a mode."""
    company = db.session.query(Connection).first() or create_company(inventory_mode=mode)
    product = create_product().id
    item = create_item(connection_id=company.id, **(overrides | {"active": True}))
    link_item(item.id, product, None)
    with transaction():
        item.active = overrides.get("active", True)
    return product


@pytest.mark.usefixtures("context")
class TestLeader:
    """The sentence for products whose quantity is not ours to change."""

    def test_the_books_in_sync_mode_lead(self) -> None:
        assert leader_of(linked()) == SENTENCE

    @pytest.mark.parametrize("mode", ["lotledger_only", None])
    def test_otherwise_lotledger_leads(self, mode: str | None) -> None:
        assert leader_of(linked(mode)) is None

    def test_on_what_is_not_linked_lotledger_leads(self) -> None:
        linked()
        assert leader_of(create_product().id) is None
        assert leader_of(10**15) is None

    @pytest.mark.parametrize("item_type", ["service", "non_inventory", "bundle"])
    def test_on_what_the_books_do_not_count_lotledger_leads(self, item_type: str) -> None:
        assert leader_of(linked(item_type=item_type)) is None

    def test_on_what_is_inactive_in_the_books_lotledger_leads(self) -> None:
        assert leader_of(linked(active=False)) is None

    def test_while_stock_is_kept_in_lots_the_lots_lead(self) -> None:
        product = linked()
        assert refusal(product) == SENTENCE
        turn_lots_on(None)
        assert refusal(product) == LOTS_LEAD

    def test_of_two_companies_the_one_in_sync_mode_counts(self) -> None:
        product = linked()
        other = create_company(company_name="Second", inventory_mode="lotledger_only").id
        second = create_product().id
        link_item(create_item(connection_id=other).id, second, None)
        assert (leader_of(product), leader_of(second)) == (SENTENCE, None)

    def test_a_disconnected_company_leads_no_more(self) -> None:
        product = linked()
        with transaction():
            company = db.session.query(Connection).one()
            company.state, company.disconnected_at = "disconnected", db.func.now()
            company.access_token = company.refresh_token = None
        assert leader_of(product) is None


@pytest.mark.parametrize(
    ("mode", "item_type", "lots", "brings"),
    [
        ("sync", "inventory", False, True),
        ("sync", "service", False, False),
        ("sync", "inventory", True, False),
        ("lotledger_only", "inventory", False, False),
    ],
)
def test_linking_says_whether_the_next_sync_brings_the_quantity(
    app: Flask, visitor: Visitor, mode: str, item_type: str, lots: bool, brings: bool
) -> None:
    with app.app_context():
        create_company(inventory_mode=mode)
        if lots:
            turn_lots_on(None)
    for sku in ("A", "B"):
        add_product(app, sku=sku)
    item = add_item(app, sku="A", item_type=item_type)
    add_item(app, sku="B", item_type=item_type)
    page = visitor.submit(visitor.get(f"/items/{item}/link"), "Link")
    assert (BRINGS in page.notices[0]) is brings
    page = visitor.submit(visitor.get("/items/suggestions"), "Link selected", pair=["2-2"])
    assert page.notices == [f"1 product linked.{' ' + BRINGS if brings else ''}"]

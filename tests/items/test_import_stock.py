"""The stock that comes along when items are imported (IMP-7, OQ-8, OQ-11)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.foundation.pages.formatting import plain_number
from app.foundation.transaction import transaction
from app.integrations.models import Connection
from app.items.importing import ImportResult, import_items, preview_import
from app.items.linking import link_item, links_of, unlink_item
from app.items.models import AccountingItem
from app.items.opening import NO_STOCK, ComingStock
from app.items.selection import Selection, of_ids
from app.items.words import stock_that_came, stock_that_comes
from app.products.models import Product, ProductType
from app.stock.models import StockLevel, StockTransaction
from app.stock.service import turn_lots_on
from app.stock.verify import verify
from tests.support.items import create_company, create_item, create_many_items
from tests.support.people import create_user
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_ledger_is_whole(context: Flask) -> Iterator[None]:
    yield
    assert verify().differences == []


def company(mode: str | None = "sync", **overrides: Any) -> Connection:
    """A connected company in a mode."""
    return create_company(inventory_mode=mode, **overrides)


def take(*items: AccountingItem, user_id: int | None = None) -> ImportResult:
    """Imports the items as raw materials."""
    return import_items(of_ids([item.id for item in items]), ProductType.RAW_MATERIAL, user_id)


def stock(product_id: int) -> tuple[str, str, str] | None:
    """On hand, value and unit cost; None for a product that never had any."""
    level = db.session.get(StockLevel, product_id, populate_existing=True)
    return level and (plain_number(level.on_hand), plain_number(level.value), plain_number(level.unit_cost))


def movements() -> list[tuple[str, str, str]]:
    """Kind, quantity and cost of every transaction."""
    rows = db.session.query(StockTransaction).order_by(StockTransaction.id)
    return [(row.kind, plain_number(row.quantity), plain_number(row.cost)) for row in rows]


def make_item(quantity: str | None = "12.5", cost: str | None = "2.4", **overrides: Any) -> AccountingItem:
    """An item with a quantity and a purchase cost."""
    return create_item(quantity_on_hand=quantity, purchase_cost=cost, **overrides)


def test_from_books_that_lead_the_quantity_comes_as_a_sync() -> None:
    company()
    user = create_user().id
    result = take(make_item(), user_id=user)
    row = db.session.query(StockTransaction).one()
    assert (row.kind, row.on_hand_after, row.value_after) == ("ACCOUNTING_SYNC", Decimal("12.5"), Decimal(30))
    assert (row.source_kind, row.source_id, row.user_id, row.note) == ("import", None, user, "")
    assert stock(row.product_id) == ("12.5", "30", "2.4")
    assert result.stock == ComingStock(1, Decimal(30))


@pytest.mark.parametrize("mode", ["lotledger_only", None])
def test_where_lotledger_leads_it_is_an_opening_balance_once(mode: str | None) -> None:
    company(mode)
    item = make_item()
    take(item)
    product = db.session.query(Product).one()
    assert movements() == [("OPENING", "12.5", "30")]
    take(item)
    unlink_item(item.id)
    assert take(item).linked == 1
    assert (movements(), stock(product.id)) == ([("OPENING", "12.5", "30")], ("12.5", "30", "2.4"))


def test_of_two_companies_each_brings_it_its_own_way() -> None:
    leading, other = company(), company("lotledger_only", company_name="Second")
    take(make_item(connection_id=leading.id), make_item("3", "1", connection_id=other.id))
    assert sorted(movements()) == [("ACCOUNTING_SYNC", "12.5", "30"), ("OPENING", "3", "3")]


def test_a_company_that_led_before_it_was_disconnected_leads_no_more() -> None:
    gone = {"access_token": None, "refresh_token": None, "state": "disconnected"}
    company(**gone, disconnected_at=db.func.now())
    take(make_item())
    assert movements() == [("OPENING", "12.5", "30")]


@pytest.mark.parametrize("quantity", ["0", None])
def test_without_a_quantity_the_cost_is_set_alone(quantity: str | None) -> None:
    company()
    result = take(make_item(quantity))
    assert (movements(), stock(1), result.stock) == ([], ("0", "0", "2.4"), NO_STOCK)


@pytest.mark.parametrize("item_type", ["service", "non_inventory", "bundle"])
def test_what_the_books_do_not_track_brings_its_cost_alone(item_type: str) -> None:
    company()
    take(make_item("4", item_type=item_type))
    assert (movements(), stock(1)) == ([], ("0", "0", "2.4"))


@pytest.mark.parametrize(("cost", "known"), [(None, "0"), ("0", "0"), ("-3", "0"), ("0.123457", "0.123457")])
def test_an_empty_cost_is_zero(cost: str | None, known: str) -> None:
    company()
    take(make_item("2", cost))
    assert stock(1) == ("2", plain_number(2 * Decimal(known)), known)


def test_a_quantity_below_zero_is_mirrored_from_books_that_lead() -> None:
    company()
    result = take(make_item("-3"))
    assert (movements(), stock(1)) == ([("ACCOUNTING_SYNC", "-3", "-7.2")], ("-3", "-7.2", "2.4"))
    assert result.stock == ComingStock(1, Decimal("-7.2"))


def test_where_lotledger_leads_a_quantity_below_zero_is_not_taken_over() -> None:
    company("lotledger_only")
    result = take(make_item("-3"), make_item("2"))
    assert movements() == [("OPENING", "2", "4.8")]
    assert stock_that_came(result.stock) == [
        "Stock came along for 1 product, worth 4.80 in all.",
        "The books' quantity of 1 item, which is below zero, was not taken over.",
    ]


@pytest.mark.parametrize(
    ("quantity", "cost"), [("99999999999999", "1"), ("99999999", "99999999"), ("1", "999999999999")]
)
def test_what_is_too_large_to_be_kept_is_left_and_told(quantity: str, cost: str) -> None:
    company()
    result = take(make_item(quantity, cost), make_item("2"))
    assert (result.imported, movements()) == (2, [("ACCOUNTING_SYNC", "2", "4.8")])
    assert "which is more than can be kept, was not taken over." in stock_that_came(result.stock)[1]


def test_while_stock_is_kept_in_lots_nothing_comes_but_the_cost() -> None:
    company()
    turn_lots_on(None)
    item = make_item()
    assert stock_that_comes(preview_import(of_ids([item.id])).stock)[0].startswith("No stock comes along")
    result = take(item)
    assert (movements(), stock(1), result.stock) == ([], ("0", "0", "2.4"), ComingStock(lots_on=True))


def test_a_product_that_is_linked_keeps_its_stock_until_the_next_sync() -> None:
    company()
    product = create_product(sku="MUG").id
    result = take(make_item(sku="MUG"))
    assert (result.linked, movements(), stock(product)) == (1, [], None)
    assert stock_that_came(result.stock) == ["The next sync brings the quantity of 1 linked product."]


def test_where_lotledger_leads_a_linked_product_waits_for_nothing() -> None:
    company("lotledger_only")
    create_product(sku="MUG")
    assert take(make_item(sku="MUG")).stock == NO_STOCK


def test_the_preview_says_what_the_import_brings() -> None:
    company()
    create_product(sku="MUG")
    items = [make_item(), make_item("3", "1.5"), make_item("0"), make_item(sku="MUG")]
    shown = preview_import(of_ids([item.id for item in items])).stock
    assert shown == ComingStock(2, Decimal("34.5"), awaiting=1) == take(*items).stock
    assert stock_that_comes(shown) == [
        "Stock comes along: 2 of the new products have a quantity in the books, worth 34.50 in all.",
        "A product that is linked keeps its own stock until the next sync.",
    ]
    assert stock_that_comes(NO_STOCK) == ["No stock comes along."]


def test_what_is_refused_brings_nothing() -> None:
    company()
    take(make_item(sku="A", active=False), make_item(visible=False), make_item(name=" "))
    assert (movements(), db.session.query(StockLevel).count()) == ([], 0)


def test_a_product_stays_and_is_linked_again_when_the_books_begin_to_lead() -> None:
    """Made in Lotledger only, unlinked, inventory connected, imported again (INV-6)."""
    connection = company("lotledger_only")
    item = make_item(sku="MUG", connection_id=connection.id)
    take(item)
    unlink_item(item.id)
    with transaction():
        connection.inventory_mode = "sync"
    offered = preview_import(of_ids([item.id]))
    assert (offered.counts["offer"], offered.stock.awaiting) == (1, 1)
    result = take(item)
    product = db.session.query(Product).one()
    assert (result.imported, result.linked) == (0, 1)
    assert [link.accounting_item_id for link in links_of(product.id)] == [item.id]
    assert movements() == [("OPENING", "12.5", "30")]


def test_a_product_linked_by_hand_after_the_books_begin_to_lead_waits_for_the_sync_too() -> None:
    connection = company("lotledger_only")
    product = create_product()
    with transaction():
        connection.inventory_mode = "sync"
    link_item(make_item(connection_id=connection.id).id, product.id, None)
    assert movements() == []


def test_twenty_thousand_items_take_as_many_statements_as_two(queries: list[str]) -> None:
    company()
    create_many_items(20_000)
    first, *two = [make_item(external_id=name).id for name in "ABC"]
    import_items(of_ids([first]), ProductType.RAW_MATERIAL, None)  # adds the row that says how stock is kept
    del queries[:]
    import_items(of_ids(two), ProductType.RAW_MATERIAL, None)
    few = len(queries)
    del queries[:]
    result = import_items(Selection(None), ProductType.RAW_MATERIAL, None)
    assert (result.imported, len(queries)) == (20_000, few)
    assert len(queries) <= 40
    wrong = db.session.scalar(
        text(
            "SELECT count(*) FROM item_links l JOIN accounting_items i ON i.id = l.accounting_item_id"
            " LEFT JOIN stock_levels s USING (product_id)"
            " WHERE (s.on_hand, s.unit_cost) IS DISTINCT FROM (i.quantity_on_hand, i.purchase_cost)"
        )
    )
    assert wrong == 0
    totals = "SELECT count(*), sum(quantity), sum(cost) FROM stock_transactions"
    levels = "SELECT count(*) FILTER (WHERE on_hand <> 0), sum(on_hand), sum(value) FROM stock_levels"
    assert db.session.execute(text(totals)).one() == db.session.execute(text(levels)).one()

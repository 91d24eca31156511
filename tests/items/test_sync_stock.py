"""What linked products take over from books that lead (INV-7, INV-9, INV-10, SYNC-9, SYNC-12, OQ-7…9)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.foundation.pages.formatting import plain_number
from app.foundation.transaction import transaction
from app.integrations.inventory import connect_inventory, set_lotledger_only
from app.items.linking import link_item
from app.items.models import StockChange
from app.products.service import get_product
from app.stock.models import StockTransaction
from app.stock.service import Consume, Kind, Source, levels_of, mark_exported, turn_lots_on
from app.sync.models import EntryAction, SyncEntry, SyncRun
from tests.items.connected import connect, counts, item, sync
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.sandbox import SandboxProcess
from tests.support.stock import assert_clean, post_now, stocked

BUILD = Source("build", 7)


@pytest.fixture(autouse=True)
def clean(context: Flask) -> Iterator[None]:
    """Every scenario ends with a ledger that is right."""
    yield
    db.session.rollback()
    assert_clean()


@pytest.fixture
def books(context: Flask, sandbox: SandboxProcess) -> int:
    """A connection in Sync mode whose items were synced once; returns its id."""
    connection_id = connect(sandbox)
    sync(connection_id)
    connect_inventory(connection_id, create_user().id)
    return connection_id


def change(sandbox: SandboxProcess, **fields: Any) -> str:
    """One inventory item of the books says this; returns its id."""
    documents = sandbox.control("items")["items"]
    found = next(each for each in documents if each["Type"] == "Inventory" and each["Active"])
    sandbox.control("items", {"upsert": [{"Id": found["Id"], **fields}]})
    return str(found["Id"])


def linked(external_id: str, quantity: str | int = 0, unit_cost: str = "1", **values: Any) -> int:
    """A product with that stock, linked to the item; returns its id."""
    product_id = create_product(**values).id
    if quantity:
        stocked(product_id, quantity, unit_cost)
    link_item(item(external_id).id, product_id, None)
    return product_id


def movements(product_id: int) -> list[tuple[str, Decimal]]:
    """Kind and quantity of what syncs posted to the product."""
    query = select(StockTransaction).where(
        StockTransaction.product_id == product_id, StockTransaction.source_kind == "sync_run"
    )
    return [(each.kind, each.quantity) for each in db.session.scalars(query.order_by(StockTransaction.id))]


def entries(run: SyncRun, action: EntryAction) -> dict[str, dict[str, list[Any]]]:
    """External id → what changed, of the run's entries of this kind."""
    query = select(SyncEntry).where(SyncEntry.run_id == run.id, SyncEntry.action == action)
    return {each.external_id: each.changes for each in db.session.scalars(query)}


def stock_changes(run: SyncRun) -> dict[int, tuple[str, ...]]:
    """Product id → on hand before and after, unit cost before and after, of what the run changed."""
    query = select(StockChange).where(StockChange.run_id == run.id)
    return {
        each.product_id: tuple(
            plain_number(value)
            for value in (
                each.on_hand_before,
                each.on_hand_after,
                each.unit_cost_before,
                each.unit_cost_after,
            )
        )
        for each in db.session.scalars(query)
    }


def on_hand(product_id: int) -> tuple[Decimal, Decimal]:
    level = levels_of([product_id])[product_id]
    return level.on_hand, level.unit_cost


def test_the_books_quantity_comes_once(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=55, PurchaseCost=4)
    product_id = linked(external_id, 40, "4")
    run = sync(books)
    assert run.stock_changed == 1
    assert movements(product_id) == [("ACCOUNTING_SYNC", Decimal(15))]
    assert on_hand(product_id) == (55, 4)
    assert stock_changes(run) == {product_id: ("40", "55", "4", "4")}
    again = sync(books)
    assert counts(again)[:3] == (0, 0, 0)
    assert again.stock_changed == 0
    assert stock_changes(again) == {}
    assert len(movements(product_id)) == 1


def test_a_new_link_gets_its_quantity_though_nothing_changed_in_the_books(
    books: int, sandbox: SandboxProcess
) -> None:
    external_id = change(sandbox, QtyOnHand=12)
    sync(books)
    product_id = linked(external_id)
    run = sync(books)
    assert counts(run)[:3] == (0, 0, 0)
    assert on_hand(product_id)[0] == 12


def test_another_cost_corrects_the_value_and_moves_nothing(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=10, PurchaseCost=2)
    product_id = linked(external_id, 10, "2")
    sync(books)
    assert movements(product_id) == []
    change(sandbox, PurchaseCost=3)
    run = sync(books)
    assert movements(product_id) == [("COST_CORRECTION", Decimal(0))]
    assert on_hand(product_id) == (10, 3)
    assert stock_changes(run)[product_id] == ("10", "10", "2", "3")


@pytest.mark.parametrize("cost", [None, 0])
def test_no_cost_in_the_books_keeps_the_products_own(
    books: int, sandbox: SandboxProcess, cost: int | None
) -> None:
    external_id = change(sandbox, QtyOnHand=20, PurchaseCost=cost)
    product_id = linked(external_id, 10, "7.5")
    sync(books)
    assert on_hand(product_id) == (20, Decimal("7.5"))


def test_a_quantity_below_zero_is_followed(books: int, sandbox: SandboxProcess) -> None:
    product_id = linked(change(sandbox, QtyOnHand=-3, PurchaseCost=2), 5, "2")
    sync(books)
    assert on_hand(product_id) == (-3, 2)


def test_local_moves_that_were_not_exported_stay_on_top(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=40, PurchaseCost=1)
    product_id = linked(external_id, 40, "1")
    use = Consume(
        product_id=product_id, kind=Kind.BUILD_CONSUME, source=BUILD, quantity=Decimal(6), awaits_export=True
    )
    post_now(use)
    sync(books)
    assert on_hand(product_id)[0] == 34
    assert movements(product_id) == []
    change(sandbox, QtyOnHand=50)
    sync(books)
    assert on_hand(product_id)[0] == 44
    with transaction() as session:
        mark_exported(BUILD, session)
    change(sandbox, QtyOnHand=44)
    sync(books)
    assert on_hand(product_id)[0] == 44


@pytest.mark.parametrize("chosen", [True, False], ids=["Lotledger only", "not chosen"])
def test_lotledger_leads_otherwise(context: Flask, sandbox: SandboxProcess, chosen: bool) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    user_id = create_user().id
    if chosen:
        connect_inventory(connection_id, user_id)
        set_lotledger_only(connection_id, user_id)
    external_id = change(sandbox, QtyOnHand=99, PurchaseCost=9, Name="Renamed", Sku="NEW-1")
    product_id = linked(external_id, 5, "2", name="Ours", sku="OURS")
    run = sync(connection_id)
    assert counts(run)[1] == 1
    assert (run.stock_changed, run.products_changed) == (0, 0)
    assert on_hand(product_id) == (5, 2)
    assert get_product(product_id).name == "Ours"


def test_with_lots_on_names_follow_and_quantities_do_not(books: int, sandbox: SandboxProcess) -> None:
    product_id = linked(change(sandbox, QtyOnHand=99, Name="Walnut board"), 5, "2")
    turn_lots_on(None)
    run = sync(books)
    assert on_hand(product_id) == (5, 2)
    assert get_product(product_id).name == "Walnut board"
    assert (run.stock_changed, run.products_changed) == (0, 1)


def test_name_and_sku_follow_the_books(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, Name="Walnut board", Sku="WB-1")
    product_id = linked(external_id, name="Old name", sku="OLD")
    run = sync(books)
    product = get_product(product_id)
    assert (product.name, product.sku) == ("Walnut board", "WB-1")
    assert entries(run, EntryAction.PRODUCT)[external_id] == {
        "name": ["Old name", "Walnut board"],
        "sku": ["OLD", "WB-1"],
    }
    assert sync(books).products_changed == 0


def test_a_sku_that_another_product_has_is_left_with_it(books: int, sandbox: SandboxProcess) -> None:
    create_product(sku="wb-1")
    external_id = change(sandbox, Name="Walnut board", Sku="WB-1")
    product_id = linked(external_id, name="Walnut board", sku="OLD")
    run = sync(books)
    assert get_product(product_id).sku == "OLD"
    assert entries(run, EntryAction.PRODUCT)[external_id] == {"sku_refused": ["OLD", "WB-1"]}
    assert run.products_changed == 0


def test_a_preview_shows_what_would_change_and_changes_nothing(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=55, PurchaseCost=4, Name="Walnut board", Sku="WB-1")
    product_id = linked(external_id, 40, "4", name="Board", sku="WB-1")
    run = sync(books, preview=True)
    assert (run.stock_changed, run.products_changed) == (1, 1)
    assert stock_changes(run) == {product_id: ("40", "55", "4", "4")}
    assert entries(run, EntryAction.PRODUCT) == {external_id: {"name": ["Board", "Walnut board"]}}
    assert on_hand(product_id)[0] == 40
    assert get_product(product_id).name == "Board"
    assert item(external_id).name != "Walnut board"
    assert db.session.scalar(select(func.count()).where(StockTransaction.source_kind == "sync_run")) == 0
    assert sync(books).stock_changed == 1


def test_an_item_that_went_inactive_leaves_the_quantity(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=5)
    product_id = linked(external_id, 5, "2")
    sync(books)
    sandbox.control("items", {"deactivate": [external_id]})
    assert sync(books).stock_changed == 0
    assert on_hand(product_id)[0] == 5


def test_what_is_too_large_is_left_and_said(books: int, sandbox: SandboxProcess) -> None:
    external_id = change(sandbox, QtyOnHand=90_000_000_000, PurchaseCost=1000)
    product_id = linked(external_id, 5, "2")
    run = sync(books)
    assert run.stock_changed == 0
    assert on_hand(product_id) == (5, 2)
    assert stock_changes(run) == {}
    assert entries(run, EntryAction.PRODUCT)[external_id] == {"too_large": ["5", "90000000000"]}

"""Listings page by page: items that come twice, pages of which most has changed, what is kept of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.extensions import db
from app.items.history import document_of
from app.items.models import ItemPage
from app.sync.models import SyncEntry
from tests.items.connected import counts, item, sync
from tests.support.integrations import IMPATIENT, store_bare_connection
from tests.support.stub_server import StubServer, reply
from tests.support.workspace import create_workspace

Row = dict[str, Any]


@pytest.fixture
def books(context: Flask) -> Iterator[StubServer]:
    """A provider that lists what it is told to, page by page."""
    with StubServer() as stub:
        settings = current_app.config["SETTINGS"]
        current_app.config["SETTINGS"] = replace(
            settings, quickbooks=replace(settings.quickbooks, api_url=stub.url)
        )
        current_app.config["PROVIDER_OPTIONS"] = IMPATIENT
        yield stub
        current_app.config["SETTINGS"] = settings


@pytest.fixture
def connection_id(books: StubServer) -> int:
    """A company with the items 1 to 1001, which were synced."""
    create_workspace()
    connection_id = store_bare_connection("Stub", ["service"])
    books.then(reply({"QueryResponse": {"totalCount": 1001}}))
    assert listed(books, connection_id, rows(1, 1000), rows(1001, 1001)) == (1001, 0, 0, 0)
    return connection_id


def row(number: int, **more: Any) -> Row:
    return {"Id": str(number), "Name": f"Item {number}", "Type": "Service", "Active": True} | more


def rows(first: int, last: int) -> list[Row]:
    return [row(number) for number in range(first, last + 1)]


def listed(books: StubServer, connection_id: int, *pages: list[Row]) -> tuple[int, int, int, int]:
    """Created, updated, deactivated and skipped by a sync that is given these pages."""
    books.then(*(reply({"QueryResponse": {"Item": page}}) for page in pages))
    run = sync(connection_id)
    noted = db.session.scalar(select(func.count()).where(SyncEntry.run_id == run.id))
    found = counts(run)
    assert noted == sum(found[:3])
    return found


def last_changes() -> dict[str, dict[str, list[Any]]]:
    """What the last run updated."""
    entry = db.session.scalars(select(SyncEntry).order_by(SyncEntry.run_id.desc())).first()
    return {} if entry is None else {entry.external_id: entry.changes}


def test_what_was_listed_last_holds(books: StubServer, connection_id: int) -> None:
    first = [*rows(1, 999), row(1000, Name="Moved")]
    second = [row(1000, Name="Moved again"), *rows(1001, 1001)]
    assert listed(books, connection_id, first, second) == (0, 1, 0, 1000)
    assert last_changes()["1000"]["name"] == ["Item 1000", "Moved again"]
    assert item("1000").name == "Moved again"


def test_an_item_that_ends_as_it_was_is_skipped(books: StubServer, connection_id: int) -> None:
    first = [*rows(1, 999), row(1000, Name="Moved")]
    assert listed(books, connection_id, first, rows(1000, 1001)) == (0, 0, 0, 1001)
    assert item("1000").name == "Item 1000"


def test_a_new_item_is_created_once(books: StubServer, connection_id: int) -> None:
    first = [*rows(1, 999), row(1002)]
    second = [*rows(1000, 1001), row(1002, Name="New", UnitPrice=2)]
    assert listed(books, connection_id, first, second) == (1, 0, 0, 1001)
    assert (item("1002").name, item("1002").unit_price) == ("New", 2)


def test_an_item_that_was_set_aside_meanwhile_is_deactivated_once(
    books: StubServer, connection_id: int
) -> None:
    first = [*rows(1, 999), row(1000, Name="Moved")]
    second = [row(1000, Name="Moved", Active=False), *rows(1001, 1001)]
    assert listed(books, connection_id, first, second) == (0, 0, 1, 1000)
    assert (item("1000").name, item("1000").active) == ("Item 1000", False)


def test_a_page_that_is_known_may_hold_its_first_word(books: StubServer, connection_id: int) -> None:
    second = [row(1000, Name="Moved"), *rows(1001, 1001)]
    assert listed(books, connection_id, rows(1, 1000), second) == (0, 1, 0, 1000)
    assert item("1000").name == "Moved"


def test_where_most_has_changed_the_rest_is_skipped_all_the_same(
    books: StubServer, connection_id: int
) -> None:
    dearer = [row(number, UnitPrice=number) for number in range(1, 1001)]
    before = item("1001").changed_at
    assert listed(books, connection_id, dearer, rows(1001, 1001)) == (0, 1000, 0, 1)
    assert item("1001").changed_at == before
    again = [*dearer[:-1], row(1000, Name="Other words", UnitPrice=1000)]
    assert listed(books, connection_id, again, rows(1001, 1002)) == (1, 1, 0, 1000)


def test_a_document_is_kept_in_the_latest_words(books: StubServer, connection_id: int) -> None:
    second = [row(1001, UnitPrice=7, SalesTaxCodeRef={"value": "9"}), row(1003)]
    assert listed(books, connection_id, rows(1, 1000), second) == (1, 1, 0, 1000)
    assert '"value": "9"' in document("1001")
    assert '"Item 1"' in document("1")
    assert listed(books, connection_id, rows(1, 1000), second[:1]) == (0, 0, 1, 1001)
    assert '"value": "9"' in document("1001")
    assert document_of(item("1003")) is None


def test_a_preview_leaves_the_pages_as_they_were(books: StubServer, connection_id: int) -> None:
    before = pages()
    books.then(reply({"QueryResponse": {"Item": rows(1, 1000)}}))
    books.then(reply({"QueryResponse": {"Item": [row(1001, Name="Moved")]}}))
    assert counts(sync(connection_id, preview=True)) == (0, 1, 0, 1000)
    assert pages() == before
    assert "Moved" not in document("1001")


def document(external_id: str) -> str:
    """What the books said of an item, as its page shows it."""
    return document_of(item(external_id)) or ""


def pages() -> list[tuple[Any, ...]]:
    """What is kept of the last listing."""
    kept = select(ItemPage.run_id, ItemPage.number, ItemPage.digest).order_by(ItemPage.number)
    return [tuple(row) for row in db.session.execute(kept)]

"""A listing in which an item comes twice, say because rows moved between pages while they were read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.extensions import db
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

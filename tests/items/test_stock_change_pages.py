"""What a sync changed of products' stock, on the page of its run and on a page of its own."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.sync.models import RunKind, RunStatus, SyncRun
from tests.support.html import Element
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.statements import statements
from tests.sync.builders import create_connection, create_run, restock

FIGURES = ["40", "55", "3.50", "4.00"]
FEW = 20


def run_with(app: Flask, products: int, **facts: object) -> str:
    """The page of a run that succeeded and changed the stock of so many products."""
    with app.app_context():
        run = create_run(create_connection(), status=RunStatus.SUCCEEDED, finished_at=utcnow(), **facts)
        restock(run.id, products)
        return f"/sync-runs/{run.id}"


def rows_of(document: Element) -> list[list[str]]:
    """The cells of the first table, row by row, without the SKU."""
    rows = document.all("tbody")[0].all("tr")
    return [[row.one("th").text, *(cell.text for cell in row.all("td")[1:])] for row in rows]


def test_the_runs_page_lists_products_from_what_to_what(app: Flask, visitor: Visitor) -> None:
    page = visitor.get(run_with(app, 2))
    assert "Stock that changed" in page.main
    assert rows_of(page.document) == [["Oak <01>", *FIGURES], ["Oak <02>", *FIGURES]]
    assert visitor.follow(page, "Oak <02>").heading == "Oak <02>"


def test_beyond_the_first_products_there_is_the_way_to_all(app: Flask, visitor: Visitor) -> None:
    page = visitor.get(run_with(app, 55))
    assert len(rows_of(page.document)) == FEW
    everything = visitor.follow(page, "All 55 products, with search and file")
    assert everything.heading == "Stock that changed"
    assert len(rows_of(everything.document)) == 50
    last = visitor.follow(everything, "Next")
    assert [row[0] for row in rows_of(last.document)] == [f"Oak <{number}>" for number in range(51, 56)]
    assert visitor.follow(last, "Item sync of Alder & Finch").path == page.path


def test_they_can_be_searched_sorted_and_downloaded(app: Flask, visitor: Visitor) -> None:
    path = f"{run_with(app, 3)}/stock"
    assert [row[0] for row in rows_of(visitor.get(f"{path}?q=02").document)] == ["Oak <02>"]
    assert "Nothing matches." in visitor.get(f"{path}?q=Walnut").main
    assert [row[0][4:8] for row in rows_of(visitor.get(f"{path}?sort=-name").document)] == [
        "<03>",
        "<02>",
        "<01>",
    ]
    text = visitor.client.get(f"{path}?format=csv").text.removeprefix("\ufeff")
    head, *lines = csv.reader(io.StringIO(text))
    assert head == [
        "Product",
        "SKU",
        "On hand before",
        "On hand after",
        "Unit cost before",
        "Unit cost after",
    ]
    assert [line[0] for line in lines] == ["Oak <01>", "Oak <02>", "Oak <03>"]
    assert lines[0][2:] == ["40", "55", "3.5", "4"]


def test_a_preview_says_that_it_would(app: Flask, visitor: Visitor) -> None:
    page = visitor.get(run_with(app, 1, kind=RunKind.ITEM_PREVIEW))
    assert "Stock that would change" in page.main
    assert visitor.follow(page, "Search and download them").heading == "Stock that would change"


def test_where_no_stock_changed_nothing_is_said_of_it(app: Flask, visitor: Visitor) -> None:
    path = run_with(app, 0)
    page = visitor.get(path)
    assert "Stock that" not in page.main
    assert "No stock changed." in visitor.get(f"{path}/stock").main


def test_a_run_from_before_they_were_kept_shows_its_count_and_no_empty_list(
    app: Flask, visitor: Visitor
) -> None:
    path = run_with(app, 0)
    with app.app_context(), transaction() as session:
        session.get_one(SyncRun, int(path.rpartition("/")[2])).stock_changed = 3
    page = visitor.get(path)
    assert "Stock changed 3" in page.main
    assert "Stock that" not in page.main


def test_another_runs_changes_are_not_shown(app: Flask, visitor: Visitor) -> None:
    path = run_with(app, 2)
    with app.app_context():
        other = create_run(1, status=RunStatus.SUCCEEDED, finished_at=utcnow())
        restock(other.id, 1)
    assert len(rows_of(visitor.get(path).document)) == 2


def test_many_changes_ask_no_more_of_the_database(app: Flask, visitor: Visitor) -> None:
    few, many = run_with(app, 1), ""
    with app.app_context():
        run = create_run(1, status=RunStatus.SUCCEEDED, finished_at=utcnow())
        restock(run.id, 120)
        many = f"/sync-runs/{run.id}"
    for suffix in ("", "/stock"):
        with statements(app) as of_few:
            visitor.get(few + suffix)
        with statements(app) as of_many:
            visitor.get(many + suffix)
        assert len(of_many) == len(of_few) <= 10


def test_an_unknown_run_is_not_found(visitor: Visitor) -> None:
    assert visitor.client.get("/sync-runs/4711/stock").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("accountant", 200), ("builder", 403)])
def test_who_may_sync_may_see_them(
    app: Flask, client: FlaskClient, visitor: Visitor, role: str, status: int
) -> None:
    path = run_with(app, 1)
    with app.app_context():
        sign_in(client, create_user(role))
    assert client.get(f"{path}/stock").status_code == status

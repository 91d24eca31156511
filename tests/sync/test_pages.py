"""The pages of runs: the list, one run in each status, its live progress, files, who may see them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.sync.endings import get_run
from app.sync.models import RunKind, RunStatus, SyncRun
from app.sync.sweep import NOT_PICKED_UP, sweep
from tests.support.html import parse
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.statements import statements
from tests.support.workspace import create_workspace
from tests.sync.builders import create_connection, create_run

MOST_QUERIES = 10
OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)
MANY_RUNS = """
    INSERT INTO sync_runs (kind, connection_id, title, status, queued_at, started_at, finished_at, created)
    SELECT 'item_sync', :connection, 'Item sync of Alder & Finch', 'succeeded', now(),
        now() - interval '1.5 s', now(), 5000
    FROM generate_series(1, 100)
"""
MANY_ENTRIES = """
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT 100, n::text, 'Part ' || n, 'updated', '{"unit_price": ["12.5", "13.25"], "sku": [null, "P-1"]}'
    FROM generate_series(1, 5000) AS n
"""


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """An Owner, in a workspace that has one connection."""
    with app.app_context():
        create_workspace()
        create_connection()
        sign_in(client, create_user("owner", first_name="Ada", last_name="Byron"))
    return Visitor(client)


@pytest.fixture
def run(app: Flask, visitor: Visitor) -> Callable[..., str]:
    """Makes a run; returns the path of its page."""

    def make(status: RunStatus, **facts: Any) -> str:
        now = utcnow()
        if status != RunStatus.QUEUED:
            facts = {"started_at": now - timedelta(seconds=75)} | facts
        if status not in OPEN:
            facts = {"finished_at": now} | facts
        with app.app_context():
            return f"/sync-runs/{create_run(1, status=status, **facts).id}"

    return make


def cells(text_of_file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of_file.removeprefix("\ufeff"))))


def test_the_list_is_empty_at_first(visitor: Visitor) -> None:
    assert "No sync has run yet." in visitor.get("/sync-runs").main


@pytest.mark.parametrize("status", list(RunStatus))
def test_a_run_in_each_status_is_shown_and_listed(
    visitor: Visitor, run: Callable[..., str], status: RunStatus
) -> None:
    path = run(status, message="QuickBooks did not answer." if status not in OPEN else None)
    page = visitor.get(path)
    assert page.heading == "Item sync of Alder & Finch"
    assert status.value in page.main
    buttons = [button.text for button in page.document.one("main").all("button")]
    assert ("Cancel" in buttons) == (status in OPEN)
    if status in {RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.SUPERSEDED}:
        assert "Nothing was changed QuickBooks did not answer." in page.main
    listed = visitor.get("/sync-runs", 200)
    assert listed.link("Item sync of Alder & Finch").endswith(path)
    assert visitor.get(f"/sync-runs?status={status}").document.all("tbody")[0].all("tr")


def test_a_success_shows_its_counts(visitor: Visitor, run: Callable[..., str]) -> None:
    page = visitor.get(run(RunStatus.SUCCEEDED, created=1203, updated=17, deactivated=5, skipped=40_000))
    assert page.document.one("dl").text == "Created 1,203 Updated 17 Deactivated 5 Skipped 40,000"
    assert "took 1 min 15 s" in page.main


def test_a_failure_shows_the_providers_trace_id(visitor: Visitor, run: Callable[..., str]) -> None:
    assert "trace id 1-5f2a" in visitor.get(run(RunStatus.FAILED, message="No.", trace_id="1-5f2a")).main


def test_a_preview_says_that_nothing_was_written_and_offers_to_sync(
    visitor: Visitor, run: Callable[..., str]
) -> None:
    page = visitor.get(run(RunStatus.SUCCEEDED, kind=RunKind.ITEM_PREVIEW))
    assert "This is a preview: nothing was written" in page.main
    assert "What would change" in page.main
    assert "Sync items" in [button.text for button in page.document.all("button")]


def test_progress_has_figures_and_the_time_left(visitor: Visitor, run: Callable[..., str]) -> None:
    path = run(RunStatus.RUNNING, processed=1000, total_expected=3500)
    part = parse(visitor.client.get(f"{path}/progress").text)
    bar = part.one("progress")
    assert (bar["value"], bar["max"]) == ("1000", "3500")
    assert re.search(r"about 3 min \d+ s left", part.text)
    assert "1,000 of 3,500" in part.text
    assert part.one(id="progress")["hx-get"] == f"{path}/progress"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"processed": 1000}, "How many records there are is not known yet."),
        ({"processed": 4000, "total_expected": 3500}, "How many records there are is not known yet."),
        ({"processed": 3500, "total_expected": 3500}, "Comparing and writing, in one step."),
        ({"processed": 0, "total_expected": 3500}, "Reading."),
        ({"cancel_requested": True}, "Stopping as soon as the page being read is done."),
    ],
)
def test_progress_says_what_goes_on(
    visitor: Visitor, run: Callable[..., str], facts: dict[str, Any], words: str
) -> None:
    path = run(RunStatus.RUNNING, **facts)
    assert words in parse(visitor.client.get(f"{path}/progress").text).text


@pytest.mark.parametrize("status", [status for status in RunStatus if status not in OPEN])
def test_the_progress_of_a_run_that_has_ended_reloads_the_page(
    visitor: Visitor, run: Callable[..., str], status: RunStatus
) -> None:
    answer = visitor.client.get(f"{run(status)}/progress", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"], answer.data) == (200, "true", b"")


def test_a_run_that_no_worker_picks_up_says_so_and_is_given_up_after_five_minutes(
    app: Flask, visitor: Visitor, run: Callable[..., str]
) -> None:
    path = run(RunStatus.QUEUED)
    assert "Waiting for a worker to pick it up." in visitor.get(path).main
    waited(app, seconds=20)
    assert "ask whoever runs the server whether a worker is running" in visitor.get(path).main
    waited(app, seconds=299)
    with app.app_context():
        assert sweep() == 0
    waited(app, seconds=301)
    with app.app_context():
        assert sweep() == 1
    assert NOT_PICKED_UP in visitor.get(path).main


def waited(app: Flask, seconds: int) -> None:
    """The run was queued so long ago."""
    with app.app_context(), transaction() as session:
        session.execute(update(SyncRun).values(queued_at=utcnow() - timedelta(seconds=seconds)))


def test_a_waiting_run_is_cancelled_at_once(visitor: Visitor, run: Callable[..., str]) -> None:
    page = visitor.submit(visitor.get(run(RunStatus.QUEUED)), "Cancel")
    assert page.notices == ["Stopped. Nothing was changed."]
    assert "cancelled" in page.main


def test_a_running_run_is_asked_to_stop(visitor: Visitor, run: Callable[..., str]) -> None:
    page = visitor.submit(visitor.get(run(RunStatus.RUNNING)), "Cancel")
    assert page.notices == ["The run will stop before it writes anything."]
    assert "Stopping as soon as" in page.main


def test_a_run_that_ended_meanwhile_cannot_be_cancelled(
    app: Flask, visitor: Visitor, run: Callable[..., str]
) -> None:
    page = visitor.get(run(RunStatus.RUNNING))
    with app.app_context(), transaction() as session:
        session.execute(update(SyncRun).values(status=RunStatus.SUCCEEDED, finished_at=utcnow()))
    page = visitor.submit(page, "Cancel")
    assert page.notices == ["The run had ended already."]
    with app.app_context():
        assert get_run(1).status == "succeeded"


def test_the_run_that_is_under_way_stands_in_the_top_bar(visitor: Visitor, run: Callable[..., str]) -> None:
    path = run(RunStatus.RUNNING)
    bar = visitor.get("/sync-runs").document.one("header", class_="top")
    assert [link["href"] for link in bar.all("a", class_="running")] == [path]


def many(app: Flask) -> None:
    """100 runs, the last of which has 5,000 entries."""
    with app.app_context(), transaction() as session:
        session.execute(text(MANY_RUNS), {"connection": 1})
        session.execute(text(MANY_ENTRIES))


@pytest.mark.parametrize(
    "path",
    ["/sync-runs", "/sync-runs?status=failed", "/sync-runs/100", "/sync-runs/100?q=part&action=updated"],
)
def test_a_page_takes_few_queries_however_much_there_is(app: Flask, visitor: Visitor, path: str) -> None:
    many(app)
    with statements(app) as sent:
        visitor.get(path)
    assert 0 < len(sent) <= MOST_QUERIES, sent


def test_progress_takes_few_queries(app: Flask, visitor: Visitor, run: Callable[..., str]) -> None:
    path = run(RunStatus.RUNNING)
    with statements(app) as sent:
        visitor.client.get(f"{path}/progress")
    assert 0 < len(sent) <= MOST_QUERIES


def test_entries_are_paged_searched_and_in_the_file(app: Flask, visitor: Visitor) -> None:
    many(app)
    page = visitor.get("/sync-runs/100")
    assert len(page.document.one("tbody").all("tr")) == 50
    assert "Price: 12.5 → 13.25" in page.main
    assert "SKU: none → P-1" in page.main
    assert visitor.follow(page, "Next").document.one("tbody").all("tr")[0].text.startswith("Part 51 ")
    found = visitor.get("/sync-runs/100?q=4711").document.one("tbody").all("tr")
    assert [row.all("td")[0].text for row in found] == ["4711"]
    file = cells(visitor.client.get(page.link("Download CSV")).text)
    assert len(file) == 5001
    assert file[1] == ["Part 1", "1", "updated", "SKU: none → P-1; Price: 12.5 → 13.25"]


def test_the_file_of_runs_has_exact_figures(app: Flask, visitor: Visitor) -> None:
    many(app)
    file = cells(visitor.client.get(visitor.get("/sync-runs").link("Download CSV")).text)
    assert len(file) == 101
    assert file[0][3] == "Seconds"
    assert file[1][3:5] == ["1.5", "5000"]


@pytest.mark.parametrize("path", ["/sync-runs/4711", "/sync-runs/4711/progress", f"/sync-runs/{2**70}"])
def test_an_unknown_run_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("accountant", 200), ("builder", 403)]
)
def test_who_may_sync_may_see_runs(
    app: Flask, visitor: Visitor, run: Callable[..., str], role: str, status: int
) -> None:
    path = run(RunStatus.QUEUED)
    if role != "owner":
        with app.app_context():
            sign_in(visitor.client, create_user(role))
    for address in ("/sync-runs", path, f"{path}/progress", "/sync-runs?format=csv", f"{path}?format=csv"):
        assert visitor.client.get(address).status_code == status, address


def test_who_may_not_sync_can_neither_start_nor_cancel(
    app: Flask, visitor: Visitor, run: Callable[..., str]
) -> None:
    path = run(RunStatus.QUEUED)
    token = {"X-CSRFToken": visitor.get(path).document.one("meta", name="csrf-token")["content"]}
    with app.app_context():
        sign_in(visitor.client, create_user("builder"))
    for address in (f"{path}/cancel", "/items/sync/1", "/items/preview/1"):
        assert visitor.client.post(address, headers=token).status_code == 403, address
    with app.app_context():
        assert get_run(1).status == "queued"


def test_strangers_are_sent_to_the_sign_in_page(app: Flask, run: Callable[..., str]) -> None:
    path = run(RunStatus.QUEUED)
    for address in ("/sync-runs", path, f"{path}/progress"):
        answer = app.test_client().get(address)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login")


def test_a_form_without_its_token_is_refused(visitor: Visitor, run: Callable[..., str]) -> None:
    assert visitor.client.post(f"{run(RunStatus.QUEUED)}/cancel").status_code == 400

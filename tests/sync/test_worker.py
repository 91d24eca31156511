"""Runs carried out by real workers: from the button to the mail, cancelled, lost with their worker."""

from __future__ import annotations

import os
import signal

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.redis import redis_client
from app.sync import lock
from app.sync.endings import get_run
from app.sync.models import SyncRun
from app.sync.sweep import WORKER_LOST
from tests.items.connected import connect, stored
from tests.support.mail import MailServer
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.processes import wait_until
from tests.support.sandbox import SandboxProcess
from tests.support.workers import Workers, work_off

ITEMS = 1200
INTEGRATIONS = "/settings/integrations"


@pytest.fixture
def member(app: Flask, sandbox: SandboxProcess) -> Visitor:
    """An Owner at a browser, in a workspace that is connected to 1,200 items; summaries are wanted always."""
    sandbox.reset(items=ITEMS)
    client = app.test_client()
    with app.app_context():
        connect(sandbox)
        sign_in(client, create_user("owner", email="ada@example.com", first_name="Ada", sync_mail="always"))
    return Visitor(client)


def sync_items(member: Visitor) -> str:
    """Presses the button; the path of the run."""
    page = member.submit(member.get(INTEGRATIONS), "Sync items")
    assert page.heading == "Item sync of Alder & Finch Woodworks"
    return page.path


def look(app: Flask, run_id: int = 1) -> SyncRun:
    """The run as it is now."""
    with app.app_context():
        run = get_run(run_id)
        db.session.expunge(run)
    return run


def await_status(app: Flask, *statuses: str, run_id: int = 1, seconds: float = 40) -> SyncRun:
    wait_until(lambda: look(app, run_id).status in statuses, f"run {run_id} is {statuses}", seconds)
    return look(app, run_id)


def await_first_page(app: Flask, run_id: int = 1) -> None:
    wait_until(lambda: look(app, run_id).processed == 1000, "the first page is read")


def number_stored(app: Flask) -> int:
    with app.app_context():
        return len(stored())


def slow_second_page(sandbox: SandboxProcess, seconds: float) -> None:
    sandbox.fault("slow", contains="STARTPOSITION 1001", seconds=seconds)


def five_minutes_later(app: Flask) -> None:
    """The lock's lease has ended and the sweep is due."""
    with app.app_context():
        redis_client().delete(lock.KEY, "lotledger:schedule:app.sync.jobs.sweep_runs")


def test_from_the_button_to_the_mail(
    app: Flask, member: Visitor, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    slow_second_page(sandbox, 2)
    path = sync_items(member)
    settings = {"APP_URL": "https://lots.example.com"}
    with MailServer() as mail, Workers(process_environment | mail.settings | settings, "--count", "1"):
        await_first_page(app)
        assert "1,000 of 1,200" in member.client.get(f"{path}/progress").text
        run = await_status(app, "succeeded", "failed")
        (summary,) = mail.wait()
    assert (run.status, run.processed, run.total_expected) == ("succeeded", ITEMS, ITEMS)
    assert run.created == number_stored(app) > 0
    assert run.created + run.skipped == ITEMS
    assert summary.recipients == ("ada@example.com",)
    assert summary.subject == "Item sync of Alder & Finch Woodworks: succeeded"
    assert f"Created      {run.created}\n" in summary.text
    assert f"Skipped      {run.skipped}\n" in summary.text
    assert f'>Created</th><td align="right">{run.created}</td>' in summary.html
    link = f"https://lots.example.com{path}"
    assert link in summary.text
    assert f'href="{link}"' in summary.html
    assert member.get(path).document.one("dl").text.startswith(f"Created {run.created:,}")


def assert_nothing_changed_yet(app: Flask, member: Visitor) -> None:
    """The killed worker's run still stands in the way, and says whose it is."""
    refused = member.submit(member.get(INTEGRATIONS), "Sync items")
    assert "Item sync of Alder & Finch Woodworks, started by Ada" in refused.notices[0]
    assert "seconds at most" in refused.notices[0]
    assert (number_stored(app), look(app).status) == (0, "running")


def test_when_a_worker_is_killed_its_successor_clears_up_and_goes_on(
    app: Flask, member: Visitor, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    slow_second_page(sandbox, 30)
    sync_items(member)
    with Workers(process_environment, "--count", "1") as workers:
        await_first_page(app)
        os.kill(workers.child(), signal.SIGKILL)
        assert_nothing_changed_yet(app, member)
        five_minutes_later(app)
        assert await_status(app, "failed").message == WORKER_LOST
        assert number_stored(app) == 0
        sync_items(member)
        run = await_status(app, "succeeded", "failed", run_id=2)
    assert run.created == number_stored(app) > 0


def test_when_all_workers_are_killed_the_next_click_clears_up(
    app: Flask, member: Visitor, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    slow_second_page(sandbox, 30)
    sync_items(member)
    with Workers(process_environment, "--count", "1") as workers:
        await_first_page(app)
        workers.kill_all()
    assert_nothing_changed_yet(app, member)
    five_minutes_later(app)
    sync_items(member)
    assert (look(app).status, look(app).message) == ("failed", WORKER_LOST)
    work_off(process_environment)
    assert look(app, 2).status == "succeeded"
    assert look(app, 2).created == number_stored(app) > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "slow", "contains": "STARTPOSITION 1001", "seconds": 40},
        {"kind": "rate_limit", "contains": "STARTPOSITION 1001", "retry_after": 50},
    ],
    ids=["a slow answer", "a long Retry-After"],
)
def test_a_sync_that_waits_stops_soon_after_cancel(
    app: Flask,
    member: Visitor,
    sandbox: SandboxProcess,
    process_environment: dict[str, str],
    fault: dict[str, object],
) -> None:
    sandbox.control("faults", fault)
    path = sync_items(member)
    with Workers(process_environment, "--single"):
        await_first_page(app)
        page = member.submit(member.get(path), "Cancel")
        assert page.notices == ["The run will stop before it writes anything."]
        run = await_status(app, "cancelled", "succeeded", "failed", seconds=10)
        assert (run.status, run.message) == ("cancelled", "Stopped on request. Nothing was changed.")
        assert number_stored(app) == 0
        sandbox.clear_faults()
        sync_items(member)
        assert await_status(app, "succeeded", "failed", run_id=2).status == "succeeded"


def test_a_run_cancelled_before_a_worker_came_is_never_carried_out(
    app: Flask, member: Visitor, process_environment: dict[str, str]
) -> None:
    path = sync_items(member)
    assert "Waiting for a worker to pick it up." in member.get(path).main
    page = member.submit(member.get(path), "Cancel")
    assert page.notices == ["Stopped. Nothing was changed."]
    work_off(process_environment)
    assert (look(app).status, number_stored(app)) == ("cancelled", 0)

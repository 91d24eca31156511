"""Redis is down: no sync starts, the page says so, and nothing else breaks (design section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.sync.models import RunStatus, SyncRun
from tests.items.connected import connect
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.sandbox import SandboxProcess
from tests.sync.builders import create_run

UNREACHABLE = "redis://127.0.0.1:9/0"
SENTENCE = "The lock service (Redis) cannot be reached, so no sync or build can start."
INTEGRATIONS = "/settings/integrations"


@pytest.fixture
def cut_off(app: Flask, sandbox: SandboxProcess) -> Iterator[Flask]:
    """The app on a Redis that is not there, in a workspace that is connected."""
    with app.app_context():
        connect(sandbox)
    other = create_app(replace(app.config["SETTINGS"], redis_url=UNREACHABLE))
    other.config["TESTING"] = True
    yield other
    with other.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(cut_off: Flask) -> Visitor:
    client = cut_off.test_client()
    with cut_off.app_context():
        sign_in(client, create_user("owner"))
    return Visitor(client)


def open_runs(app: Flask) -> int:
    with app.app_context():
        return (
            db.session.scalar(
                select(func.count()).where(SyncRun.status.in_((RunStatus.QUEUED, RunStatus.RUNNING)))
            )
            or 0
        )


@pytest.mark.parametrize("button", ["Sync items", "Preview sync"])
def test_a_sync_is_refused_with_a_sentence_and_leaves_no_open_run(
    cut_off: Flask, visitor: Visitor, button: str
) -> None:
    page = visitor.submit(visitor.get(INTEGRATIONS), button)
    assert page.notices[0].startswith(SENTENCE)
    assert page.path == INTEGRATIONS
    assert open_runs(cut_off) == 0


def test_pages_still_answer(cut_off: Flask, visitor: Visitor) -> None:
    with cut_off.app_context():
        create_run(1, status=RunStatus.RUNNING)
    for path in ("/", "/sync-runs", "/sync-runs/1", INTEGRATIONS, "/settings/profile"):
        visitor.get(path)
    assert visitor.client.get("/sync-runs/1/progress").status_code == 200


def test_a_waiting_run_can_still_be_cancelled(cut_off: Flask, visitor: Visitor) -> None:
    with cut_off.app_context():
        create_run(1)
    page = visitor.submit(visitor.get("/sync-runs/1"), "Cancel")
    assert page.notices == ["Stopped. Nothing was changed."]


def test_a_run_that_was_open_when_redis_went_stays_until_it_can_be_swept(
    cut_off: Flask, visitor: Visitor
) -> None:
    with cut_off.app_context():
        create_run(1, status=RunStatus.RUNNING)
    page = visitor.submit(visitor.get(INTEGRATIONS), "Sync items")
    assert page.notices[0].startswith(SENTENCE)
    assert open_runs(cut_off) == 1

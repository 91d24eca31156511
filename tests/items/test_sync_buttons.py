"""Where a sync is started from (SYNC-1)."""

from __future__ import annotations

import pytest
from flask import Flask

from app.sync.endings import get_run
from tests.people.member import Member
from tests.support.people import create_user
from tests.support.workspace import create_workspace
from tests.sync.builders import create_connection


def member(app: Flask, role: str = "owner", *, connected: bool = True) -> Member:
    """Somebody in a workspace that is connected or not."""
    with app.app_context():
        create_workspace()
        if connected:
            create_connection()
        return Member(app, create_user(role))


@pytest.mark.parametrize("path", ["/items", "/products"])
def test_the_lists_offer_a_sync(app: Flask, path: str) -> None:
    assert "Sync items" in member(app).client.get(path).text


@pytest.mark.parametrize("path", ["/items", "/products"])
def test_a_builder_is_not_offered_one(app: Flask, path: str) -> None:
    builder = member(app, "builder")
    assert "Sync items" not in builder.client.get(path).text
    assert builder.send("/items/sync").status_code == 403


def test_the_button_starts_a_run_and_shows_it(app: Flask) -> None:
    answer = member(app).send("/items/sync")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sync-runs/1")
    with app.app_context():
        assert get_run(1).status == "queued"


def test_without_a_connection_it_says_what_to_do_first(app: Flask) -> None:
    owner = member(app, connected=False)
    assert owner.send("/items/sync").headers["Location"] == "/settings/integrations"
    assert "Connect an accounting system first." in owner.client.get("/settings/integrations").text

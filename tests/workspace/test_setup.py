"""The first run: everything leads to the set-up, which makes the workspace and its Owner, once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.people.models import User
from app.workspace.models import Workspace
from app.workspace.setup import NewPerson, set_up
from tests.people.member import Member
from tests.support.pages import Seen, Visitor
from tests.support.together import together

GOOD = {
    "name": "Alder & Finch",
    "time_zone": "Europe/Oslo",
    "currency": "NOK",
    "first_name": "Olga",
    "last_name": "Owner",
    "email": "Olga@example.com",
    "password": "correct horse",
    "repeated": "correct horse",
}


def fill_in(client: FlaskClient, status: int = 200, **changes: Any) -> Seen:
    visitor = Visitor(client)
    return visitor.submit(visitor.get("/setup"), "Create workspace", status, **(GOOD | changes))


def users(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(user.email, user.role) for user in db.session.scalars(sa.select(User))]


@pytest.mark.parametrize("path", ["/", "/login", "/settings/profile", "/items", "/no-such-page"])
def test_everything_leads_to_the_setup_first(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, "/setup")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/css/base.css"])
def test_health_and_assets_are_there_before_the_setup(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code in {200, 503}


def test_the_setup_makes_the_workspace_and_its_owner(app: Flask, client: FlaskClient) -> None:
    fill_in(client)
    assert users(app) == [("olga@example.com", "owner")]
    assert Visitor(client).get("/settings/profile").path == "/settings/profile"
    with app.app_context():
        workspace = db.session.scalars(sa.select(Workspace)).one()
        facts = (workspace.name, workspace.time_zone, workspace.currency)
        assert facts == ("Alder & Finch", "Europe/Oslo", "NOK")


def test_times_are_shown_in_the_workspaces_zone(client: FlaskClient) -> None:
    fill_in(client, time_zone="Pacific/Kiritimati")
    page = Visitor(client).get("/settings/audit")
    times = [time["title"] for time in page.document.one("main").all("time")]
    assert times and all(title.endswith("+14") for title in times)


def test_afterwards_the_setup_is_closed(app: Flask, owner: Member, client: FlaskClient) -> None:
    assert Visitor(client).get("/setup").path == "/login"
    token = Visitor(client).get("/login").document.one("meta", name="csrf-token")["content"]
    answer = client.post("/setup", data={**GOOD, "email": "eve@example.com", "csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert users(app) == [("olga@example.com", "owner")]


def test_of_many_setups_at_once_one_happens(app: Flask) -> None:
    people = [NewPerson(f"p{number}@example.com", "P", "", "correct horse") for number in range(4)]
    works = [partial(set_up, person, name="W", time_zone="UTC", currency="USD") for person in people]
    assert together(app, *works) == ["Conflict", "Conflict", "Conflict", "done"]
    assert len(users(app)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "Al\x00der"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"currency": "XYZ"},
        {"currency": "DEM"},
        {"currency": "usd"},
        {"email": "olga"},
        {"email": "olga@example.com\r\nX: y"},
        {"first_name": "x" * 10_000},
        {"password": "short", "repeated": "short"},
        {"repeated": "correct hors"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    app: Flask, client: FlaskClient, changes: dict[str, str]
) -> None:
    page = fill_in(client, 400, **changes)
    assert "Please mend what is marked below." in page.main
    assert users(app) == []


def test_a_refused_form_keeps_what_was_typed_but_no_password(client: FlaskClient) -> None:
    page = fill_in(client, 400, repeated="something else")
    assert page.document.one("input", id="name")["value"] == "Alder & Finch"
    assert [box["value"] for box in page.document.all("input", type="password")] == ["", ""]

"""`users create` and `users set-password`, as an administrator runs them (design section 12)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.extensions import db
from app.people.models import User
from app.workspace.models import Workspace
from tests.people.member import Member

PASSWORD = "correct horse"


def run(app: Flask, *arguments: str, password: str = PASSWORD) -> Result:
    return app.test_cli_runner().invoke(args=["users", *arguments, "--password-stdin"], input=f"{password}\n")


def create(
    app: Flask, email: str = "olga@example.com", role: str = "owner", *more: str, **options: Any
) -> Result:
    return run(app, "create", email, "--role", role, "--name", "Olga van Owner", *more, **options)


def test_the_first_owner_comes_with_a_workspace(app: Flask) -> None:
    result = create(app, "Olga@example.com")
    assert (result.exit_code, result.output) == (0, "Olga van Owner <olga@example.com> is now Owner.\n")
    with app.app_context():
        user = db.session.scalars(sa.select(User)).one()
        assert (user.first_name, user.last_name, user.role) == ("Olga", "van Owner", "owner")
        workspace = db.session.scalars(sa.select(Workspace)).one()
        assert (workspace.time_zone, workspace.currency) == ("UTC", "USD")


def test_json_is_one_object_and_nothing_else(app: Flask) -> None:
    result = create(app, "olga@example.com", "owner", "--json")
    assert json.loads(result.stdout) == {"id": 1, "email": "olga@example.com", "role": "owner"}
    assert result.stderr == ""


def test_a_failure_in_json_is_one_object_too(app: Flask, owner: Member) -> None:
    result = create(app, "eve@example.com", "owner", "--json")
    assert result.exit_code == 1
    assert "There is an Owner already (olga@example.com)" in json.loads(result.stdout)["error"]


def test_a_failure_for_people_goes_to_standard_error(app: Flask, owner: Member) -> None:
    result = create(app, "olga@example.com", "builder")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "olga@example.com is a user already.\n"


def test_a_second_owner_is_refused_whatever_the_letters(app: Flask, owner: Member) -> None:
    assert create(app, "OLGA@example.com", "owner").exit_code == 1
    with app.app_context():
        assert db.session.query(User).count() == 1


def test_the_first_user_must_be_the_owner(app: Flask) -> None:
    result = create(app, "ben@example.com", "builder")
    assert result.exit_code == 1
    assert "Create the Owner first" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (("create",), PASSWORD),
        (("create", "a@example.com", "--role", "god", "--name", "A"), PASSWORD),
        (("create", "a@example.com", "--role", "owner"), PASSWORD),
        (("create", "a@example.com", "--role", "owner", "--name", " "), PASSWORD),
        (("create", "a@example.com", "--role", "owner", "--name", "x" * 10_000), PASSWORD),
        (("create", "a@example.com", "--role", "owner", "--name", "A"), "short"),
        (("create", "a@example.com", "--role", "owner", "--name", "A"), "x" * 10_000),
        (("create", "a@example.com", "--role", "owner", "--name", "A"), ""),
    ],
)
def test_wrong_usage_ends_with_two(app: Flask, arguments: tuple[str, ...], password: str) -> None:
    assert run(app, *arguments, password=password).exit_code == 2
    with app.app_context():
        assert db.session.query(User).count() == 0


@pytest.mark.parametrize("email", ["nobody", "a@b c.com", "x" * 300 + "@example.com"])
def test_an_address_that_cannot_be_is_reported(app: Flask, email: str) -> None:
    result = create(app, email)
    assert (result.exit_code, "e-mail address" in result.stderr) == (1, True)


def test_a_password_is_never_taken_from_the_command_line(app: Flask) -> None:
    arguments = ["users", "create", "a@example.com", "--role", "owner", "--name", "A"]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 2


def test_a_new_password_signs_the_user_out_everywhere(app: Flask, owner: Member) -> None:
    assert run(app, "set-password", "Olga@example.com", password="a brand new one").exit_code == 0
    login = owner.get("/settings/profile")
    assert login.path == "/login"
    owner.submit(login, "Sign in", email="olga@example.com", password="a brand new one")
    assert owner.get("/settings/profile").path == "/settings/profile"


def test_a_new_password_for_nobody_is_reported(app: Flask, owner: Member) -> None:
    result = run(app, "set-password", "nobody@example.com")
    assert (result.exit_code, result.stderr) == (1, "There is no user nobody@example.com.\n")

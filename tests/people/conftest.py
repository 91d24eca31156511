"""A workspace with its Owner, and people who visit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people.member import Member, join
from tests.support.pages import Visitor
from tests.support.workspace import create_workspace


@pytest.fixture
def owner(app: Flask) -> Member:
    """The Owner, signed in, in a workspace that is set up."""
    with app.app_context():
        create_workspace()
    return join(app, "owner", email="olga@example.com", first_name="Olga", last_name="Owner")


@pytest.fixture
def member(app: Flask, owner: Member) -> Callable[..., Member]:
    """Makes a member in a role, signed in."""

    def make(role: str, **overrides: Any) -> Member:
        return join(app, role, **overrides)

    return make


@pytest.fixture
def stranger(client: FlaskClient, owner: Member) -> Visitor:
    """Somebody who has not signed in, at a workspace that is set up."""
    return Visitor(client)

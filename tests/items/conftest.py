"""What tests of items share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.statements import statements
from tests.support.workspace import create_workspace


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """An Accountant, who may import and link, at a workspace that is set up."""
    with app.app_context():
        create_workspace()
        sign_in(client, create_user("accountant"))
    return Visitor(client)


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database from here on."""
    with statements(app) as seen:
        yield seen

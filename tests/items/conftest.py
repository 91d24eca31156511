"""What tests of items share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.extensions import db
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
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
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)

"""What tests of BOMs share."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.products.conftest import _ledger_agrees_at_the_end, queries
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.workspace import create_workspace

__all__ = ["_ledger_agrees_at_the_end", "queries"]


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """A Builder, who may manage BOMs, at a workspace that is set up."""
    with app.app_context():
        create_workspace()
        sign_in(client, create_user("builder", first_name="Ines", last_name="Joyner"))
    return Visitor(client)

"""What tests of BOMs share."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.products.conftest import _ledger_agrees_at_the_end, queries
from tests.support.pages import Visitor
from tests.support.visiting import signed_in

__all__ = ["_ledger_agrees_at_the_end", "queries"]


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """A Builder, who may manage BOMs, at a workspace that is set up."""
    return signed_in(app, client, "builder", first_name="Ines", last_name="Joyner")

"""What tests of items share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.pages import Visitor
from tests.support.statements import statements
from tests.support.visiting import signed_in


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """An Accountant, who may import and link, at a workspace that is set up."""
    return signed_in(app, client, "accountant")


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database from here on."""
    with statements(app) as seen:
        yield seen

"""Every scenario of builds ends with a ledger in which everything agrees, builds and their costs included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.extensions import db
from tests.support.builds import Shop, create_shop
from tests.support.stock import assert_clean
from tests.support.workspace import create_workspace


@pytest.fixture(autouse=True)
def _clean_at_the_end(request: pytest.FixtureRequest) -> Iterator[None]:
    app: Flask | None = request.getfixturevalue("app") if "app" in request.fixturenames else None
    yield
    if app is not None and request.node.get_closest_marker("differs") is None:
        with app.app_context():
            db.session.rollback()
            assert_clean()
            db.session.remove()


@pytest.fixture
def shop(context: Flask) -> Shop:
    """A workspace with one product that can be built, and stock for ten of it."""
    create_workspace()
    return create_shop()


def pytest_configure(config: pytest.Config) -> None:
    """Names the mark of tests that leave differences on purpose."""
    config.addinivalue_line("markers", "differs: the ledger is left with differences on purpose")

"""What tests of products share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.extensions import db
from tests.items.conftest import queries
from tests.support.stock import assert_clean

__all__ = ["queries"]


@pytest.fixture(autouse=True)
def _ledger_agrees_at_the_end(request: pytest.FixtureRequest) -> Iterator[None]:
    app: Flask | None = request.getfixturevalue("app") if "app" in request.fixturenames else None
    yield
    if app is not None:
        with app.app_context():
            assert_clean()
            db.session.remove()

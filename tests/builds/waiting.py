"""Work that is held up in the database, so that something else can come between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.extensions import db
from tests.support.processes import wait_until

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def held(product_id: int) -> Iterator[None]:
    """Nobody can move the product's stock until the end of the block."""
    with db.engine.begin() as connection:
        wanted = {"product": product_id}
        connection.execute(
            text("SELECT 1 FROM stock_levels WHERE product_id = :product FOR UPDATE"), wanted
        ).one()
        yield


def waiting() -> int:
    """How many transactions wait for another one."""
    with db.engine.connect() as connection:
        return connection.scalar(text(WAITING)) or 0


def await_waiting(most: int = 1) -> None:
    """Waits until so many transactions are held up."""
    wait_until(lambda: waiting() >= most, f"{most} transactions wait")

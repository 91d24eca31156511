"""`stock.post` from 1 to 10,000 movements, and a build over 10,000 open lots (design section 15)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event, text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.stock.mirror import mirror_quantities
from app.stock.service import Consume, Kind, Movement, Receive, Source, post, turn_lots_off, turn_lots_on
from tests.bench.report import Row
from tests.bench.stage import built, environment, migrated

SIZES = (1, 100, 10_000)
PRODUCTS = 200
COMPONENTS = 50
LOTS = 10_000

ADD_PRODUCTS = """
    INSERT INTO products (sku, name, product_type, unit, description, is_active, created_at, updated_at)
    SELECT 'P-' || number, 'Part ' || number, 'component', '', '', true, now(), now()
    FROM generate_series(1, :count) AS number
"""


def measure(folder: Path, items: int, rounds: int) -> Iterator[Row]:
    """Each row as soon as it is known; `items` is how many products the books set at once."""
    app = built(environment(folder, "http://localhost"))
    migrated(app)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text(ADD_PRODUCTS), {"count": items})
            connection.execute(text("ANALYZE products"))
        yield _mirror(rounds)
        turn_lots_on(None)
        yield from _posting(rounds)
        yield _build(rounds)
        turn_lots_off(None)
        db.session.remove()
        db.engine.dispose()


def _mirror(rounds: int) -> Row:
    """Every product has another quantity and another cost in the books, each time."""
    seconds = []
    for number in range(1, rounds + 2):
        with db.engine.begin() as connection:
            wanted = f"SELECT id, {number * 1000}, {Decimal(number) / 4} FROM products"
            started = time.perf_counter()
            rows = mirror_quantities(
                connection,
                wanted,
                source=Source("sync_run", number),
                user_id=None,
                as_of=utcnow(),
            )
        seconds.append(time.perf_counter() - started)
    how = f"{rows:,} products, the first time {seconds[0]:.2f} s"
    return Row("quantities of the books", median(seconds[1:]), 2.5, "s", how)


def _posting(rounds: int) -> Iterator[Row]:
    counts, taken = [], []
    for size in SIZES:
        post_now(_receipts(range(1, PRODUCTS + 1), size))
        with counted() as statements:
            seconds = [_timed(lambda size=size: post_now(_sales(size))) for _ in range(rounds)]
        counts.append(len(statements) / rounds)
        taken.append(f"{size:,} in {median(seconds):.3f} s")
    how = f"{counts[0]:g} for one; {', '.join(taken)}"
    yield Row("stock.post, 1 to 10,000 movements", max(counts) - min(counts), 0, "more statements", how)
    yield Row("stock.post, 10,000 movements", median(seconds), 0.7, "s", "sales from lots")


def _build(rounds: int) -> Row:
    components = range(PRODUCTS + 1, PRODUCTS + 1 + COMPONENTS)
    post_now(_receipts(components, LOTS))
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE lots, stock_transactions, lot_draws"))
    seconds = [_timed(lambda: post_now(_consumptions(components))) for _ in range(rounds + 2)]
    how = f"{COMPONENTS} components, {LOTS:,} open lots"
    return Row("a build's draws", median(seconds) * 1000, 60, "ms", how)


def post_now(movements: Sequence[Movement]) -> None:
    """The batch, committed."""
    with transaction() as session:
        post(movements, session)


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _receipts(products: range, count: int) -> list[Movement]:
    source = Source("receipt", 1)
    return [
        Receive(
            product_id=products[number % len(products)],
            quantity=Decimal(50),
            cost=Decimal("123.45"),
            kind=Kind.RECEIVE,
            source=source,
        )
        for number in range(count)
    ]


def _sales(count: int) -> list[Movement]:
    return [
        Consume(
            product_id=1 + number % PRODUCTS,
            quantity=Decimal("1.25"),
            allow_shortage=True,
            kind=Kind.SALE,
            source=Source("sale", number),
        )
        for number in range(count)
    ]


def _consumptions(products: range) -> list[Movement]:
    return [
        Consume(product_id=product, quantity=Decimal(60), kind=Kind.BUILD_CONSUME, source=Source("build", 1))
        for product in products
    ]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database while the block runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

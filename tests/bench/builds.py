"""A whole build of 50 components over 10,000 open lots: lock, draws, output, commit (design section 15).

Then the pages on which builds are listed, at 100,000 of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import text

from app.boms.service import BomFields, CostFields, CostKind, LineFields, save_version
from app.builds import service
from app.builds.values import PlanFields, QuickFields
from app.extensions import db
from app.stock.service import Kind, Movement, Receive, Source, turn_lots_on, verify
from tests.bench import build_lists
from tests.bench.report import Row
from tests.bench.stage import built, environment, migrated
from tests.bench.stock_ledger import ADD_PRODUCTS, post_now

COMPONENTS = 50
LOTS = 10_000
PER_UNIT = Decimal(60)
PER_LOT = Decimal(50)
LIMIT = 100
HOW = f"{COMPONENTS} components, {LOTS:,} open lots"


def measure(folder: Path, items: int, rounds: int) -> Iterator[Row]:
    """Each row as soon as it is known."""
    app = built(environment(folder, "http://localhost"))
    migrated(app)
    with app.app_context():
        bom_id = _shelves()
        quick = [_timed_quick_build(bom_id) for _ in range(3 * rounds + 4)]
        yield Row("a quick build", median(quick), LIMIT, "ms", f"{HOW}; the slowest {max(quick):.0f} ms")
        plans = [_timed_planned_build(bom_id) for _ in range(3 * rounds + 4)]
        yield Row("a planned build", median(plans), LIMIT, "ms", f"{HOW}; the slowest {max(plans):.0f} ms")
        shown = [_timed_preview(bom_id) for _ in range(3 * rounds + 4)]
        yield Row("a build's preview", median(shown), LIMIT, "ms", HOW)
        found = verify().differences
        yield Row("differences after these builds", len(found), 0, "found", "stock verify")
        db.session.remove()
        db.engine.dispose()
    yield from build_lists.measure(folder, items, rounds)


def _shelves() -> int:
    """Fifty components in lots, and a product of all of them; returns its BOM."""
    with db.engine.begin() as connection:
        connection.execute(text(ADD_PRODUCTS), {"count": COMPONENTS + 1})
        finished = text("UPDATE products SET product_type = 'finished_good' WHERE id = :id")
        connection.execute(finished, {"id": COMPONENTS + 1})
    turn_lots_on(None)
    post_now([_lot(1 + number % COMPONENTS) for number in range(LOTS)])
    lines = tuple(LineFields(component, PER_UNIT) for component in range(1, COMPONENTS + 1))
    labor = CostFields(CostKind.LABOR, "Assembly", Decimal(12))
    bom = save_version(COMPONENTS + 1, BomFields(lines, (labor,)), None)
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return bom.id


def _lot(product_id: int) -> Movement:
    return Receive(
        product_id=product_id,
        quantity=PER_LOT,
        cost=Decimal("123.45"),
        kind=Kind.RECEIVE,
        source=Source("receipt", 1),
    )


def _timed_quick_build(bom_id: int) -> float:
    started = time.perf_counter()
    service.quick_build(QuickFields(bom_id, Decimal(1)), uuid4(), None)
    return _milliseconds(started)


def _timed_planned_build(bom_id: int) -> float:
    build_id = service.plan_build(PlanFields(bom_id, Decimal(1)), None).id
    db.session.remove()
    started = time.perf_counter()
    service.execute(build_id, None)
    return _milliseconds(started)


def _timed_preview(bom_id: int) -> float:
    started = time.perf_counter()
    service.preview(bom_id, Decimal(1))
    return _milliseconds(started)


def _milliseconds(started: float) -> float:
    seconds = time.perf_counter() - started
    db.session.remove()
    return seconds * 1000

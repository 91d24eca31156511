"""The builds' lists at 100,000 builds, a twentieth of them in the queue (design section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from tests.bench.catalogue import PRODUCTS, RARE
from tests.bench.lists import TIMES, Taken, at_both_sizes, promises, signed_in, timed_pages
from tests.bench.report import Row
from tests.bench.stage import migrated
from tests.support.people import create_user

PAGES = {
    "builds": "/builds",
    "builds, the oldest first": "/builds?sort=number",
    "builds by execution": "/builds?sort=-executed_at",
    "planned builds": "/builds?status=planned",
    "rejected builds": "/builds?status=rejected",
    "builds waiting for their export": "/builds?status=pending_export",
    "builds of a month": "/builds?period=30d",
    "builds of a status in a month": "/builds?status=failed&period=30d",
    "builds of a product": "/builds?product=28",
    "search of one build": "/builds?q=b-777",
    "search of some products' builds": "/builds?q=p-7",
    "search of a twentieth of the builds": "/builds?q=walnut",
    "search of all builds": "/builds?q=part",
    "search of all builds by execution": "/builds?q=part&sort=-executed_at",
    "search among rejected builds": "/builds?q=part&status=rejected",
    "search for no build": "/builds?q=nothing+like+it",
    "queue": "/builds/queue",
    "queue of a month": "/builds/queue?from=2020-01-01&to=2020-01-31",
    "search of a twentieth of the queue": "/builds/queue?q=walnut",
    "search of the whole queue": "/builds/queue?q=part",
    "search of one planned build": "/builds/queue?q=b-780",
    "what can be built": "/builds/new",
    "search among what can be built": "/builds/new?q=walnut",
}
MADE = """
    UPDATE products SET product_type = CASE id / 7 % 5 WHEN 4 THEN 'finished_good' ELSE 'component' END
"""
LEVELS = (
    "INSERT INTO stock_levels (product_id, on_hand, value, unit_cost) SELECT id, 40, 100, 2.5 FROM products"
)
BOMS = """
    INSERT INTO boms (product_id, version, status)
    SELECT id, 1, 'active' FROM products WHERE product_type = 'finished_good' ORDER BY id
"""
BOM_LINES = """
    INSERT INTO bom_lines (bom_id, position, component_id, quantity, optional)
    SELECT id, k, product_id - k, k, k = 4 FROM boms, generate_series(1, 4) AS k ORDER BY id, k
"""
BOM_COSTS = """
    INSERT INTO bom_costs (bom_id, position, kind, label, cost_per_unit)
    SELECT id, 1, 'labor', 'Assembly', 3.2 FROM boms ORDER BY id
"""
# Two years of builds, of every product in turn; every twentieth waits in the queue, for want of parts or not.
BUILDS = """
    INSERT INTO builds (product_id, bom_id, quantity, status, queue_position, target_date, auto_generated,
        modified, notes, review_notes, created_at, created_by, executed_at, executed_by, material_cost,
        cost_lines_total, total_cost, unit_cost)
    SELECT b.product_id, b.id, 1 + n % 15, state, CASE WHEN planned THEN n * 4294967296 END,
        CASE WHEN planned THEN date '2020-01-01' + (n / 20 % 300)::integer END, false, n % 7 = 0, '', '',
        at, 1, CASE WHEN planned THEN NULL ELSE at END, 1, done, done, 2 * done, done
    FROM generate_series(1, :count) AS n
    CROSS JOIN LATERAL (SELECT n % 20 = 0 AS planned) AS p
    CROSS JOIN LATERAL (SELECT
        CASE WHEN planned THEN 'planned' WHEN n % 1000 = 1 THEN 'rejected' WHEN n % 50 = 2 THEN 'failed'
            WHEN n % 3 = 0 THEN 'pending_export' ELSE 'synced' END AS state,
        CASE WHEN planned THEN NULL ELSE 10 END AS done,
        now() - interval '730 days' * (1 - n::float / :count) AS at) AS s
    JOIN boms b ON b.id = 1 + n * 7919 % (SELECT count(*) FROM boms)
    ORDER BY n
"""
BUILD_LINES = """
    INSERT INTO build_lines (build_id, component_id, position, quantity_per_unit, quantity, optional,
        consumed, consumed_cost)
    SELECT b.id, l.component_id, l.position, l.quantity, l.quantity * b.quantity, l.optional,
        CASE WHEN b.status <> 'planned' THEN l.quantity * b.quantity END,
        CASE WHEN b.status <> 'planned' THEN 2.5 END
    FROM builds b JOIN bom_lines l ON l.bom_id = b.bom_id
    ORDER BY b.id, l.position
"""
WORK = (PRODUCTS, MADE, LEVELS, BOMS, BOM_LINES, BOM_COSTS, BUILDS, BUILD_LINES)


def measure(folder: Path, builds: int, rounds: int) -> Iterator[Row]:
    """A row for each page, then the worst of what holds for all of them."""
    few, many = at_both_sizes(folder, builds, lambda app, count: _all_pages(app, count, rounds))
    yield from promises("pages of builds", many, few, builds)


def _all_pages(app: Flask, count: int, rounds: int) -> dict[str, Taken]:
    migrated(app)
    with app.app_context():
        create_user("owner", email="owner@example.com")
        fill(count)
    return timed_pages(app, signed_in(app), PAGES, rounds * TIMES)


def fill(count: int) -> None:
    """So many builds, of a fifth as many products, in a catalogue of as many."""
    facts = {"count": count, "rare": max(count // RARE, 1)}
    with db.engine.begin() as connection:
        for statement in WORK:
            connection.execute(text(statement), facts)
            connection.execute(text("ANALYZE"))  # or joins and foreign keys go by tables that were empty
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))

"""Item sync when each item is linked to a product whose quantity follows (design sections 7, 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from app.extensions import db
from tests.bench.item_sync import Bench, Pair, installed, ratio, unchanged_syncs
from tests.bench.report import Row
from tests.bench.stage import built, replayed

PRODUCTS = """
    INSERT INTO products (sku, name, product_type, unit, description, is_active, created_at, updated_at)
    SELECT coalesce(sku, 'QBO-' || external_id), name, 'component', '', '', true, now(), now()
    FROM accounting_items
"""
LINKS = """
    INSERT INTO item_links (product_id, accounting_item_id, connection_id, linked_at)
    SELECT p.id, i.id, i.connection_id, now() FROM accounting_items i
    JOIN products p ON p.sku = coalesce(i.sku, 'QBO-' || i.external_id)
"""
LEAD = "UPDATE connections SET inventory_mode = 'sync'"
CHANGED = "sync, every linked quantity changed"
FLOORS = {"floor of moving": f"{CHANGED}, beside one that moves stock", "floor of updating": CHANGED}
"""One that writes items, levels and movements, and section 15's own, which writes the items only.

In this order, since the own one is quicker as the second, and a sync is to be held to the stricter.
"""


def measure(folder: Path, items: int, rounds: int) -> Iterator[Row]:
    """A sync that changes every quantity, and one that changes none."""
    with replayed(items, "--stock", "0") as first, replayed(items, "--stock", "1") as second:
        bench = installed(folder, first)
        bench.take("sync")
        _link_everything(bench, items)
        settings = [bench.settings | {"QBO_API_URL": url} for url in (second, first)]
        pairs: dict[str, list[Pair]] = {floor: [] for floor in FLOORS}
        for number in range(rounds):
            counted = replace(bench, settings=settings[number % 2])
            floors = {floor: counted.take(floor) for floor in FLOORS}
            _as_vacuumed(bench)
            sync = counted.take("sync")
            _as_vacuumed(bench)
            assert all(taken["items"] == sync["items"] == items for taken in floors.values()), (floors, sync)
            assert sync["written"] == 2 * items, sync
            for floor, taken in floors.items():
                pairs[floor].append((taken, sync))
        yield from (ratio(work, pairs[floor], 2.0) for floor, work in FLOORS.items())
        last = replace(bench, settings=settings[(rounds - 1) % 2])
        yield ratio("unchanged re-sync, all linked", unchanged_syncs(last, items, rounds), 1.3)


def _as_vacuumed(bench: Bench) -> None:
    """As it is a few minutes later, when the database has tidied up behind the last sync."""
    app = built(bench.settings)
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        db.engine.dispose()


def _link_everything(bench: Bench, items: int) -> None:
    """Each item has a product, which follows the books from now on and has their quantity already."""
    app = built(bench.settings)
    with app.app_context():
        with db.engine.begin() as connection:
            for statement in (PRODUCTS, LINKS, LEAD):
                connection.execute(text(statement))
        db.engine.dispose()
    assert bench.take("floor of moving")["items"] == items
    assert bench.take("sync")["written"] > 0

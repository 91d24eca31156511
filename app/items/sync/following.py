"""What linked products take over from books that lead on them: name and SKU, quantity and unit cost.

In Sync mode only, in the transaction that stores the items (ONB-5, INV-9, SYNC-9, SYNC-12). Every linked item
is looked at, not only those that changed: a link may be new, or an export may have been sent meanwhile. While
stock is kept in lots, quantities and costs are left alone (INV-10).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.foundation.clock import utcnow
from app.integrations.inventory import leads_on_quantities
from app.products.following import follow_books
from app.stock.mirror import mirror_quantities
from app.stock.modes import lots_on
from app.stock.movements import Source

Store = Callable[[], None]

LINKED = """
    FROM item_links l JOIN accounting_items i ON i.id = l.accounting_item_id
    WHERE l.connection_id = :connection AND i.active
"""
NAMES = f"SELECT l.product_id, i.name, btrim(i.sku) {LINKED}"

# The books say 0 where nobody entered a cost, and OQ-8 lets the product keep its own then. Whatever is as the
# books say already is left out early.
QUANTITIES = """
    SELECT l.product_id, i.quantity_on_hand, nullif(i.purchase_cost, 0)
    FROM item_links l JOIN accounting_items i ON i.id = l.accounting_item_id
    LEFT JOIN stock_levels s ON s.product_id = l.product_id
    WHERE l.connection_id = :connection AND i.active AND i.item_type = 'inventory'
        AND i.quantity_on_hand IS NOT NULL AND (
            s.product_id IS NULL OR s.on_hand <> i.quantity_on_hand
            OR s.unit_cost <> nullif(i.purchase_cost, 0)
            OR l.product_id IN (SELECT product_id FROM unexported_movements)
        )
"""

PRODUCT_ENTRIES = f"""
    SELECT i.external_id, f.name_after AS name, 'product' AS action, jsonb_strip_nulls(jsonb_build_object(
        'name', CASE WHEN f.name_after <> f.name_before
            THEN jsonb_build_array(f.name_before, f.name_after) END,
        'sku', CASE WHEN f.sku_after <> f.sku_before THEN jsonb_build_array(f.sku_before, f.sku_after) END,
        'sku_refused', CASE WHEN f.wanted_sku IS NOT NULL
            THEN jsonb_build_array(f.sku_before, f.wanted_sku) END
    )) AS changes
    FROM followed_products f JOIN (SELECT l.product_id, i.external_id {LINKED}) i USING (product_id)
"""  # noqa: S608 - our own statement
STOCK_ENTRIES = f"""
    SELECT i.external_id, p.name, 'stock' AS action, jsonb_strip_nulls(jsonb_build_object(
        'on_hand', CASE WHEN m.after <> m.before
            THEN jsonb_build_array(trim_scale(m.before)::text, trim_scale(m.after)::text) END,
        'unit_cost', CASE WHEN m.unit_cost_after <> m.unit_cost_before
            THEN jsonb_build_array(trim_scale(m.unit_cost_before)::text, trim_scale(m.unit_cost_after)::text)
            END
    )) AS changes
    FROM mirrored_quantities m JOIN products p ON p.id = m.product_id
    JOIN (SELECT l.product_id, i.external_id {LINKED}) i USING (product_id)
"""  # noqa: S608 - our own statement
REFUSED_ENTRIES = f"""
    SELECT i.external_id, p.name, 'stock' AS action, jsonb_build_object('too_large', jsonb_build_array(
        trim_scale(l.on_hand)::text, trim_scale(r.quantity)::text)) AS changes
    FROM mirror_refused r JOIN products p ON p.id = r.product_id
    LEFT JOIN stock_levels l ON l.product_id = r.product_id
    JOIN (SELECT l.product_id, i.external_id {LINKED}) i ON i.product_id = r.product_id
"""  # noqa: S608 - our own statement
ADD = "INSERT INTO sync_entries (run_id, external_id, name, action, changes) SELECT :run, e.* FROM ({}) AS e"
COPY = "COPY sync_entries (run_id, external_id, name, action, changes) FROM STDIN"


class Followed(NamedTuple):
    """How many products took over a name or SKU, how many a quantity or unit cost; None: nobody looked."""

    products: int | None = None
    stock: int | None = None

    @property
    def entries(self) -> list[str]:
        """The statements that select what changed, as entries of the run."""
        products = [] if self.products is None else [PRODUCT_ENTRIES]
        return products + ([] if self.stock is None else [STOCK_ENTRIES, REFUSED_ENTRIES])


def follow(connection: Connection, connection_id: int, run_id: int, as_of: datetime) -> Followed:
    """Linked products have what the stored items say; returns how many changed.

    `as_of` is when the books began to be read.
    """
    if not leads_on_quantities(connection, connection_id):
        return Followed()
    facts: dict[str, Any] = {"connection": connection_id}
    products = follow_books(connection, text(NAMES), facts, utcnow())
    if lots_on(connection):
        return Followed(products)
    wanted = text(QUANTITIES).bindparams(connection=connection_id)
    source = Source("sync_run", run_id)
    return Followed(products, mirror_quantities(connection, wanted, source=source, user_id=None, as_of=as_of))


def note(connection: Connection, connection_id: int, run_id: int, followed: Followed) -> None:
    """The run's entries say what the products took over."""
    for statement in followed.entries:
        connection.execute(text(ADD.format(statement)), {"connection": connection_id, "run": run_id})


def foresee(
    connection: Connection, connection_id: int, run_id: int, as_of: datetime, store: Store
) -> Followed:
    """The run's entries say what products would take over, had `store` stored the items; no more stays."""
    if not leads_on_quantities(connection, connection_id):
        return Followed()
    attempt = connection.begin_nested()
    store()
    followed = follow(connection, connection_id, run_id, as_of)
    facts = {"connection": connection_id}
    rows = [row for each in followed.entries for row in connection.execute(text(each), facts)]
    attempt.rollback()
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((run_id, *row[:3], Jsonb(row.changes)))
    return followed

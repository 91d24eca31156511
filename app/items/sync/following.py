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
from app.foundation.copying import Copier, send
from app.integrations.inventory import leads_on_quantities
from app.items.sync.changes import changed, changed_number, document, members
from app.products.following import follow_books
from app.stock.mirror import mirror_quantities
from app.stock.modes import lots_on
from app.stock.movements import Source

Store = Callable[[], None]

# Read once for names, quantities and entries. The books say 0 where nobody entered a cost, and OQ-8 lets the
# product keep its own then.
LINKED = """
    CREATE TEMPORARY TABLE linked_items ON COMMIT DROP AS
    SELECT l.product_id, i.external_id, i.name, btrim(i.sku) AS sku, nullif(i.purchase_cost, 0) AS unit_cost,
        CASE WHEN i.item_type = 'inventory' THEN i.quantity_on_hand END AS quantity,
        p.name AS known_name, p.sku AS known_sku
    FROM item_links l
    JOIN accounting_items i ON i.id = l.accounting_item_id
    JOIN products p ON p.id = l.product_id
    WHERE l.connection_id = :connection AND i.active
"""
FORGET = "DROP TABLE IF EXISTS pg_temp.linked_items"
# Hardly any product is named otherwise; at those that are, the products' own rules look closer.
NAMES = "SELECT product_id, name, sku FROM linked_items WHERE name <> known_name OR sku <> known_sku"
QUANTITIES = "SELECT product_id, quantity, unit_cost FROM linked_items WHERE quantity IS NOT NULL"


_PRODUCT_NAME = "coalesce(f.name_after, i.known_name)"
_RENAMED = document(
    members(
        changed("name", "f.name_before", "f.name_after"),
        changed("sku", "f.sku_before", "f.sku_after"),
        changed("sku_refused", "f.sku_before", "coalesce(f.wanted_sku, f.sku_before)"),
    )
)
_REFUSED = document(members(changed_number("too_large", "l.on_hand", "r.quantity")))

PRODUCT_ENTRIES = f"""
    SELECT i.external_id, f.name_after AS name, 'product' AS action, {_RENAMED} AS changes
    FROM followed_products f JOIN linked_items i USING (product_id)
"""  # noqa: S608 - our own statement
REFUSED_ENTRIES = f"""
    SELECT i.external_id, {_PRODUCT_NAME} AS name, 'product' AS action, {_REFUSED} AS changes
    FROM mirror_refused r
    JOIN linked_items i USING (product_id)
    LEFT JOIN followed_products f USING (product_id)
    LEFT JOIN stock_levels l USING (product_id)
"""  # noqa: S608 - our own statement
MIRRORED = """
    SELECT product_id, before, after, unit_cost_before, unit_cost_after FROM mirrored_quantities
"""
ENTRIES = "sync_entries (run_id, external_id, name, action, changes)"
STOCK_CHANGES = """
    sync_stock_changes (run_id, product_id, on_hand_before, on_hand_after, unit_cost_before, unit_cost_after)
"""
NOTE = "INSERT INTO {} SELECT :run, e.* FROM ({}) AS e"


class Followed(NamedTuple):
    """How many products took over a name or SKU, how many a quantity or unit cost; None: nobody looked."""

    products: int | None = None
    stock: int | None = None

    @property
    def notes(self) -> list[tuple[str, str]]:
        """The tables that tell of it, each with the statement that selects its rows, without the run."""
        products = [] if self.products is None else [(ENTRIES, PRODUCT_ENTRIES)]
        stock = [] if self.stock is None else [(ENTRIES, REFUSED_ENTRIES), (STOCK_CHANGES, MIRRORED)]
        return products + stock


def follow(connection: Connection, connection_id: int, run_id: int, as_of: datetime) -> Followed:
    """Linked products have what the stored items say; returns how many changed.

    `as_of` is when the books began to be read.
    """
    if not leads_on_quantities(connection, connection_id):
        return Followed()
    connection.execute(text(FORGET))
    connection.execute(text(LINKED), {"connection": connection_id})
    products = follow_books(connection, NAMES, utcnow())
    if lots_on(connection):
        return Followed(products)
    source = Source("sync_run", run_id)
    stock = mirror_quantities(connection, QUANTITIES, source=source, user_id=None, as_of=as_of)
    return Followed(products, stock)


def note(connection: Connection, run_id: int, followed: Followed) -> None:
    """The run tells what the products took over."""
    for table, rows in followed.notes:
        connection.execute(text(NOTE.format(table, rows)), {"run": run_id})


def foresee(
    connection: Connection, connection_id: int, run_id: int, as_of: datetime, store: Store
) -> Followed:
    """The run tells what products would take over, had `store` stored the items; no more stays."""
    if not leads_on_quantities(connection, connection_id):
        return Followed()
    attempt = connection.begin_nested()
    store()
    followed = follow(connection, connection_id, run_id, as_of)
    found = [(table, connection.execute(text(rows)).all()) for table, rows in followed.notes]
    attempt.rollback()
    copier = Copier(connection)
    for table, rows in found:
        send(
            connection,
            f"COPY {table} FROM STDIN",
            copier.made_of((run_id, *map(_as_sent, row)) for row in rows),
        )
    return followed


def _as_sent(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value

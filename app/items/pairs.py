"""Products and items that are probably the same thing, all at once, and linking them by the hundred.

A **pair** is a product and an item of a connected company, both free there and active, the item not hidden.
They have the same SKU, or else the same name, outer blanks and case aside: a name says nothing where a SKU
decides. A pair is **clear** when neither of the two has another candidate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Text, column, text

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.items.errors import ChosenTwice
from app.items.linking import take_links_lock

Pair = tuple[int, int]
"""The ids of a product and of an item."""

# The limit is for the planner, which expects far more of so small a table than the two companies there are.
FREE = """
    present AS MATERIALIZED (
        SELECT id FROM connections WHERE state <> 'disconnected' ORDER BY id LIMIT 4
    ), free_items AS (
        SELECT i.id, i.connection_id, lower(btrim(i.sku)) AS sku, lower(btrim(i.name)) AS name
        FROM accounting_items i
        JOIN present c ON c.id = i.connection_id
        WHERE i.active AND i.visible
            AND NOT EXISTS (SELECT FROM item_links l WHERE l.accounting_item_id = i.id)
    ), free_products AS (
        SELECT p.id, c.id AS connection_id, lower(btrim(p.sku)) AS sku, lower(btrim(p.name)) AS name
        FROM products p
        CROSS JOIN present c
        WHERE p.is_active
            AND NOT EXISTS (SELECT FROM item_links l WHERE l.product_id = p.id AND l.connection_id = c.id)
    )
"""

FOUND = f"""
    WITH {FREE}, by_sku AS (
        SELECT p.id AS product_id, i.id AS item_id, connection_id
        FROM free_products p JOIN free_items i USING (connection_id, sku)
    ), found AS (
        SELECT product_id, item_id, connection_id, 'sku' AS reason FROM by_sku
        UNION ALL
        SELECT p.id, i.id, connection_id, 'name'
        FROM free_products p JOIN free_items i USING (connection_id, name)
        WHERE name <> '' AND NOT EXISTS (
            SELECT FROM by_sku s WHERE s.product_id = p.id AND s.connection_id = p.connection_id
        ) AND NOT EXISTS (SELECT FROM by_sku s WHERE s.item_id = i.id)
    )
    SELECT product_id, item_id, connection_id, reason,
        count(*) OVER (PARTITION BY product_id, connection_id) = 1
            AND count(*) OVER (PARTITION BY item_id) = 1 AS clear
    FROM found
"""  # noqa: S608 - our own text

PAIRS = (
    text(FOUND)
    .columns(
        column("product_id", BigInteger),
        column("item_id", BigInteger),
        column("connection_id", BigInteger),
        column("reason", Text),
        column("clear", Boolean),
    )
    .subquery("pairs")
)

CHOSEN = "unnest(CAST(:products AS bigint[]), CAST(:items AS bigint[])) AS chosen(product_id, item_id)"

LINK = f"""
    INSERT INTO item_links (product_id, accounting_item_id, connection_id, linked_at, linked_by)
    SELECT product_id, item_id, connection_id, :now, :user
    FROM ({FOUND}) pairs
    JOIN {CHOSEN} USING (product_id, item_id)
    RETURNING product_id, accounting_item_id
"""  # noqa: S608 - our own text

# A product gets one item of a company, an item belongs to one product (OQ-14).
TWICE = f"""
    SELECT name FROM (
        SELECT p.name, count(*) OVER (PARTITION BY p.id, i.connection_id) AS items,
            count(*) OVER (PARTITION BY i.id) AS products
        FROM {CHOSEN}
        JOIN accounting_items i ON i.id = chosen.item_id
        JOIN products p ON p.id = chosen.product_id
    ) counted
    WHERE items > 1 OR products > 1 ORDER BY lower(name) LIMIT 1
"""  # noqa: S608 - our own text

NAMES = """
    SELECT coalesce(p.name, 'a product that is not there')
    FROM unnest(CAST(:ids AS bigint[])) AS left_out(id) LEFT JOIN products p USING (id)
    ORDER BY lower(p.name), id
"""


@dataclass(frozen=True)
class Linked:
    """What came of a choice: the ids of the items that are linked now, and the names of products left out."""

    items: tuple[int, ...]
    left_out: tuple[str, ...]


def link_pairs(chosen: Iterable[Pair], user_id: int | None) -> Linked:
    """The chosen pairs are linked, in a fixed number of statements; those that are no pair any more are not.

    Raises ChosenTwice, having written nothing, when a product gets two items of a company or an item two
    products.
    """
    pairs = sorted(set(chosen))
    given = {"products": [product for product, _ in pairs], "items": [item for _, item in pairs]}
    with transaction() as session:
        take_links_lock(session)
        twice = session.scalar(text(TWICE), given)
        if twice is not None:
            raise ChosenTwice(twice)
        rows = session.execute(text(LINK), given | {"now": utcnow(), "user": user_id}).all()
        made = {(row.product_id, row.accounting_item_id) for row in rows}
        left = [product for product, item in pairs if (product, item) not in made]
        names = session.scalars(text(NAMES), {"ids": left}) if left else ()
        return Linked(tuple(item for _, item in sorted(made)), tuple(names))

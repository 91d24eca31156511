"""Products whose name and SKU follow the books (ONB-5, SYNC-12), any number of them at once.

The temporary table `followed_products` then has what changed: product_id, name and SKU before and after, and
`wanted_sku` where another product has the SKU that the books say, so that this one keeps its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, text

from app.products.models import LONGEST_NAME, LONGEST_SKU

CLEAR = "DROP TABLE IF EXISTS pg_temp.followed_products"
DIFFERING = """
    CREATE TEMPORARY TABLE followed_products ON COMMIT DROP AS
    SELECT p.id AS product_id, p.name AS name_before, p.sku AS sku_before,
        CASE WHEN length(w.name) BETWEEN 1 AND {longest_name} THEN w.name ELSE p.name END AS name_after,
        CASE WHEN length(w.sku) BETWEEN 1 AND {longest_sku} THEN w.sku ELSE p.sku END AS sku_after,
        CAST(NULL AS text) AS wanted_sku
    FROM ({wanted}) AS w (product_id, name, sku)
    JOIN products p ON p.id = w.product_id
    WHERE (w.name <> p.name AND length(w.name) BETWEEN 1 AND {longest_name})
        OR (w.sku <> p.sku AND length(w.sku) BETWEEN 1 AND {longest_sku})
"""
# From here to the end of the transaction nobody else gives a product a SKU that was free.
KEEP_SKUS_FREE = "LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE"
NEW_SKUS = "SELECT EXISTS (SELECT FROM followed_products WHERE sku_after <> sku_before)"
TAKEN = """
    UPDATE followed_products f SET wanted_sku = sku_after, sku_after = sku_before
    FROM (
        SELECT product_id, row_number() OVER (PARTITION BY lower(sku_after) ORDER BY product_id) AS place
        FROM followed_products
    ) same
    WHERE same.product_id = f.product_id AND f.sku_after <> f.sku_before AND (
        same.place > 1
        OR EXISTS (SELECT FROM products o WHERE lower(o.sku) = lower(f.sku_after) AND o.id <> f.product_id)
    )
"""
FOLLOW = """
    UPDATE products p SET name = f.name_after, sku = f.sku_after, updated_at = :now
    FROM followed_products f
    WHERE f.product_id = p.id AND (f.name_after, f.sku_after) IS DISTINCT FROM (f.name_before, f.sku_before)
"""


def follow_books(connection: Connection, wanted: str, now: datetime) -> int:
    """Products are named as the books say; returns how many of them changed.

    `wanted` is SQL that selects (product_id, name, sku), each product once; empty and overlong ones are
    passed over, and so is a SKU that another product has.
    """
    statement = DIFFERING.format(wanted=wanted, longest_name=LONGEST_NAME, longest_sku=LONGEST_SKU)
    connection.execute(text(CLEAR))
    connection.execute(text(statement))
    if connection.scalar(text(NEW_SKUS)):
        connection.execute(text(KEEP_SKUS_FREE))
        connection.execute(text(TAKEN))
    return connection.execute(text(FOLLOW).bindparams(bindparam("now", now))).rowcount

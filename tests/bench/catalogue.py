"""A large workspace for the list pages, filled set-based: items, products, and a ledger that verifies."""

from __future__ import annotations

from sqlalchemy import text

from app.extensions import db

# Names in no order of ids, each word with a known share: "walnut" a twentieth, "part" all. With the hundred
# finishes there are as many words as the database must have met to guess how many rows a search finds.
NAME = """
    (ARRAY['Walnut', 'Oak', 'Ash', 'Beech', 'Cherry', 'Maple', 'Pine', 'Larch', 'Birch', 'Elm',
        'Brass', 'Steel', 'Copper', 'Zinc', 'Bronze', 'Nylon', 'Rubber', 'Cork', 'Felt', 'Glass'])[1 + n % 20]
    || ' ' ||
    (ARRAY['board', 'blank', 'hinge', 'screw', 'bolt', 'washer', 'dowel', 'bracket', 'knob', 'handle',
        'strip', 'plate', 'ring', 'rod', 'tube', 'block', 'wedge', 'cap', 'pin', 'shim'])[1 + n / 20 % 20]
    || ' part ' || n || ' in finish F' || lpad((n / 7 % 100)::text, 2, '0')
"""
RARE = 100
"""How many items are not imported, and products low on stock, whatever the size of the catalogue."""
PRODUCTS = f"""
    INSERT INTO products (sku, name, product_type, unit, description, reorder_point, is_active, created_at,
        updated_at)
    SELECT 'P-' || n, {NAME},
        (ARRAY['raw_material', 'raw_material', 'raw_material', 'component', 'finished_good'])[1 + n / 7 % 5],
        'piece', '', CASE WHEN n % :rare = 0 THEN 30 WHEN n % 4 = 0 THEN 20 END, n % 50 <> 1 OR n = 1,
        now(), now()
    FROM generate_series(1, :count) AS n
"""
ITEMS = f"""
    INSERT INTO accounting_items (connection_id, external_id, name, full_name, sku, item_type, unit_price,
        purchase_cost, quantity_on_hand, active, visible, content_hash, first_seen_at, changed_at)
    SELECT :connection, n, {NAME}, 'Stock:' || {NAME}, 'P-' || n,
        CASE n / 3 % 5 WHEN 0 THEN 'service' ELSE 'inventory' END, 4.5, 2.5, 22, n % 100 <> 3, n % 200 <> 7,
        '', now(), now()
    FROM generate_series(1, :count) AS n
"""
LINKS = """
    INSERT INTO item_links (product_id, accounting_item_id, connection_id, linked_at)
    SELECT i.id, i.id, connection_id, now() FROM accounting_items i WHERE i.id % :rare <> 0
"""
# Two years of ten in, seven out; the first product has as many transactions as there are products.
MOVEMENTS = """
    FROM (
        SELECT 1 AS product, k, k::float / :count AS at FROM generate_series(1, :count) AS k
        UNION ALL
        SELECT p, k, (k - 1 + p::float / :count) / 9
        FROM generate_series(2, :count) AS p, generate_series(1, 9) AS k
    ) AS moved
    CROSS JOIN LATERAL (SELECT CASE WHEN k % 2 = 1 THEN 10 ELSE -7 END AS quantity,
        10 * ((k + 1) / 2) - 7 * (k / 2) AS after) AS came
"""
TRANSACTIONS = f"""
    INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, occurred_at,
        source_kind, source_id, user_id)
    SELECT product, CASE WHEN k % 10 = 0 THEN 'ADJUSTMENT' WHEN k % 2 = 1 THEN 'RECEIVE' ELSE 'SALE' END,
        quantity, quantity * 2.5, after, after * 2.5, now() - interval '730 days' * (1 - at),
        CASE WHEN k % 10 = 0 THEN 'adjustment' WHEN k % 2 = 1 THEN 'receipt' ELSE 'sale' END, k, 1
    {MOVEMENTS} ORDER BY at
"""
LEVELS = """
    INSERT INTO stock_levels (product_id, on_hand, value, unit_cost)
    SELECT product_id, sum(quantity), sum(cost), 2.5 FROM stock_transactions GROUP BY product_id
    ORDER BY product_id
"""
# One finished good of four has a version that was replaced, and nine of ten of these the active one that
# replaced it. Four of the products before their block's finished goods are its components; one BOM of fifty
# asks for more of them than there is.
BOMS = """
    INSERT INTO boms (product_id, version, status, archived_at)
    SELECT p.id, v, CASE v WHEN 1 THEN 'archived' ELSE 'active' END, CASE v WHEN 1 THEN now() END
    FROM products p CROSS JOIN generate_series(1, 2) AS v
    WHERE p.product_type = 'finished_good' AND p.id % 4 = 1 AND (v = 1 OR p.id % 10 <> 5)
    ORDER BY p.id, v
"""
BOM_LINES = """
    INSERT INTO bom_lines (bom_id, position, component_id, quantity, optional)
    SELECT b.id, k, b.product_id / 35 * 35 + 1 + (b.product_id + 7 * k) % 27,
        CASE b.product_id % 200 WHEN 9 THEN 30 ELSE k END, k = 4
    FROM boms b CROSS JOIN generate_series(1, 4) AS k
    ORDER BY b.id, 2
"""
BOM_COSTS = """
    INSERT INTO bom_costs (bom_id, position, kind, label, cost_per_unit)
    SELECT id, 1, 'labor', 'Assembly', 3.2 FROM boms ORDER BY id
"""
FILLED = """products, accounting_items, item_links, stock_transactions, stock_levels, boms, bom_lines,
    bom_costs"""
WORK = (PRODUCTS, ITEMS, LINKS, TRANSACTIONS, LEVELS, BOMS, BOM_LINES, BOM_COSTS)


def fill(connection_id: int, count: int) -> None:
    """`count` items and products, linked but for a hundred, and ten times as many transactions.

    One product of twenty is made by a BOM.
    """
    facts = {"count": count, "connection": connection_id, "rare": max(count // RARE, 1)}
    with db.engine.begin() as connection:
        for statement in WORK:
            connection.execute(text(statement), facts)
    settle()


def unlink_all() -> None:
    """Every item is free again."""
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE item_links"))
    settle()


def settle() -> None:
    """The tables are as the database keeps them after a while: vacuumed, and known to its planner."""
    db.session.remove()  # whose open transaction would keep pages from being known as visible to all
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {FILLED}"))

"""Quantities as the books have them, for a hundred thousand products at once (INV-9, OQ-7, OQ-8).

The set-based twin of `SetQuantity`. Local moves that the books do not know yet stay on top.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from app.foundation.clock import utcnow
from app.foundation.money import LARGEST
from app.stock.errors import LotsAreOn
from app.stock.holding import hold_mode
from app.stock.movements import Source

CLEAR = """
    DROP TABLE IF EXISTS pg_temp.mirrored_products, pg_temp.mirrored_quantities, pg_temp.mirror_refused
"""
# A row in the books that says nothing new needs no level.
ADD_LEVELS = """
    INSERT INTO stock_levels (product_id)
    SELECT w.product_id FROM ({wanted}) AS w (product_id, quantity, unit_cost)
    LEFT JOIN stock_levels l ON l.product_id = w.product_id
    WHERE l.product_id IS NULL AND (w.quantity <> 0 OR w.unit_cost > 0)
    ORDER BY w.product_id ON CONFLICT DO NOTHING
"""
# First the locks, in the order of products like everybody's. What stands under them is what we go by.
# Whatever is as the books say already is left out early.
LOCK = """
    CREATE TEMPORARY TABLE mirrored_products ON COMMIT DROP AS
    SELECT * FROM (
        SELECT product_id, l.on_hand, l.value, l.unit_cost, w.quantity AS wanted, w.unit_cost AS wanted_cost
        FROM ({wanted}) AS w (product_id, quantity, unit_cost) JOIN stock_levels l USING (product_id)
        WHERE l.on_hand <> w.quantity OR l.unit_cost <> w.unit_cost
            OR product_id IN (SELECT product_id FROM unexported_movements)
        ORDER BY product_id FOR UPDATE OF l
    ) AS locked
"""
# Each OFFSET keeps what is inside from being computed anew wherever it is mentioned.
COMPUTE = """
    CREATE TEMPORARY TABLE mirrored_quantities ON COMMIT DROP AS
    SELECT product_id, on_hand AS before, after, unit_cost AS unit_cost_before, unit_cost_after,
        value AS value_before, value_after,
        abs(value_after) > :largest OR abs(after) > :largest AS too_large
    FROM (
        SELECT *, CASE WHEN after > 0 THEN round(value_after / after, 6) ELSE cost END AS unit_cost_after
        FROM (
            SELECT *, CASE WHEN after = on_hand AND cost = unit_cost THEN value
                ELSE round(after * cost, 6) END AS value_after
            FROM (
                SELECT l.*, l.wanted + coalesce(pending.quantity, 0) AS after,
                    CASE WHEN l.wanted_cost >= 0 THEN l.wanted_cost ELSE l.unit_cost END AS cost
                FROM mirrored_products l
                LEFT JOIN (
                    SELECT product_id, sum(quantity) AS quantity FROM unexported_movements
                    WHERE exported_at IS NULL OR exported_at > :as_of GROUP BY product_id
                ) pending ON pending.product_id = l.product_id
                OFFSET 0
            ) AS counted OFFSET 0
        ) AS valued OFFSET 0
    ) AS found
    WHERE after <> on_hand OR value_after <> value OR unit_cost_after <> unit_cost
    ORDER BY product_id
"""
REFUSE = (
    """
    CREATE TEMPORARY TABLE mirror_refused (
        product_id bigint, quantity numeric, unit_cost numeric
    ) ON COMMIT DROP
    """,
    """
    WITH refused AS (
        DELETE FROM mirrored_quantities WHERE too_large RETURNING product_id, after, unit_cost_after
    )
    INSERT INTO mirror_refused SELECT * FROM refused
    """,
)
ADD_TRANSACTIONS = """
    INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, occurred_at,
        source_kind, source_id, user_id)
    SELECT product_id, CASE WHEN after <> before THEN 'ACCOUNTING_SYNC' ELSE 'COST_CORRECTION' END,
        after - before, value_after - value_before, after, value_after, :now, :source_kind, :source_id, :user
    FROM mirrored_quantities WHERE after <> before OR value_after <> value_before
"""
SET_LEVELS = """
    UPDATE stock_levels l SET on_hand = m.after, value = m.value_after, unit_cost = m.unit_cost_after,
        version = version + 1
    FROM mirrored_quantities m WHERE m.product_id = l.product_id
"""
# What came up from below zero is owed no more, the oldest shortage first, as in `averaging.set_quantity`.
RESOLVE_SHORTAGES = """
    UPDATE shortages s SET resolved_quantity = resolved_quantity + part, resolved_at = q.resolved_at,
        resolved_cost = resolved_cost + CASE WHEN part = owed THEN owed_cost
            ELSE round(owed_cost * part / owed, 6) END
    FROM (
        SELECT transaction_id, owed, owed_cost, least(owed, moved - older) AS part,
            CASE WHEN owed <= moved - older THEN CAST(:now AS timestamptz) END AS resolved_at
        FROM (
            SELECT o.transaction_id, o.quantity - o.resolved_quantity AS owed,
                o.cost - o.resolved_cost AS owed_cost, least(m.after - m.before, -m.before) AS moved,
                coalesce(sum(o.quantity - o.resolved_quantity) OVER (PARTITION BY o.product_id
                    ORDER BY o.transaction_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS older
            FROM shortages o JOIN mirrored_quantities m USING (product_id)
            WHERE o.resolved_at IS NULL
        ) AS queued
        WHERE moved > older
    ) AS q
    WHERE q.transaction_id = s.transaction_id
"""


def mirror_quantities(
    connection: Connection,
    wanted: str,
    *,
    source: Source,
    user_id: int | None,
    as_of: datetime,
) -> int:
    """Products have the quantity and unit cost that the books have; returns how many of them changed.

    `wanted` is SQL that selects (product_id, quantity, unit_cost), each product once, with four decimals and
    six at most; it is asked twice. A null unit cost keeps the product's own. Local movements not exported at
    `as_of`, when the books were read, stay on top (OQ-7). In the caller's transaction `mirrored_quantities`
    then has the columns product_id, before, after, unit_cost_before, unit_cost_after of what changed, and
    `mirror_refused` the columns product_id, quantity, unit_cost of what is too large to be kept and was left
    alone. Raises LotsAreOn.
    """
    if hold_mode(connection):
        raise LotsAreOn
    facts = {
        "now": utcnow(),
        "as_of": as_of,
        "largest": LARGEST,
        "source_kind": source.kind,
        "source_id": source.id,
        "user": user_id,
    }
    connection.execute(text(CLEAR))
    for statement in (ADD_LEVELS, LOCK):
        connection.execute(text(statement.format(wanted=wanted)))
    connection.execute(text(COMPUTE), facts)
    for statement in REFUSE:
        connection.execute(text(statement))
    connection.execute(text(ADD_TRANSACTIONS), facts)
    connection.execute(text(RESOLVE_SHORTAGES), facts)
    return connection.execute(text(SET_LEVELS)).rowcount

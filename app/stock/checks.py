"""The statements of `verify`, each by its name: rows of subject, expected, found; none when all is well."""

from __future__ import annotations

LOTS_ON = "(SELECT coalesce(bool_or(lots_on), false) FROM stock_mode)"


def _pair(quantity: str, cost: str) -> str:
    """A quantity and a cost as people read them: "4.0000 at 12.500000 in all"."""
    return f"coalesce({quantity}, 0) || ' at ' || coalesce({cost}, 0) || ' in all'"


# What came in less what went out is on hand, in quantity and in value.
LEVELS = f"""
    SELECT 'product ' || product_id AS subject, {_pair("t.quantity", "t.cost")} AS expected,
        {_pair("l.on_hand", "l.value")} AS found
    FROM (
        SELECT product_id, sum(quantity) AS quantity, sum(cost) AS cost
        FROM stock_transactions GROUP BY product_id
    ) t
    FULL JOIN stock_levels l USING (product_id)
    WHERE coalesce(t.quantity, 0) <> coalesce(l.on_hand, 0) OR coalesce(t.cost, 0) <> coalesce(l.value, 0)
"""  # noqa: S608 - our own words

RUNNING_BALANCES = f"""
    SELECT 'transaction ' || id AS subject, {_pair("quantity", "cost")} AS expected,
        {_pair("on_hand_after", "value_after")} AS found
    FROM (
        SELECT id, on_hand_after, value_after,
            sum(quantity) OVER history AS quantity, sum(cost) OVER history AS cost
        FROM stock_transactions WINDOW history AS (PARTITION BY product_id ORDER BY id)
    ) t
    WHERE quantity <> on_hand_after OR cost <> value_after
"""  # noqa: S608 - our own words

# While lots are on: what lots hold, less what is owed, is the level.
LOTS_OF_LEVELS = f"""
    SELECT 'product ' || product_id AS subject,
        {
    _pair(
        "coalesce(held.quantity, 0) - coalesce(owed.quantity, 0)",
        "coalesce(held.cost, 0) - coalesce(owed.cost, 0)",
    )
} AS expected,
        {_pair("l.on_hand", "l.value")} AS found
    FROM stock_levels l
    FULL JOIN (
        SELECT product_id, sum(quantity_remaining) AS quantity, sum(cost_remaining) AS cost
        FROM lots WHERE status = 'active' GROUP BY product_id
    ) held USING (product_id)
    FULL JOIN (
        SELECT product_id, sum(quantity - resolved_quantity) AS quantity, sum(cost - resolved_cost) AS cost
        FROM shortages WHERE resolved_at IS NULL GROUP BY product_id
    ) owed USING (product_id)
    WHERE {LOTS_ON} AND (
        coalesce(held.quantity, 0) - coalesce(owed.quantity, 0) <> coalesce(l.on_hand, 0)
        OR coalesce(held.cost, 0) - coalesce(owed.cost, 0) <> coalesce(l.value, 0)
    )
"""  # noqa: S608 - our own words

LOT_REMAINDERS = f"""
    SELECT 'lot ' || l.id AS subject,
        {_pair("l.original_quantity - coalesce(d.quantity, 0)", "l.original_cost - coalesce(d.cost, 0)")}
            AS expected,
        {_pair("l.quantity_remaining", "l.cost_remaining")} AS found
    FROM lots l
    LEFT JOIN (
        SELECT lot_id, sum(quantity) AS quantity, sum(cost) AS cost FROM lot_draws GROUP BY lot_id
    ) d ON d.lot_id = l.id
    WHERE l.original_quantity - coalesce(d.quantity, 0) <> l.quantity_remaining
        OR l.original_cost - coalesce(d.cost, 0) <> l.cost_remaining
"""  # noqa: S608 - our own words

# A legacy lot holds what was there before lots were, so no transaction made it. A lot made by something that
# came back holds only the part that had no lot to return to.
LOT_ORIGINS = f"""
    SELECT 'lot ' || l.id AS subject, {_pair("t.quantity", "t.cost")} AS expected,
        {_pair("l.original_quantity", "l.original_cost")} AS found
    FROM lots l
    LEFT JOIN (
        SELECT lot_id, sum(quantity) AS quantity, sum(cost) AS cost,
            bool_or(quantity <> 0 AND (reverses_id IS NOT NULL OR gives_back_id IS NOT NULL)) AS came_back
        FROM stock_transactions WHERE lot_id IS NOT NULL GROUP BY lot_id
    ) t ON t.lot_id = l.id
    WHERE l.source_kind <> 'lots_turned_on' AND NOT coalesce(t.came_back, false)
        AND (coalesce(t.quantity, 0) <> l.original_quantity OR coalesce(t.cost, 0) <> l.original_cost)
"""  # noqa: S608 - our own words

# What a transaction took from lots is no more than it moved, and where nothing was short, exactly that.
DRAWS = f"""
    SELECT 'transaction ' || t.id AS subject, {_pair("-t.quantity", "-t.cost")} AS expected,
        {_pair("d.quantity", "d.cost")} AS found
    FROM (
        SELECT transaction_id, sum(quantity) AS quantity, sum(cost) AS cost
        FROM lot_draws GROUP BY transaction_id
    ) d
    JOIN stock_transactions t ON t.id = d.transaction_id
    LEFT JOIN shortages s ON s.transaction_id = t.id
    WHERE abs(d.quantity) > abs(t.quantity) OR d.quantity * t.quantity > 0
        OR t.quantity < 0 AND t.reverses_id IS NULL AND s.transaction_id IS NULL
            AND (d.quantity <> -t.quantity OR d.cost <> -t.cost)
"""  # noqa: S608 - our own words

REVERSALS = f"""
    SELECT 'transaction ' || r.id AS subject, {_pair("-t.quantity", "-t.cost")} AS expected,
        {_pair("r.quantity", "r.cost")} AS found
    FROM stock_transactions r JOIN stock_transactions t ON t.id = r.reverses_id
    WHERE r.quantity <> -t.quantity OR r.cost <> -t.cost OR r.product_id <> t.product_id
"""  # noqa: S608 - our own words

# No more comes back of a transaction than it took.
RETURNS = """
    SELECT 'transaction ' || t.id AS subject, 'at most ' || -t.quantity AS expected, g.quantity::text AS found
    FROM (
        SELECT gives_back_id, sum(quantity) AS quantity FROM stock_transactions s
        WHERE gives_back_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM stock_transactions r WHERE r.reverses_id = s.id)
        GROUP BY gives_back_id
    ) g
    JOIN stock_transactions t ON t.id = g.gives_back_id
    WHERE g.quantity > -t.quantity
"""

# The average is that of what is there; with lots on, of what the lots hold. Ties may round either way.
UNIT_COSTS = f"""
    SELECT 'product ' || product_id AS subject, round(cost / quantity, 6)::text AS expected,
        unit_cost::text AS found
    FROM (
        SELECT l.product_id, l.unit_cost,
            l.on_hand + CASE WHEN {LOTS_ON} THEN coalesce(owed.quantity, 0) ELSE 0 END AS quantity,
            l.value + CASE WHEN {LOTS_ON} THEN coalesce(owed.cost, 0) ELSE 0 END AS cost
        FROM stock_levels l
        LEFT JOIN (
            SELECT product_id, sum(quantity - resolved_quantity) AS quantity,
                sum(cost - resolved_cost) AS cost
            FROM shortages WHERE resolved_at IS NULL GROUP BY product_id
        ) owed USING (product_id)
    ) AS shelf
    WHERE CASE WHEN quantity > 0 THEN abs(unit_cost - cost / quantity) > 0.000001 END
"""  # noqa: S608 - our own words

SIGNS = f"""
    SELECT 'product ' || product_id AS subject, 'a value of the sign of what is on hand' AS expected,
        {_pair("on_hand", "value")} AS found
    FROM stock_levels
    WHERE NOT {LOTS_ON} AND (on_hand * value < 0 OR on_hand = 0 AND value <> 0)
"""  # noqa: S608 - our own words

UNEXPORTED = """
    SELECT 'transaction ' || t.id AS subject, t.quantity::text AS expected, u.quantity::text AS found
    FROM unexported_movements u JOIN stock_transactions t ON t.id = u.transaction_id
    WHERE u.quantity <> t.quantity OR u.product_id <> t.product_id
        OR u.source_kind <> t.source_kind OR u.source_id IS DISTINCT FROM t.source_id
"""

SHORTAGES = f"""
    SELECT 'transaction ' || t.id AS subject, 'at most ' || {_pair("-t.quantity", "-t.cost")} AS expected,
        {_pair("s.quantity", "s.cost")} AS found
    FROM shortages s JOIN stock_transactions t ON t.id = s.transaction_id
    WHERE s.quantity > -t.quantity OR s.cost > -t.cost OR s.product_id <> t.product_id
"""  # noqa: S608 - our own words

# While lots are off, what comes in settles what is short, so no more is owed than is missing. Beyond that,
# what was owed when lots were frozen may be owed still, which is no more than these hold.
OPEN_SHORTAGES = f"""
    SELECT 'product ' || product_id AS subject, 'at most ' || allowed AS expected, owed::text AS found
    FROM (
        SELECT s.product_id, s.owed,
            greatest(-coalesce(l.on_hand, 0), 0) + coalesce(frozen.quantity, 0) AS allowed
        FROM (
            SELECT product_id, sum(quantity - resolved_quantity) AS owed
            FROM shortages WHERE resolved_at IS NULL GROUP BY product_id
        ) s
        LEFT JOIN stock_levels l USING (product_id)
        LEFT JOIN (
            SELECT product_id, sum(quantity_remaining) AS quantity
            FROM lots WHERE status = 'active' GROUP BY product_id
        ) frozen USING (product_id)
    ) AS owing
    WHERE NOT {LOTS_ON} AND owed > allowed
"""  # noqa: S608 - our own words

STATEMENTS = {
    "level": LEVELS,
    "running balance": RUNNING_BALANCES,
    "lots of a level": LOTS_OF_LEVELS,
    "what is left of a lot": LOT_REMAINDERS,
    "what made a lot": LOT_ORIGINS,
    "draws": DRAWS,
    "reversal": REVERSALS,
    "given back": RETURNS,
    "unit cost": UNIT_COSTS,
    "sign of the value": SIGNS,
    "unexported": UNEXPORTED,
    "shortage": SHORTAGES,
    "open shortages": OPEN_SHORTAGES,
}

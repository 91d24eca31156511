"""Stock kept in lots or not: turning it on makes legacy lots of what is there, turning it off freezes lots.

Whoever posts holds the mode's row in share, so a switch has all of the stock for itself.
"""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.stock.holding import ADD_MODE, MODE
from app.stock.models import LEGACY_RECEIVED_AT

SOURCE = "lots_turned_on"
LEFT_MEANWHILE = "Left the shelf while stock was not kept in lots"

SET_MODE = "UPDATE stock_mode SET lots_on = :lots_on"

# What lots should hold is what is on hand and what is owed; `excess` is by how much they hold too little (or,
# below zero, too much). Frozen lots keep their cost; a legacy lot takes what is left of the level's value.
COUNT = """
    CREATE TEMPORARY TABLE opened_shelves ON COMMIT DROP AS
    SELECT l.product_id, l.on_hand, l.value, l.unit_cost,
        coalesce(held.quantity, 0) AS held, coalesce(held.cost, 0) AS held_cost,
        coalesce(owed.quantity, 0) AS owed, coalesce(owed.cost, 0) AS owed_cost,
        l.on_hand + coalesce(owed.quantity, 0) - coalesce(held.quantity, 0) AS excess
    FROM stock_levels l
    LEFT JOIN (
        SELECT product_id, sum(quantity_remaining) AS quantity, sum(cost_remaining) AS cost
        FROM lots WHERE quantity_remaining > 0 AND status = 'active' GROUP BY product_id
    ) held USING (product_id)
    LEFT JOIN (
        SELECT product_id, sum(quantity - resolved_quantity) AS quantity, sum(cost - resolved_cost) AS cost
        FROM shortages WHERE resolved_at IS NULL GROUP BY product_id
    ) owed USING (product_id)
    WHERE l.on_hand <> 0 OR l.value <> 0 OR held.quantity > 0 OR owed.quantity > 0
"""
ADD_LEGACY_LOTS = """
    INSERT INTO lots (product_id, number, original_quantity, original_cost, quantity_remaining,
        cost_remaining, received_at, status, source_kind)
    SELECT o.product_id, 'LEGACY-' || p.sku || coalesce('-' || (earlier.count + 1), ''), o.excess, worth.cost,
        o.excess, worth.cost, :received_at, 'active', :source
    FROM opened_shelves o
    JOIN products p ON p.id = o.product_id
    CROSS JOIN LATERAL (SELECT greatest(o.value + o.owed_cost - o.held_cost, 0) AS cost) worth
    LEFT JOIN (
        SELECT product_id, count(*) FROM lots WHERE source_kind = :source GROUP BY product_id
    ) earlier ON earlier.product_id = o.product_id
    WHERE o.excess > 0
    ORDER BY o.product_id
"""
# More left the shelf than the lots know of: it leaves the oldest now, and what even they cannot give is owed.
PLAN_DEPARTURES = """
    CREATE TEMPORARY TABLE departures ON COMMIT DROP AS
    SELECT product_id, on_hand, value, -excess AS quantity, greatest(-excess - held, 0) AS owed,
        round(greatest(-excess - held, 0) * unit_cost, 6) AS owed_cost,
        nextval('stock_transactions_id_seq') AS out_id
    FROM opened_shelves WHERE excess < 0 ORDER BY product_id
"""
PLAN_DRAWS = """
    CREATE TEMPORARY TABLE departing_draws ON COMMIT DROP AS
    SELECT out_id, product_id, lot_id, received_at, part AS quantity,
        CASE WHEN part = held THEN cost ELSE round(cost * part / held, 6) END AS cost
    FROM (
        SELECT d.out_id, d.product_id, l.id AS lot_id, l.received_at, l.quantity_remaining AS held,
            l.cost_remaining AS cost,
            least(l.quantity_remaining, d.quantity - d.owed - sum(l.quantity_remaining) OVER queue
                + l.quantity_remaining) AS part
        FROM departures d
        JOIN lots l ON l.product_id = d.product_id AND l.quantity_remaining > 0 AND l.status = 'active'
        WINDOW queue AS (PARTITION BY l.product_id ORDER BY l.received_at, l.id)
    ) AS queued
    WHERE part > 0
"""
ADD_DEPARTURES = """
    INSERT INTO stock_transactions (id, product_id, kind, quantity, cost, on_hand_after, value_after,
        occurred_at, source_kind, user_id, note)
    SELECT way.id, d.product_id, 'LOT_ADJUSTMENT', way.sign * d.quantity, way.sign * whole.cost,
        d.on_hand - way.gone * d.quantity, d.value - way.gone * whole.cost, :now, :source,
        CAST(:user AS bigint), :note
    FROM departures d
    CROSS JOIN LATERAL (
        SELECT d.owed_cost + coalesce(sum(w.cost), 0) AS cost FROM departing_draws w WHERE w.out_id = d.out_id
    ) whole
    CROSS JOIN LATERAL (
        VALUES (d.out_id, -1, 1), (nextval('stock_transactions_id_seq'), 1, 0)
    ) AS way(id, sign, gone)
"""
ADD_DRAWS = """
    INSERT INTO lot_draws (transaction_id, lot_id, quantity, cost)
    SELECT out_id, lot_id, quantity, cost FROM departing_draws
    ORDER BY out_id, received_at, lot_id
"""
DRAW = """
    UPDATE lots SET quantity_remaining = quantity_remaining - w.quantity,
        cost_remaining = cost_remaining - w.cost,
        status = CASE WHEN quantity_remaining = w.quantity THEN 'exhausted' ELSE 'active' END
    FROM departing_draws w WHERE lots.id = w.lot_id
"""
ADD_SHORTAGES = """
    INSERT INTO shortages (transaction_id, product_id, quantity, cost)
    SELECT out_id, product_id, owed, owed_cost FROM departures WHERE owed > 0
"""
# From here on a level is worth what its lots and shortages are, and a unit costs the average of the lots.
VALUE = """
    CREATE TEMPORARY TABLE opened_values ON COMMIT DROP AS
    SELECT l.product_id, l.on_hand, l.value AS before,
        coalesce(held.cost, 0) - coalesce(owed.cost, 0) AS value,
        coalesce(round(held.cost / held.quantity, 6), l.unit_cost) AS unit_cost
    FROM stock_levels l
    LEFT JOIN (
        SELECT product_id, sum(quantity_remaining) AS quantity, sum(cost_remaining) AS cost
        FROM lots WHERE quantity_remaining > 0 AND status = 'active' GROUP BY product_id
    ) held USING (product_id)
    LEFT JOIN (
        SELECT product_id, sum(cost - resolved_cost) AS cost
        FROM shortages WHERE resolved_at IS NULL GROUP BY product_id
    ) owed USING (product_id)
"""
# Without lots no level is worth less than nothing; the shortages may have made it so.
EVEN = """
    CREATE TEMPORARY TABLE opened_values ON COMMIT DROP AS
    SELECT product_id, on_hand, before, value,
        CASE WHEN on_hand > 0 THEN round(value / on_hand, 6) ELSE unit_cost END AS unit_cost
    FROM (
        SELECT product_id, on_hand, value AS before, unit_cost,
            CASE WHEN on_hand = 0 OR on_hand * value < 0 THEN round(on_hand * unit_cost, 6) ELSE value END
                AS value
        FROM stock_levels
    ) AS evened
"""
CORRECT = """
    INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after, occurred_at,
        source_kind, user_id)
    SELECT product_id, 'COST_CORRECTION', 0, value - before, on_hand, value, :now, :source,
        CAST(:user AS bigint)
    FROM opened_values WHERE value <> before ORDER BY product_id
"""
SET_VALUES = """
    UPDATE stock_levels l SET value = v.value, unit_cost = v.unit_cost, version = version + 1
    FROM opened_values v
    WHERE v.product_id = l.product_id AND (v.value, v.unit_cost) <> (l.value, l.unit_cost)
"""

TURN_ON = (
    COUNT,
    ADD_LEGACY_LOTS,
    PLAN_DEPARTURES,
    PLAN_DRAWS,
    ADD_DEPARTURES,
    ADD_DRAWS,
    DRAW,
    ADD_SHORTAGES,
    VALUE,
    CORRECT,
    SET_VALUES,
)
TURN_OFF = (EVEN, CORRECT, SET_VALUES)


def lots_on(session: Session | Connection | None = None) -> bool:
    """Whether stock is kept in lots."""
    return bool((session or db.session).scalar(text(MODE)))


def turn_lots_on(user_id: int | None) -> None:
    """Stock is kept in lots; each product's stock that no lot knows of is in its legacy lot (RCV-3, OQ-61).

    When lots were on before, only the difference becomes a legacy lot (OQ-62), and what left meanwhile leaves
    the oldest lots. A difference in value between level and lots goes out as a COST_CORRECTION.
    """
    _turn(True, TURN_ON, user_id)


def turn_lots_off(user_id: int | None) -> None:
    """Stock is kept at its average; lots stay as they are, frozen, and so does what is on hand (OQ-62)."""
    _turn(False, TURN_OFF, user_id)


def _turn(wanted: bool, statements: tuple[str, ...], user_id: int | None) -> None:
    facts = {
        "lots_on": wanted,
        "now": utcnow(),
        "source": SOURCE if wanted else "lots_turned_off",
        "user": user_id,
        "note": LEFT_MEANWHILE,
        "received_at": LEGACY_RECEIVED_AT,
    }
    with transaction() as session:
        session.execute(text(ADD_MODE))
        if session.scalar(text(MODE + " FOR UPDATE")) == wanted:
            return
        for statement in (*statements, SET_MODE):
            session.execute(text(statement), facts)

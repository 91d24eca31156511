"""What `stock verify` asks of builds: exactly their movements, and costs that are theirs.

Each statement finds nothing when all is well. Movements in the ledger that name a build which does not exist
are none of ours to judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.stock.service import Difference

# What a build that stands has taken and made, less what was given back. Nothing for one that is planned or
# reversed. A correction that follows from a level below zero is the level's affair.
MOVEMENTS = """
    WITH expected AS (
        SELECT build_id, product_id, sum(quantity) AS quantity, sum(cost) AS cost
        FROM (
            SELECT b.id AS build_id, l.component_id AS product_id,
                coalesce(l.recovered, 0) - l.consumed AS quantity,
                coalesce(l.recovered_cost, 0) - l.consumed_cost AS cost
            FROM builds b JOIN build_lines l ON l.build_id = b.id
            WHERE b.status NOT IN ('planned', 'reversed')
            UNION ALL
            SELECT id, product_id, quantity, total_cost FROM builds
            WHERE status IN ('pending_export', 'synced', 'failed') AND recovery IS NULL
        ) AS parts
        GROUP BY build_id, product_id
    ), found AS (
        SELECT t.source_id AS build_id, t.product_id, sum(t.quantity) AS quantity, sum(t.cost) AS cost
        FROM builds b JOIN stock_transactions t ON t.source_kind = 'build' AND t.source_id = b.id
        WHERE t.kind <> 'COST_CORRECTION'
        GROUP BY t.source_id, t.product_id
    )
    SELECT 'build ' || build_id || ', product ' || product_id AS subject,
        coalesce(e.quantity, 0) || ' at ' || coalesce(e.cost, 0) || ' in all' AS expected,
        coalesce(f.quantity, 0) || ' at ' || coalesce(f.cost, 0) || ' in all' AS found
    FROM expected e FULL JOIN found f USING (build_id, product_id)
    WHERE coalesce(e.quantity, 0) <> coalesce(f.quantity, 0) OR coalesce(e.cost, 0) <> coalesce(f.cost, 0)
"""

CONSUMPTIONS = """
    SELECT 'build ' || l.build_id || ', product ' || l.component_id AS subject,
        coalesce(l.consumed, 0) || ' at ' || coalesce(l.consumed_cost, 0) || ' in all' AS expected,
        coalesce(-t.quantity, 0) || ' at ' || coalesce(-t.cost, 0) || ' in all' AS found
    FROM build_lines l
    JOIN builds b ON b.id = l.build_id
    LEFT JOIN stock_transactions t ON t.id = l.transaction_id AND t.kind = 'BUILD_CONSUME'
        AND t.source_kind = 'build' AND t.source_id = b.id AND t.product_id = l.component_id
    WHERE coalesce(l.consumed, 0) <> coalesce(-t.quantity, 0)
        OR coalesce(l.consumed_cost, 0) <> coalesce(-t.cost, 0)
        OR (b.status = 'planned') <> (l.consumed IS NULL)
"""

MATERIAL = """
    SELECT 'build ' || b.id AS subject, coalesce(l.cost, 0)::text AS expected, b.material_cost::text AS found
    FROM builds b
    LEFT JOIN (
        SELECT build_id, sum(consumed_cost) AS cost FROM build_lines GROUP BY build_id
    ) l ON l.build_id = b.id
    WHERE b.material_cost <> coalesce(l.cost, 0)
"""

COST_LINES = """
    SELECT 'build ' || b.id AS subject, coalesce(c.cost, 0)::text AS expected,
        b.cost_lines_total::text AS found
    FROM builds b
    CROSS JOIN LATERAL (
        SELECT sum(round(cost_per_unit * b.quantity, 6)) AS cost FROM bom_costs WHERE bom_id = b.bom_id
    ) c
    WHERE b.cost_lines_total <> coalesce(c.cost, 0)
"""

UNIT_COSTS = """
    SELECT 'build ' || id AS subject, round(total_cost / quantity, 6)::text AS expected,
        unit_cost::text AS found
    FROM builds
    WHERE total_cost IS NOT NULL AND coalesce(abs(unit_cost - total_cost / quantity) > 0.000001, true)
"""

WASTE = """
    SELECT 'build ' || b.id AS subject, (b.material_cost - coalesce(l.cost, 0))::text AS expected,
        coalesce(b.waste_cost::text, 'none') AS found
    FROM builds b
    LEFT JOIN (
        SELECT build_id, sum(recovered_cost) AS cost FROM build_lines GROUP BY build_id
    ) l ON l.build_id = b.id
    WHERE b.recovery IS NOT NULL AND b.waste_cost IS DISTINCT FROM b.material_cost - coalesce(l.cost, 0)
"""

STATEMENTS = {
    "movements of a build": MOVEMENTS,
    "what a build consumed": CONSUMPTIONS,
    "material of a build": MATERIAL,
    "cost lines of a build": COST_LINES,
    "unit cost of a build": UNIT_COSTS,
    "waste of a build": WASTE,
}


def check_builds(connection: Connection) -> Iterator[Difference]:
    """Every difference between builds and the ledger."""
    for name, statement in STATEMENTS.items():
        for row in connection.execute(text(statement)):
            yield Difference(name, row.subject, row.expected, row.found)

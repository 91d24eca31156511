"""Reads which products are made of which by their active BOMs, and checks a change against it (BOM-5…7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.boms.errors import Problem
from app.boms.structure import MOST_LEVELS, levels_above, levels_below, path_down

# UNION, not UNION ALL: a product is looked at once, however many ways lead to it.
BELOW = """
    WITH RECURSIVE reached(product_id) AS (
        SELECT unnest(CAST(:products AS bigint[]))
        UNION
        SELECT l.component_id FROM reached r
        JOIN boms b ON b.product_id = r.product_id AND b.status = 'active'
        JOIN bom_lines l ON l.bom_id = b.id
    )
    SELECT b.product_id, l.component_id FROM reached r
    JOIN boms b ON b.product_id = r.product_id AND b.status = 'active'
    JOIN bom_lines l ON l.bom_id = b.id
"""
ABOVE = """
    WITH RECURSIVE reached(product_id) AS (
        SELECT unnest(CAST(:products AS bigint[]))
        UNION
        SELECT b.product_id FROM reached r
        JOIN bom_lines l ON l.component_id = r.product_id
        JOIN boms b ON b.id = l.bom_id AND b.status = 'active'
    )
    SELECT b.product_id, l.component_id FROM reached r
    JOIN bom_lines l ON l.component_id = r.product_id
    JOIN boms b ON b.id = l.bom_id AND b.status = 'active'
"""
NAMES = "SELECT id, name FROM products WHERE id = ANY(CAST(:products AS bigint[]))"


def structure_problems(product_id: int, components: Sequence[int], session: Session) -> list[Problem]:
    """Why the product cannot be made of these: a cycle with its path, or more than ten levels of BOMs."""
    below = _uses(session, BELOW, components)
    cycles = [
        Problem("lines", index, "sku", _cycle_sentence(path, session))
        for index, component in enumerate(components)
        if component != product_id and (path := path_down(below, component, product_id))
    ]
    if cycles:
        return cycles
    above = levels_above(_uses(session, ABOVE, [product_id]), product_id)
    return [
        Problem("lines", index, "sku", _depth_sentence(levels, above))
        for index, component in enumerate(components)
        if (levels := levels_below(below, component)) + 1 + above > MOST_LEVELS
    ]


def _uses(session: Session, statement: str, products: Collection[int]) -> dict[int, set[int]]:
    uses: dict[int, set[int]] = {}
    for user, component in session.execute(text(statement), {"products": list(products)}):
        uses.setdefault(user, set()).add(component)
    return uses


def _cycle_sentence(path: Sequence[int], session: Session) -> str:
    """`path` leads from the component down to the product itself."""
    rows = session.execute(text(NAMES), {"products": list(path)})
    names = {row.id: row.name for row in rows}
    way = " → ".join(names[product] for product in [path[-1], *path])
    return f"This would make {names[path[-1]]} a part of itself: {way}."


def _depth_sentence(below: int, above: int) -> str:
    inside = f", and this product lies {above} deep in others" if above else ""
    return f"BOMs nest at most {MOST_LEVELS} levels deep. This component alone has {below}{inside}."

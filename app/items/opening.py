"""The stock that comes along when items are imported as products (IMP-7, OQ-8, OQ-11).

From books that lead, the quantity as it is, below zero too; from others that have quantities, an opening
balance, once; while stock is kept in lots, nothing. Each new product gets the item's purchase cost as its
unit cost, whether it has a quantity or not. A product that is linked keeps the stock it has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Numeric, String, column, select, table, text
from sqlalchemy.orm import Session

from app.foundation.money import LARGEST
from app.integrations.models import Connection
from app.items.models import ItemLink
from app.items.plan import PLAN, Verdict
from app.items.quantities import leading_connection
from app.providers import registry
from app.stock.kinds import Kind
from app.stock.movements import Source
from app.stock.opening import open_stock
from app.stock.service import lots_on

SOURCE = Source("import")

OPENING = table(
    "import_opening",
    column("item_id", BigInteger),
    column("quantity", Numeric),
    column("unit_cost", Numeric),
    column("kind", String),
)

MAKE = (
    "DROP TABLE IF EXISTS pg_temp.import_opening",
    """
    CREATE TEMPORARY TABLE import_opening ON COMMIT DROP AS
    SELECT item_id, coalesce(kind, 'OPENING') AS kind, kind = 'ACCOUNTING_SYNC' AND tracked AS led, outcome,
        CASE WHEN unit_cost <= :largest THEN unit_cost ELSE 0 END AS unit_cost,
        CASE WHEN outcome = 'brought' THEN quantity ELSE 0 END AS quantity
    FROM (
        SELECT *, CASE
            WHEN kind IS NULL OR NOT tracked OR quantity = 0 THEN 'nothing'
            WHEN quantity < 0 AND kind = 'OPENING' THEN 'below_zero'
            WHEN greatest(abs(quantity), unit_cost, abs(quantity * unit_cost)) > :largest THEN 'too_large'
            ELSE 'brought' END AS outcome
        FROM (
            SELECT p.item_id, b.kind, i.item_type = 'inventory' AS tracked,
                coalesce(i.quantity_on_hand, 0) AS quantity,
                greatest(coalesce(i.purchase_cost, 0), 0) AS unit_cost
            FROM import_plan p
            JOIN accounting_items i ON i.id = p.item_id
            LEFT JOIN unnest(CAST(:connections AS bigint[]), CAST(:kinds AS text[])) AS b(connection_id, kind)
                ON b.connection_id = p.connection_id
            WHERE p.verdict IN ('create', 'link', 'offer')
        ) looked_up
    ) judged
    """,
)

TOTALS = text(
    """
    SELECT
        count(*) FILTER (WHERE verdict = 'create' AND outcome = 'brought') AS products,
        coalesce(sum(round(quantity * unit_cost, 6))
            FILTER (WHERE verdict = 'create' AND outcome = 'brought'), 0) AS value,
        count(*) FILTER (WHERE verdict = 'create' AND outcome = 'below_zero') AS below_zero,
        count(*) FILTER (WHERE verdict = 'create' AND outcome = 'too_large') AS too_large,
        count(*) FILTER (WHERE verdict = ANY(:linking) AND led) AS awaiting
    FROM import_opening JOIN import_plan USING (item_id)
    """
)


@dataclass(frozen=True)
class ComingStock:
    """How many new products have a quantity from the books and what it is worth in all, to six decimals.

    `below_zero` and `too_large` are new products whose quantity is not taken over, `awaiting` are products
    that were there and get theirs with the next sync. With `lots_on` nothing comes along.
    """

    products: int = 0
    value: Decimal = Decimal(0)
    below_zero: int = 0
    too_large: int = 0
    awaiting: int = 0
    lots_on: bool = False


NO_STOCK = ComingStock()


def plan_opening(session: Session) -> None:
    """What each planned product would have from the books stands in this transaction, beside the plan."""
    kinds = _kinds(session)
    given = {"connections": list(kinds), "kinds": list(kinds.values()), "largest": LARGEST}
    for statement in MAKE:
        session.execute(text(statement), given)


def coming_stock(session: Session, linking: Collection[Verdict]) -> ComingStock:
    """What the plan brings along; items with a verdict of `linking` count as linked."""
    row = session.execute(TOTALS, {"linking": list(linking)}).one()
    return ComingStock(**row._mapping, lots_on=lots_on())


def post_opening(session: Session, user_id: int | None, at: datetime) -> None:
    """The products that the import has made have their first stock and their unit cost."""
    rows = (
        select(ItemLink.product_id, OPENING.c.quantity, OPENING.c.unit_cost, OPENING.c.kind)
        .join(OPENING, OPENING.c.item_id == ItemLink.accounting_item_id)
        .join(PLAN, (PLAN.c.item_id == OPENING.c.item_id) & (PLAN.c.verdict == Verdict.CREATE))
    )
    open_stock(session.connection(), rows, source=SOURCE, user_id=user_id, at=at)


def _kinds(session: Session) -> dict[int, Kind]:
    """As what each connection's quantities come along; a connection that is not in it has none to bring."""
    if lots_on():
        return {}
    leading = leading_connection()
    return {
        connection.id: Kind.ACCOUNTING_SYNC if connection is leading else Kind.OPENING
        for connection in session.scalars(select(Connection))
        if connection is leading or registry.capabilities(connection.provider).item_quantities
    }

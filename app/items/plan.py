"""What an import does with each selected item: the *plan*.

A temporary table with one row per selected item, gone with the transaction. A fixed number of statements
fills it, whether ten items are selected or a hundred thousand. The page that asks about clashes and the
import itself use the same plan, so that what was shown is what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Row,
    String,
    case,
    column,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Session

from app.integrations.models import Connection
from app.items.models import AccountingItem, ItemLink
from app.items.selection import Selection
from app.products.models import LONGEST_NAME, LONGEST_SKU, Product
from app.providers import registry


class Verdict(StrEnum):
    """What happens to an item; OFFER and CLASH ask a person first (OQ-13)."""

    CREATE = "create"
    OFFER = "offer"
    CLASH = "clash"
    LINK = "link"
    LEAVE = "leave"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Decision:
    """What a person wants for an item whose SKU clashes: a link to this product, another SKU, or nothing."""

    link_to: int | None = None
    sku: str | None = None


PLAN = table(
    "import_plan",
    *(column(name, BigInteger) for name in ("item_id", "connection_id", "product_id")),
    *(column(name, String) for name in ("external_id", "name", "sku", "derived_from", "verdict", "reason")),
)

MAKE = (
    "DROP TABLE IF EXISTS pg_temp.import_plan",
    """
    CREATE TEMPORARY TABLE import_plan (
        item_id bigint PRIMARY KEY, connection_id bigint NOT NULL, external_id text NOT NULL,
        name text NOT NULL, sku text NOT NULL, derived_from text, verdict text, product_id bigint, reason text
    ) ON COMMIT DROP
    """,
)

# Without figures of its own the database would take the table for tiny and compare each row with each.
MEASURE = text("ANALYZE import_plan")

LEAVE = "UPDATE import_plan SET verdict = 'leave' WHERE item_id = ANY(:items) AND verdict IS NULL"

TYPED = """
    UPDATE import_plan p SET sku = d.sku, derived_from = NULL
    FROM unnest(CAST(:items AS bigint[]), CAST(:skus AS text[])) AS d(item_id, sku)
    WHERE d.item_id = p.item_id AND verdict IS NULL
"""

# Real SKUs come before derived ones, so that only a derived one gives way.
GIVE_WAY = """
    UPDATE import_plan p SET sku = derived_from || '-' || :number
    FROM (
        SELECT item_id FROM (
            SELECT item_id, derived_from, row_number() OVER (
                PARTITION BY lower(sku) ORDER BY derived_from IS NOT NULL, item_id) AS place
            FROM import_plan WHERE verdict IS NULL
        ) ranked WHERE derived_from IS NOT NULL AND place > 1
        UNION
        SELECT item_id FROM import_plan i JOIN products d ON lower(d.sku) = lower(i.sku)
        WHERE derived_from IS NOT NULL AND verdict IS NULL
    ) taken
    WHERE taken.item_id = p.item_id
"""

TOO_LONG = """
    UPDATE import_plan SET verdict = 'clash', reason = 'Its SKU is longer than ' || :longest || ' characters.'
    WHERE verdict IS NULL AND length(sku) > :longest
"""

TAKEN = """
    UPDATE import_plan p SET
        product_id = d.id,
        verdict = CASE WHEN o.product_id IS NULL THEN 'offer' ELSE 'clash' END,
        reason = 'The product “' || d.name || '” has this SKU and '
            || CASE WHEN o.product_id IS NULL THEN 'no item.' ELSE 'another item.' END
    FROM import_plan i
    JOIN products d ON lower(d.sku) = lower(i.sku)
    LEFT JOIN item_links o ON o.product_id = d.id AND o.connection_id = i.connection_id
    WHERE i.item_id = p.item_id AND i.verdict IS NULL
"""

TWICE = """
    UPDATE import_plan p SET
        verdict = 'clash', product_id = NULL, reason = '“' || first || '”, also selected, has the same SKU.'
    FROM (
        SELECT item_id, row_number() OVER same AS place, first_value(name) OVER same AS first
        FROM import_plan WHERE verdict IS NULL OR verdict = 'offer'
        WINDOW same AS (
            PARTITION BY lower(sku), CASE WHEN verdict = 'offer' THEN connection_id END ORDER BY item_id)
    ) ranked
    WHERE ranked.item_id = p.item_id AND place > 1
"""

LINK = """
    UPDATE import_plan p SET verdict = 'link'
    FROM unnest(CAST(:items AS bigint[]), CAST(:products AS bigint[])) AS d(item_id, product_id)
    WHERE d.item_id = p.item_id AND d.product_id = p.product_id AND verdict = 'offer'
"""
LINK_ALL = "UPDATE import_plan SET verdict = 'link' WHERE verdict = 'offer'"
CREATE = "UPDATE import_plan SET verdict = 'create' WHERE verdict IS NULL"


def make_plan(session: Session, selection: Selection, decisions: Mapping[int, Decision]) -> None:
    """The plan for the selection stands in this transaction, each row with its verdict."""
    for statement in MAKE:
        session.execute(text(statement))
    session.execute(insert_into(PLAN).from_select(FILLED, _filling(selection)))
    session.execute(MEASURE)
    _decide(session, decisions)
    _keep_derived_apart(session)
    session.execute(text(TOO_LONG), {"longest": LONGEST_SKU})
    for statement in (TAKEN, TWICE):
        session.execute(text(statement))
    links = {item: decision.link_to for item, decision in decisions.items() if decision.link_to is not None}
    session.execute(text(LINK), {"items": list(links), "products": list(links.values())})
    session.execute(text(CREATE))
    session.execute(MEASURE)


def link_all_offers(session: Session) -> None:
    """Every item whose SKU is that of a product without item is to be linked to it."""
    session.execute(text(LINK_ALL))


def counts(session: Session) -> dict[Verdict, int]:
    """How many items have each verdict."""
    rows = session.execute(select(PLAN.c.verdict, func.count()).group_by(PLAN.c.verdict))
    return dict.fromkeys(Verdict, 0) | {Verdict(verdict): number for verdict, number in rows}


def planned(session: Session, verdicts: Iterable[Verdict], limit: int | None = None) -> list[Row[Any]]:
    """The plan's rows with these verdicts, clashes first, then by name; `product_name` where it names one."""
    first = case((PLAN.c.verdict.in_([Verdict.OFFER, Verdict.CLASH]), 0), else_=1)
    query = (
        select(PLAN, Product.name.label("product_name"), Product.sku.label("product_sku"))
        .outerjoin(Product, Product.id == PLAN.c.product_id)
        .where(PLAN.c.verdict.in_(list(verdicts)))
        .order_by(first, func.lower(PLAN.c.name), PLAN.c.item_id)
    )
    return list(session.execute(query.limit(limit)))


FILLED = [
    "item_id",
    "connection_id",
    "external_id",
    "name",
    "sku",
    "derived_from",
    "verdict",
    "product_id",
    "reason",
]


def _filling(selection: Selection) -> Any:
    own = func.nullif(func.btrim(AccountingItem.sku), "")
    prefixes = {name: registry.short_label(name) for name in registry.names()}
    prefix = case(prefixes, value=Connection.provider)
    derived = prefix.concat("-").concat(AccountingItem.external_id)
    verdict, reason = _standing()
    return (
        select(
            AccountingItem.id,
            AccountingItem.connection_id,
            AccountingItem.external_id,
            func.btrim(AccountingItem.name),
            func.coalesce(own, derived),
            case((own.is_(None), derived)),
            verdict,
            ItemLink.product_id,
            reason,
        )
        .join(Connection, Connection.id == AccountingItem.connection_id)
        .outerjoin(ItemLink, ItemLink.accounting_item_id == AccountingItem.id)
        .outerjoin(Product, Product.id == ItemLink.product_id)
        .where(*selection.conditions())
    )


def _standing() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The verdict on an item whatever its SKU, and the reason; NULL for one that may be imported."""
    name = func.btrim(AccountingItem.name)
    refused = [
        (~AccountingItem.active, "It is inactive in the books."),
        (~AccountingItem.visible, "It is hidden. Show it first, then import it."),
        (name == "", "It has no name."),
        (func.length(name) > LONGEST_NAME, f"Its name is longer than {LONGEST_NAME} characters."),
    ]
    linked = ItemLink.id.is_not(None)
    known = literal("It is the product “").concat(Product.name).concat("” already.")
    verdict = case((linked, Verdict.SKIP.value), *((when, Verdict.REFUSE.value) for when, _ in refused))
    return verdict, case((linked, known), *refused)


def _decide(session: Session, decisions: Mapping[int, Decision]) -> None:
    left = [item for item, decision in decisions.items() if decision == Decision()]
    session.execute(text(LEAVE), {"items": left})
    typed = {item: decision.sku for item, decision in decisions.items() if decision.sku is not None}
    session.execute(text(TYPED), {"items": list(typed), "skus": list(typed.values())})


def _keep_derived_apart(session: Session) -> None:
    """No derived SKU is that of a product or of another selected item: `QBO-17`, else `QBO-17-2` …"""
    number = 2
    while cast("CursorResult[Any]", session.execute(text(GIVE_WAY), {"number": str(number)})).rowcount:
        number += 1

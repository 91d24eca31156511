"""Accounting items become products (IMP-2…8, OQ-11…14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Row, insert, literal, select, text
from sqlalchemy.orm import Session

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.items.errors import SelectionChanged, UnresolvedClashes
from app.items.linking import take_links_lock
from app.items.models import ItemLink
from app.items.opening import NO_STOCK, ComingStock, coming_stock, plan_opening, post_opening
from app.items.plan import PLAN, Decision, Verdict, counts, link_all_offers, make_plan, planned
from app.items.selection import Selection
from app.products.bulk import inserted_from
from app.products.models import ProductType

MOST_ROWS = 200
"""How many rows the import page shows; of a larger selection it shows the clashes and the counts."""

UNDECIDED = (Verdict.OFFER, Verdict.CLASH)


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do: how many items have each verdict, and those that a person should look at.

    `rows` holds all items of a small selection, else only the clashes; never more than `MOST_ROWS`. `stock`
    takes all clashes that can be a link for links.
    """

    counts: Mapping[Verdict, int]
    rows: list[Row[Any]]
    stock: ComingStock

    @property
    def selected(self) -> int:
        """How many items are selected."""
        return sum(self.counts.values())

    @property
    def importable(self) -> int:
        """How many items become products, or could once a person has decided."""
        return sum(self.counts[verdict] for verdict in (Verdict.CREATE, *UNDECIDED))

    @property
    def unseen_clashes(self) -> int:
        """How many clashes are more than the page shows."""
        shown = sum(row.verdict in UNDECIDED for row in self.rows)
        return sum(self.counts[verdict] for verdict in UNDECIDED) - shown


@dataclass(frozen=True)
class Refusal:
    """An item that was not imported, and why."""

    external_id: str
    name: str
    reason: str


@dataclass(frozen=True)
class ImportResult:
    """What an import did; `skipped` were products already, `left_out` by a person's decision."""

    imported: int
    linked: int
    skipped: int
    left_out: int
    refused: tuple[Refusal, ...]
    stock: ComingStock = NO_STOCK


def preview_import(selection: Selection) -> ImportPreview:
    """What importing the selection would do; nothing is written."""
    with transaction() as session:
        make_plan(session, selection, {})
        plan_opening(session)
        numbers = counts(session)
        verdicts = tuple(Verdict) if sum(numbers.values()) <= MOST_ROWS else UNDECIDED
        stock = coming_stock(session, (Verdict.LINK, Verdict.OFFER))
        return ImportPreview(numbers, planned(session, verdicts, MOST_ROWS), stock)


def import_items(
    selection: Selection,
    product_type: ProductType,
    user_id: int | None,
    decisions: Mapping[int, Decision] | None = None,
    expected: int | None = None,
) -> ImportResult:
    """The selected items are products of the type, or linked to one, or refused with a reason; all at once.

    `decisions` say what to do about clashes; without them (None) an item whose SKU is that of a product
    without item is linked to it. `expected` is the number of importable items that the person was shown.
    Raises SelectionChanged or UnresolvedClashes, having written nothing.
    """
    with transaction() as session:
        take_links_lock(session)
        make_plan(session, selection, decisions or {})
        if decisions is None:
            link_all_offers(session)
        _refuse_what_was_not_shown(session, decisions or {}, expected)
        plan_opening(session)
        _write(session, product_type, user_id, utcnow())
        return _result(session)


def _refuse_what_was_not_shown(
    session: Session, decisions: Mapping[int, Decision], expected: int | None
) -> None:
    numbers = counts(session)
    now = numbers[Verdict.CREATE] + numbers[Verdict.LINK] + numbers[Verdict.LEAVE]
    now += sum(numbers[verdict] for verdict in UNDECIDED)
    if expected is not None and now != expected:
        raise SelectionChanged(expected, now)
    typed = {item for item, decision in decisions.items() if decision.sku is not None}
    clashes = {row.item_id: row.reason for row in planned(session, UNDECIDED) if row.item_id in typed}
    if clashes:
        raise UnresolvedClashes(clashes)


def _write(session: Session, product_type: ProductType, user_id: int | None, now: datetime) -> None:
    """Products, links and first stock are made with a few statements; the plan says who came too late."""
    target = ["product_id", "accounting_item_id", "connection_id", "linked_at", "linked_by"]
    stamp = literal(now, DateTime(timezone=True)), literal(user_id, BigInteger)
    chosen = select(PLAN.c.sku, PLAN.c.name).where(PLAN.c.verdict == Verdict.CREATE).order_by(PLAN.c.item_id)
    made = inserted_from(chosen, product_type, now)
    new = select(made.c.id, PLAN.c.item_id, PLAN.c.connection_id, *stamp).join(
        PLAN, (PLAN.c.sku == made.c.sku) & (PLAN.c.verdict == Verdict.CREATE)
    )
    session.execute(insert(ItemLink).from_select(target, new, include_defaults=False))
    offered = select(PLAN.c.product_id, PLAN.c.item_id, PLAN.c.connection_id, *stamp)
    session.execute(
        insert(ItemLink).from_select(
            target, offered.where(PLAN.c.verdict == Verdict.LINK), include_defaults=False
        )
    )
    session.execute(text(TOO_LATE))
    post_opening(session, user_id, now)


# A product made by hand since the plan was made has the SKU now; the lock keeps out other imports only.
TOO_LATE = """
    UPDATE import_plan p SET verdict = 'clash', reason = 'Somebody has just made a product with its SKU.'
    WHERE verdict = 'create' AND NOT EXISTS (SELECT FROM item_links l WHERE l.accounting_item_id = p.item_id)
"""


def _result(session: Session) -> ImportResult:
    numbers = counts(session)
    refused = planned(session, (Verdict.REFUSE, *UNDECIDED))
    return ImportResult(
        imported=numbers[Verdict.CREATE],
        linked=numbers[Verdict.LINK],
        skipped=numbers[Verdict.SKIP],
        left_out=numbers[Verdict.LEAVE],
        refused=tuple(Refusal(row.external_id, row.name, row.reason) for row in refused),
        stock=coming_stock(session, (Verdict.LINK,)),
    )

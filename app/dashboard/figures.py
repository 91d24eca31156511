"""How much there is, counted for the start page no further than a glance can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, literal_column, select

from app.builds.models import Build
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.integrations.models import Connection, ConnectionState, InventoryMode
from app.items.listing import waiting_items
from app.items.models import AccountingItem, ItemLink
from app.products.models import Product
from app.workspace.features import Feature
from app.workspace.models import FeatureSwitch, Workspace

MOST = 10_000


@dataclass(frozen=True)
class Figures:
    """Connections that stand; items of the books, imported ones, those waiting for it; products in use.

    Builds that are planned and that wait for QA review, and whether the workspace reviews builds. A figure
    above MOST stands for as many as that, or more.
    """

    connections: int
    undecided: int | None
    """The first connection whose inventory mode nobody has chosen."""
    books_lead: bool
    """Whether the quantities of some company's products live in its books."""
    items: int
    imported: int
    waiting: int
    products: int
    planned: int
    in_review: int
    reviews: bool
    got_started: bool
    """Whether the first steps were all done once."""


def count_everything() -> Figures:
    """The figures as of now; one query."""
    standing = Connection.state != ConnectionState.DISCONNECTED
    undecided = select(func.min(Connection.id)).where(standing, Connection.inventory_mode.is_(None))
    reviews = select(FeatureSwitch.is_on).where(FeatureSwitch.name == Feature.QA_REVIEW.value)
    row = db.session.execute(
        select(
            _count(select(Connection.id).where(standing)),
            undecided.scalar_subquery(),
            exists().where(standing, Connection.inventory_mode == InventoryMode.SYNC),
            _count(select(AccountingItem.id)),
            _count(select(ItemLink.id)),
            _count(waiting_items()),
            _count(select(Product.id).where(Product.is_active)),
            _count(select(Build.id).where(Build.status == BuildStatus.PLANNED)),
            _count(select(Build.id).where(Build.status == BuildStatus.EXECUTED)),
            func.coalesce(reviews.scalar_subquery(), False),
            exists().where(Workspace.got_started_at.is_not(None)),
        )
    ).one()
    return Figures(*row)


def told(figure: int) -> str:
    """A figure as people read it: 1,234, or 10,000+."""
    return f"{MOST:,}+" if figure > MOST else f"{figure:,}"


def _count(rows: Select[Any]) -> ScalarSelect[int]:
    few = rows.limit(literal_column(str(MOST + 1))).subquery()
    return select(func.count()).select_from(few).scalar_subquery()

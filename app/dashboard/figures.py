"""How much there is, counted for the start page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, select

from app.extensions import db
from app.integrations.models import Connection, ConnectionState
from app.items.models import AccountingItem, ItemLink
from app.products.models import Product


@dataclass(frozen=True)
class Figures:
    """Connections that stand; items of the books, imported ones, those waiting for it; products in use."""

    connections: int
    undecided: int | None
    """The first connection whose inventory mode nobody has chosen."""
    items: int
    imported: int
    waiting: int
    products: int


def count_everything() -> Figures:
    """The figures as of now; one query."""
    linked = exists().where(ItemLink.accounting_item_id == AccountingItem.id)
    waiting = AccountingItem.active & AccountingItem.visible & ~linked
    standing = Connection.state != ConnectionState.DISCONNECTED
    undecided = select(func.min(Connection.id)).where(standing, Connection.inventory_mode.is_(None))
    row = db.session.execute(
        select(
            _count(select(Connection.id).where(standing)),
            undecided.scalar_subquery(),
            _count(select(AccountingItem.id)),
            _count(select(ItemLink.id)),
            _count(select(AccountingItem.id).where(waiting)),
            _count(select(Product.id).where(Product.is_active)),
        )
    ).one()
    return Figures(*row)


def _count(rows: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()

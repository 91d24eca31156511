"""A product's stock transactions as people read them (PROD-8, STK-1, STK-2)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.foundation.lists.tables import Column, Filter, Listing
from app.foundation.money import round_cost
from app.people.models import User
from app.products.periods import Period, first_day, start_of
from app.products.sources import SourceLink, source_link
from app.stock.kinds import Kind
from app.stock.models import StockTransaction

LATEST = 20
KINDS = (("", "All kinds"), *((kind.value, kind.label) for kind in Kind))
PERIODS = (
    (Period.ALL.value, "All time"),
    (Period.MONTH.value, "Last 30 days"),
    (Period.YEAR.value, "Last 12 months"),
)


def _of_kind(value: str) -> ColumnElement[bool] | None:
    return StockTransaction.kind == value if value else None


def _in_period(value: str) -> ColumnElement[bool] | None:
    first = first_day(Period(value))
    return None if first is None else StockTransaction.occurred_at >= start_of(first)


def kind_label(row: Any) -> str:
    """The transaction's kind as people read it."""
    return Kind(row.kind).label


def unit_cost(row: Any) -> Decimal | None:
    """What one unit of the movement cost, six decimals; None where no quantity moved."""
    return round_cost(row.cost / row.quantity) if row.quantity else None


def made_by(row: Any) -> str | None:
    """Who did it, by name; None for what the program does by itself."""
    return None if row.user_name is None else row.user_name.strip()


HISTORY = Listing(
    name="stock-history",
    noun="transaction",
    key=StockTransaction.id,
    columns=(
        # In the order in which they were recorded, since that is how the running balance goes.
        Column("occurred_at", "Date", sort=StockTransaction.id),
        Column("kind", "What", value=kind_label),
        Column("quantity", "Quantity", numeric=True),
        Column("unit_cost", "Unit cost", numeric=True, value=unit_cost),
        Column("cost", "Cost", numeric=True),
        Column("on_hand_after", "On hand after", numeric=True),
        Column("value_after", "Value after", numeric=True),
        Column("source", "Source", value=lambda row: source_of(row).label),
        Column("user", "By", value=made_by),
        Column("note", "Note"),
    ),
    default_sort="-occurred_at",
    filters=(
        Filter("kind", "What", KINDS, _of_kind),
        Filter("period", "Period", PERIODS, _in_period),
    ),
)


def source_of(row: Any) -> SourceLink:
    """Where the movement came from: words, and an address where this person may look."""
    return source_link(row.source_kind, row.source_id)


def history_of(product_id: int) -> Select[Any]:
    """A product's transactions, each with who made it."""
    return _transactions().where(StockTransaction.product_id == product_id)


@cache
def _transactions() -> Select[Any]:
    """What the list shows of each transaction.

    People are looked up per row shown: joined, they would keep the index alone from answering filters.
    """
    name = User.first_name.concat(" ").concat(User.last_name)
    user_name = select(name).where(User.id == StockTransaction.user_id).scalar_subquery()
    shown: tuple[Any, ...] = (
        StockTransaction.id,
        StockTransaction.occurred_at,
        StockTransaction.kind,
        StockTransaction.quantity,
        StockTransaction.cost,
        StockTransaction.on_hand_after,
        StockTransaction.value_after,
        StockTransaction.source_kind,
        StockTransaction.source_id,
        StockTransaction.note,
        user_name.label("user_name"),
    )
    return select(*shown)

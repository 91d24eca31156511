"""Keyset paging: a page starts after a row or ends before one, so that every page costs what the first does.

Rows are in the order of one value and then of their id. Rows without a value come last, whichever way the
value is sorted. The reading goes by **segments**, the rows with a value and those without, so that each of
them is one range of an index on (value, id), read forwards or backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, literal, null, tuple_
from sqlalchemy.orm import Session

ADDED = ("value_", "key_", "count_")
"""The columns that `fetch` adds to a statement's own."""


@dataclass(frozen=True)
class Position:
    """The place of a row in an order: its value there (or None) and its id."""

    value: Any
    key: int


@dataclass(frozen=True)
class Order:
    """By `value`, then by `key`; rows whose value is NULL (only if `nullable`) come last."""

    value: SQLColumnExpression[Any]
    key: SQLColumnExpression[int]
    descending: bool = False
    nullable: bool = False

    def clauses(self) -> list[ColumnElement[Any]]:
        """The whole order, for a statement that reads everything."""
        value = self.value.desc().nulls_last() if self.descending else self.value.asc().nulls_last()
        return [value, self.key.desc() if self.descending else self.key.asc()]


@dataclass(frozen=True)
class Window:
    """The rows of one page, and where they stand; `count` is what was asked for along with them."""

    rows: Sequence[Row[Any]]
    first: Position | None
    last: Position | None
    has_next: bool
    has_previous: bool
    count: int | None = None


@dataclass(frozen=True)
class _Segment:
    conditions: list[ColumnElement[bool]]
    order: list[ColumnElement[Any]]


def fetch(
    session: Session,
    statement: Select[Any],
    order: Order,
    size: int,
    *,
    after: Position | None = None,
    before: Position | None = None,
    few: bool = False,
    count: ColumnElement[int] | None = None,
) -> Window:
    """The `size` rows after a position, or before one, or the first; each row ends with its value, its id
    and `count`, which is thereby read without a statement of its own.

    A position beyond which nothing is left, say because rows went away, shows the first page again. `few`
    says that the conditions leave few rows: they are found by the conditions, then sorted. Otherwise the
    database may read an index in the list's order until it has met enough of them, for few the whole index.
    """
    backwards = before is not None
    counted = null() if count is None else count
    added = zip((order.value, order.key, counted), ADDED, strict=True)
    wide = statement.add_columns(*(column.label(name) for column, name in added))
    rows: list[Row[Any]] = []
    for segment in _segments(order, before or after, backwards):
        if len(rows) <= size:
            # No index begins with this key, which is the same for all rows of a segment.
            found_first = [order.value.is_(None)] if few else []
            narrowed = wide.where(*segment.conditions).order_by(None).order_by(*found_first, *segment.order)
            rows += session.execute(narrowed.limit(size + 1 - len(rows))).all()
    if not rows and (before or after):
        return fetch(session, statement, order, size, few=few, count=count)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Window(
        rows=rows,
        first=_position(rows[0]) if rows else None,
        last=_position(rows[-1]) if rows else None,
        has_next=backwards or more,
        has_previous=more if backwards else after is not None,
        count=rows[0].count_ if rows else None,
    )


def _position(row: Row[Any]) -> Position:
    return Position(row.value_, row.key_)


def _segments(order: Order, start: Position | None, backwards: bool) -> Iterator[_Segment]:
    """What is still to be read from `start` on, in reading order."""
    valued = start is not None and start.value is not None
    if not order.nullable:
        yield _with_value(order, start, backwards)
        return
    if not backwards:
        if start is None or valued:
            yield _with_value(order, start, backwards)
        yield _without_value(order, None if valued else start, backwards)
        return
    if not valued:
        yield _without_value(order, start, backwards)
    yield _with_value(order, start if valued else None, backwards)


def _with_value(order: Order, start: Position | None, backwards: bool) -> _Segment:
    conditions: list[ColumnElement[bool]] = [order.value.is_not(None)] if order.nullable else []
    descending = order.descending != backwards
    if start is not None:
        here, there = tuple_(order.value, order.key), tuple_(literal(start.value), literal(start.key))
        conditions.append(here < there if descending else here > there)
    if descending:
        return _Segment(conditions, [order.value.desc(), order.key.desc()])
    return _Segment(conditions, [order.value.asc(), order.key.asc()])


def _without_value(order: Order, start: Position | None, backwards: bool) -> _Segment:
    conditions: list[ColumnElement[bool]] = [order.value.is_(None)]
    descending = order.descending != backwards
    if start is not None:
        conditions.append(order.key < start.key if descending else order.key > start.key)
    return _Segment(conditions, [order.key.desc() if descending else order.key.asc()])


_WRITE = {str: "s", bool: "b", int: "i", Decimal: "d", datetime: "t", date: "y", type(None): "n"}
_READ: dict[str, Callable[[str], Any]] = {
    "s": str,
    "b": lambda text: text == "True",
    "i": int,
    "d": Decimal,
    "t": datetime.fromisoformat,
    "y": date.fromisoformat,
    "n": lambda _text: None,
}


def write_token(position: Position, purpose: str) -> str:
    """A position as part of an address, signed for its `purpose` (the list and its order)."""
    kind = next(letter for known, letter in _WRITE.items() if isinstance(position.value, known))
    moment = isinstance(position.value, date)
    value = position.value.isoformat() if moment else str(position.value)
    return _signer(purpose).dumps([kind, value, position.key])


def read_token(token: str | None, purpose: str) -> Position | None:
    """The position that a token holds; None for a forged token, or one of another list or order."""
    if not token or not token.isascii():
        return None
    try:
        kind, value, key = _signer(purpose).loads(token)
    except BadData:
        return None
    return Position(_READ[kind](value), key)


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"paging {purpose}")

"""Answers parsed queries from a company's tables, with Intuit's own limits and refusals (error 4001)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.sandbox.entities import ENTITIES, Entity, Kind
from app.sandbox.query import Condition, Order, Query, QueryError
from app.sandbox.records import Record
from app.sandbox.tables import Table

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000

Test = Callable[[Record], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda have, want: bool(have == want),
    "<": lambda have, want: bool(have < want),
    ">": lambda have, want: bool(have > want),
    "<=": lambda have, want: bool(have <= want),
    ">=": lambda have, want: bool(have >= want),
}


def run(query: Query, tables: dict[str, Table]) -> Record:
    """The `QueryResponse` for the query. Raises QueryError 4001 when it makes no sense for its entity."""
    entity = ENTITIES.get(query.entity.lower())
    if entity is None:
        raise _invalid(f"invalid context declaration: {query.entity}")
    start, limit = _bounds(query)
    columns = [_attribute(entity, column) for column in query.columns if column != "*"]
    rows = _listing(query, entity, tables[entity.name])
    if not query.columns:
        return {"totalCount": len(rows)}
    page = rows[start - 1 : start - 1 + limit]
    if not page:
        return {}
    if "*" not in query.columns:
        page = [_projected(row, columns) for row in page]
    return {entity.name: page, "startPosition": start, "maxResults": len(page)}


def _invalid(detail: str) -> QueryError:
    return QueryError("4001", f"QueryValidationError: {detail}")


def _bounds(query: Query) -> tuple[int, int]:
    start = 1 if query.start_position is None else query.start_position
    limit = DEFAULT_PAGE if query.max_results is None else query.max_results
    for value in (start, limit):
        if value < 1:
            raise _invalid(f"value {value} is too small. Min allowed value is 1")
    if limit > LARGEST_PAGE:
        raise _invalid(f"value {limit} is too large. Max allowed value is {LARGEST_PAGE}")
    return start, limit


def _attribute(entity: Entity, written: str) -> str:
    name = entity.attribute(written)
    if name is None:
        raise _invalid(f"Property {written} not found for Entity {entity.name}")
    return name


def _projected(row: Record, columns: list[str]) -> Record:
    wanted = {"Id", "domain", *(column.partition(".")[0] for column in columns)}
    return {key: value for key, value in row.items() if key in wanted} | {"sparse": True}


def _listing(query: Query, entity: Entity, table: Table) -> list[Record]:
    tests = _tests(query.conditions, entity)
    orders = [_order(order, entity) for order in query.orders] or [(entity.natural_order, Kind.text, False)]
    key = (query.conditions, tuple(orders))
    return table.listing(
        key, lambda rows: _sorted([row for row in rows if all(t(row) for t in tests)], orders)
    )


def _order(order: Order, entity: Entity) -> tuple[str, Kind, bool]:
    name = _attribute(entity, order.attribute)
    if name not in entity.sortable:
        raise _invalid(f"Property {name} is not sortable for Entity {entity.name}")
    return name, entity.sortable[name], order.descending


def _sorted(rows: list[Record], orders: list[tuple[str, Kind, bool]]) -> list[Record]:
    """Rows arrive by Id; sorting by the last key first keeps the order of the ones before it."""
    for name, kind, descending in reversed(orders):

        def key(row: Record, name: str = name, kind: Kind = kind) -> Any:
            value = _value(row, name, kind)
            return Decimal(0) if value is None else value

        rows.sort(key=key, reverse=descending)
    return rows


def _tests(conditions: tuple[Condition, ...], entity: Entity) -> list[Test]:
    tests = [_test(condition, entity) for condition in conditions]
    named = {condition.attribute.lower() for condition in conditions}
    if entity.has_active and "active" not in named:
        tests.append(lambda row: row.get("Active") is True)
    return tests


def _test(condition: Condition, entity: Entity) -> Test:
    name = _attribute(entity, condition.attribute)
    if name not in entity.filterable:
        raise _invalid(f"Property {name} is not queryable for Entity {entity.name}")
    kind = entity.filterable[name]
    allowed = {Kind.identifier: ("=", "IN"), Kind.boolean: ("=", "IN")}.get(kind)
    if allowed is not None and condition.operator not in allowed:
        raise _invalid(f"operator {condition.operator} is not supported for Property {name}")
    if condition.operator == "LIKE":
        return _like(name, kind, condition.values[0])
    wanted = [_wanted(value, kind) for value in condition.values]
    if condition.operator == "IN":
        return lambda row: _value(row, name, kind) in wanted
    compare, want = _COMPARE[condition.operator], wanted[0]

    def test(row: Record) -> bool:
        have = _value(row, name, kind)
        return have is not None and compare(have, want)

    return test


def _like(name: str, kind: Kind, pattern: str) -> Test:
    """LIKE knows only the percent sign, for any text."""
    if kind is not Kind.text:
        raise _invalid(f"operator LIKE is not supported for Property {name}")
    whole = re.compile(".*".join(re.escape(part) for part in pattern.casefold().split("%")), re.DOTALL)
    return lambda row: whole.fullmatch(_value(row, name, kind)) is not None


def _value(row: Record, name: str, kind: Kind) -> Any:
    """The row's value in a form that compares; None where the row has none, but an empty text for texts."""
    head, _, tail = name.partition(".")
    value = row.get(head)
    if tail:
        value = (value or {}).get(tail)
    if value is None:
        return "" if kind is Kind.text else None
    if kind is Kind.boolean:
        return value
    return _wanted(str(value), kind)


def _wanted(text: str, kind: Kind) -> Any:
    """The text as a value of its kind: texts without regard to case, instants in UTC."""
    try:
        match kind:
            case Kind.text:
                return text.strip().casefold()
            case Kind.identifier:
                return int(text)
            case Kind.number:
                return Decimal(text)
            case Kind.boolean:
                return {"true": True, "false": False}[text.lower()]
            case Kind.instant:
                return _instant(text)
    except (ValueError, KeyError, InvalidOperation):
        raise _invalid(f"value '{text}' is not valid") from None


def _instant(text: str) -> datetime:
    """Without an offset the value is read as UTC; a date is its first moment."""
    if text.upper() == "CURRENT_DATE":
        return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)

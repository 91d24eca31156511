"""`verify`: everything recomputed from the transactions and compared, in one unchanging view of the tables.

Each check is one set-based statement that finds nothing when all is well. Rooms above register checks of
their own (every confirmed receipt, executed build and posted sale has exactly its movements).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.extensions import db
from app.stock.checks import STATEMENTS


@dataclass(frozen=True)
class Difference:
    """Something that should agree and does not: which check, whose, and what each side says."""

    check: str
    subject: str
    expected: str
    found: str


@dataclass(frozen=True)
class VerifyReport:
    """How many rows were looked at, and every difference."""

    products: int
    transactions: int
    lots: int
    differences: list[Difference]


Check = Callable[[Connection], Iterable[Difference]]
_more_checks: list[Check] = []

COUNTS = """
    SELECT (SELECT count(*) FROM stock_levels) AS products,
        (SELECT count(*) FROM stock_transactions) AS transactions, (SELECT count(*) FROM lots) AS lots
"""


def register_check(check: Check) -> None:
    """`verify` runs `check` too, after its own; registering it again changes nothing."""
    if check not in _more_checks:
        _more_checks.append(check)


def verify() -> VerifyReport:
    """What was looked at and what does not agree; reads only what is committed."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        counts = connection.execute(text(COUNTS)).one()
        differences: list[Difference] = []
        for name, statement in STATEMENTS.items():
            differences += _run(connection, name, statement)
        for check in _more_checks:
            differences += check(connection)
    return VerifyReport(counts.products, counts.transactions, counts.lots, differences)


def _run(connection: Connection, name: str, statement: str) -> list[Difference]:
    rows = connection.execute(text(statement))
    return [Difference(name, row.subject, row.expected, row.found) for row in rows]

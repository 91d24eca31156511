"""The few sentences of QuickBooks' query language that are used here (section 5)."""

from __future__ import annotations

PAGE = 1000
"""The most rows that one answer may have."""

# Without this, lists come without their inactive rows.
_ALL = "WHERE Active IN (true, false)"


def count(entity: str) -> str:
    """How many there are, active or not."""
    return f"SELECT COUNT(*) FROM {entity} {_ALL}"  # noqa: S608  the entity is a word of ours


def page(entity: str, start: int) -> str:
    """The rows from number `start` (from 1), active or not, by id, so that pages do not overlap."""
    return f"SELECT * FROM {entity} {_ALL} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"  # noqa: S608

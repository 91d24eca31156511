"""Columns of values as PostgreSQL array literals: one parameter for ten thousand numbers, made quickly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def array(values: Iterable[int | Decimal | date | bool | None]) -> str:
    """The values as an array literal; not for text, which would need quoting."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"

"""Builds found by their number, or by the name or SKU of what they made."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from app.builds.models import Build
from app.foundation.ids import id_from
from app.foundation.lists.search import matches, words


def found_by(asked: str) -> ColumnElement[bool] | None:
    """Builds whose number was typed, or whose product's name or SKU has these words; None without a word."""
    found, number = matches(Build.search, asked), _number(asked)
    return found if found is None or number is None else or_(Build.id == number, found)


def _number(asked: str) -> int | None:
    """The id that `B-000123`, `b123` or `123` names."""
    parts = [part for part in words(asked.lower().removeprefix("b")) if part]
    return id_from(parts[0]) if len(parts) == 1 else None

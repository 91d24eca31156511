"""The items as the plan of a run wants them, a fixed number of statements for any number of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from app.items.sync.fields import FIELDS, SEARCHED

_COLUMNS = ", ".join(FIELDS)
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)

CREATE = f"""
    INSERT INTO accounting_items (connection_id, external_id, {_COLUMNS},
        active, content_hash, raw, first_seen_at, changed_at)
    SELECT :connection, s.external_id, {_STAGED}, true, s.content_hash, s.raw, :now, :now
    FROM planned_items p JOIN staged_items s ON s.position = p.position
    WHERE p.action = 'created'
"""  # noqa: S608 - our own column names
DEACTIVATE = """
    UPDATE accounting_items i SET active = false, changed_at = :now
    FROM planned_items p WHERE p.action = 'deactivated' AND i.id = p.item_id
"""
KEEP_UP = """
    UPDATE accounting_items i SET content_hash = s.content_hash, raw = s.raw
    FROM planned_items p JOIN staged_items s ON s.position = p.position
    WHERE p.action = 'kept' AND i.id = p.item_id
"""


def _update(fields: Iterable[str], which: str) -> str:
    taken_over = ", ".join(f"{field} = s.{field}" for field in (*fields, "content_hash", "raw"))
    return f"""
        UPDATE accounting_items i SET {taken_over}, active = true, changed_at = :now
        FROM planned_items p JOIN staged_items s ON s.position = p.position
        WHERE p.action = 'updated' AND {which} AND i.id = p.item_id
    """  # noqa: S608 - our own column names


UPDATE = _update((field for field in FIELDS if field not in SEARCHED), "NOT p.renamed")
RENAME = _update(FIELDS, "p.renamed")


def store(connection: Connection, facts: dict[str, Any]) -> None:
    """The plan is carried out; `facts` are the connection's id and the time."""
    for statement in (UPDATE, RENAME, CREATE, DEACTIVATE, KEEP_UP):
        connection.execute(text(statement), facts)

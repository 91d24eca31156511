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
    FROM planned_items p
    WHERE p.action = 'deactivated' AND i.connection_id = :connection AND i.external_id = p.external_id
"""


def _taken_over(fields: Iterable[str]) -> str:
    return ", ".join(f"{field} = s.{field}" for field in (*fields, "content_hash", "raw"))


RENAME = f"""
    UPDATE accounting_items i SET {_taken_over(FIELDS)}, active = true, changed_at = :now
    FROM planned_items p JOIN staged_items s ON s.position = p.position
    WHERE p.renamed AND i.connection_id = :connection AND i.external_id = s.external_id
"""  # noqa: S608 - our own column names

# The provider's document may have changed and nothing that we read in it, such as the day of its last sale;
# then the item has not.
UPDATE = f"""
    UPDATE accounting_items i SET {_taken_over(field for field in FIELDS if field not in SEARCHED)},
        active = true, changed_at = CASE WHEN p.position IS NULL THEN i.changed_at ELSE :now END
    FROM staged_items s JOIN seen_items l ON l.position = s.position
    LEFT JOIN planned_items p ON p.position = s.position
    WHERE s.standing = 'active' AND i.connection_id = :connection AND i.external_id = s.external_id
        AND CASE WHEN p.position IS NULL THEN i.content_hash <> s.content_hash ELSE NOT p.renamed END
"""  # noqa: S608 - our own column names


def store(connection: Connection, facts: dict[str, Any]) -> None:
    """The plan is carried out, what is new last; `facts` are the connection's id and the time."""
    for statement in (RENAME, UPDATE, CREATE, DEACTIVATE):
        connection.execute(text(statement), facts)

"""The items as the plan of a run wants them, a fixed number of statements for any number of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from app.items.sync.fields import FIELDS, SEARCHED
from app.items.sync.planning import DIFFERS, Plan
from app.items.turns import take_turn

_COLUMNS = ", ".join(FIELDS)
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)
_SEARCHED_NOW = ", ".join(f"s.{field}" for field in SEARCHED)
_SEARCHED_BEFORE = ", ".join(f"i.{field}" for field in SEARCHED)

CREATE = f"""
    INSERT INTO accounting_items (connection_id, external_id, {_COLUMNS},
        active, content_hash, first_seen_at, changed_at)
    SELECT :connection, s.external_id, {_STAGED}, true, s.content_hash, :now, :now
    FROM staged_items s
    WHERE s.active AND NOT EXISTS (
        SELECT FROM accounting_items i WHERE i.connection_id = :connection AND i.external_id = s.external_id
    )
    ORDER BY s.position
"""  # noqa: S608 - our own column names
DEACTIVATE = """
    UPDATE accounting_items i SET active = false, changed_at = :now
    FROM sync_entries e
    WHERE e.run_id = :run AND e.action = 'deactivated'
        AND i.connection_id = :connection AND i.external_id = e.external_id
"""


def _update(fields: Iterable[str], words: str, searched: str) -> str:
    """The statement that takes over these fields from a document; it may say the same in other words."""
    taken_over = ", ".join(f"{field} = s.{field}" for field in (*fields, "content_hash"))
    return f"""
        UPDATE accounting_items i SET {taken_over}, {words}active = true,
            changed_at = CASE WHEN i.active AND NOT {DIFFERS} THEN i.changed_at ELSE :now END
        FROM staged_items s
        WHERE s.active AND i.connection_id = :connection AND i.external_id = s.external_id
            AND (NOT i.active OR i.content_hash IS DISTINCT FROM s.content_hash)
            AND ({_SEARCHED_NOW}) {searched} ({_SEARCHED_BEFORE})
    """  # noqa: S608 - our own column names


_NEW_WORDS = "search = lotledger_item_words(s.full_name, s.sku), "
UPDATE = _update((field for field in FIELDS if field not in SEARCHED), "", "IS NOT DISTINCT FROM")
RENAME = _update(FIELDS, _NEW_WORDS, "IS DISTINCT FROM")


def store(connection: Connection, plan: Plan, facts: dict[str, Any]) -> None:
    """The plan is carried out; `facts` are the ids of the connection and the run, and the time."""
    take_turn(connection)
    for statement, needed in (
        (UPDATE, True),  # documents may have changed, if nothing that we read in them
        (RENAME, plan.renamed),
        (CREATE, plan.created),
        (DEACTIVATE, plan.deactivated),
    ):
        if needed:
            connection.execute(text(statement), facts)

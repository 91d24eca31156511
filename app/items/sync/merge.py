"""From what was read to what is stored, in one transaction and a fixed number of statements.

First the *plan*: one row for each item that the run creates, updates or deactivates. A preview ends there.
Then the plan is applied, and either way it becomes the run's entries and its counts.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import text

from app.foundation.clock import utcnow
from app.items.sync.fields import FIELDS, NUMBERS
from app.items.sync.following import Followed, follow, foresee, note
from app.items.sync.known import keep_pages
from app.items.sync.staging import Staging
from app.sync.work import Counts


def _json(field: str, row: str) -> str:
    """A field as an entry keeps it; numbers as text, so that no reader takes them for floats."""
    return f"to_jsonb(trim_scale({row}.{field})::text)" if field in NUMBERS else f"to_jsonb({row}.{field})"


_COMPARED = ", ".join(
    ["('active', to_jsonb(i.active), to_jsonb(true))"]
    + [f"('{field}', {_json(field, 'i')}, {_json(field, 's')})" for field in FIELDS]
)
_COLUMNS = ", ".join(FIELDS)
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)
_STORED = ", ".join(f"i.{field}" for field in FIELDS)
_TAKEN_OVER = ", ".join(f"{field} = excluded.{field}" for field in FIELDS)

SEEN = """
    CREATE TEMPORARY TABLE seen_items ON COMMIT DROP AS
    SELECT external_id, max(position) AS position FROM listed_items GROUP BY external_id
"""

# Types that are not selected are left alone (OQ-16): neither updated nor missed.
PLAN = f"""
    CREATE TEMPORARY TABLE planned_items ON COMMIT DROP AS
    SELECT s.position, s.external_id, s.name,
        CASE WHEN i.id IS NULL THEN 'created' ELSE 'updated' END AS action,
        CASE WHEN i.id IS NULL THEN '{{}}'::jsonb ELSE (
            SELECT jsonb_object_agg(field, jsonb_build_array(before, after))
            FROM (VALUES {_COMPARED}) AS fields(field, before, after)
            WHERE before IS DISTINCT FROM after
        ) END AS changes
    FROM staged_items s
    JOIN seen_items l ON l.position = s.position
    LEFT JOIN accounting_items i ON i.connection_id = :connection AND i.external_id = s.external_id
    WHERE s.standing = 'active' AND (i.id IS NULL OR NOT i.active OR ({_STAGED}) IS DISTINCT FROM ({_STORED}))
    UNION ALL
    SELECT l.position, i.external_id, i.name, 'deactivated', '{{"active": [true, false]}}'::jsonb
    FROM accounting_items i
    LEFT JOIN seen_items l ON l.external_id = i.external_id
    LEFT JOIN staged_items s ON s.position = l.position
    WHERE i.connection_id = :connection AND i.active
        AND (s.standing = 'inactive' OR l.position IS NULL AND i.item_type = ANY(:types))
"""  # noqa: S608 - our own column names

STORE = f"""
    INSERT INTO accounting_items (connection_id, external_id, {_COLUMNS},
        active, content_hash, raw, first_seen_at, changed_at)
    SELECT :connection, s.external_id, {_STAGED}, true, s.content_hash, s.raw, :now, :now
    FROM planned_items p JOIN staged_items s ON s.position = p.position
    WHERE p.action IN ('created', 'updated')
    ON CONFLICT (connection_id, external_id) DO UPDATE SET {_TAKEN_OVER}, active = true,
        content_hash = excluded.content_hash, raw = excluded.raw, changed_at = excluded.changed_at
"""  # noqa: S608 - our own column names

# The provider's document has changed, but nothing that we read in it, such as the day of its last sale.
KEEP_UP = """
    UPDATE accounting_items i SET content_hash = s.content_hash, raw = s.raw
    FROM staged_items s JOIN seen_items l ON l.position = s.position
    WHERE s.standing = 'active' AND i.connection_id = :connection AND i.external_id = s.external_id
        AND i.content_hash <> s.content_hash
"""

DEACTIVATE = """
    UPDATE accounting_items i SET active = false, changed_at = :now
    FROM planned_items p
    WHERE p.action = 'deactivated' AND i.connection_id = :connection AND i.external_id = p.external_id
"""

ENTRIES = """
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT :run, external_id, name, action, coalesce(changes, '{}'::jsonb) FROM planned_items
    ORDER BY action, position
"""

COUNTS = """
    SELECT
        count(*) FILTER (WHERE action = 'created') AS created,
        count(*) FILTER (WHERE action = 'updated') AS updated,
        count(*) FILTER (WHERE action = 'deactivated') AS deactivated,
        (SELECT count(*) FROM seen_items) - count(*) FILTER (WHERE position IS NOT NULL) AS skipped
    FROM planned_items
"""


def merge(staging: Staging, run_id: int, *, apply: bool) -> Counts:
    """The run's entries are written, its plan applied when `apply` says so, and its exact counts returned.

    Must be called in the transaction that ends the run. Every listed item counts once, as created, updated,
    deactivated or skipped; deactivated ones that the provider no longer lists come on top.
    """
    connection = staging.connection
    facts = {
        "connection": staging.connection_id,
        "types": staging.type_names,
        "now": utcnow(),
        "run": run_id,
    }
    connection.execute(text("SET LOCAL work_mem = '64MB'"))
    connection.execute(text("ANALYZE listed_items"))
    connection.execute(text("ANALYZE staged_items"))
    connection.execute(text(SEEN))
    connection.execute(text(PLAN), facts)
    connection.execute(text(ENTRIES), facts)
    followed = _applied(staging, facts) if apply else _foreseen(staging, facts)
    row = connection.execute(text(COUNTS)).one()
    return Counts(
        row.created, row.updated, row.deactivated, row.skipped, followed.products or 0, followed.stock or 0
    )


def _store(staging: Staging, facts: dict[str, Any]) -> None:
    for statement in (STORE, KEEP_UP, DEACTIVATE):
        staging.connection.execute(text(statement), facts)


def _applied(staging: Staging, facts: dict[str, Any]) -> Followed:
    """The plan is carried out, and the products follow."""
    about = staging.connection, staging.connection_id, facts["run"]
    _store(staging, facts)
    keep_pages(staging.connection, staging.connection_id, staging.type_names)
    followed = follow(*about, staging.began_at)
    note(*about, followed)
    return followed


def _foreseen(staging: Staging, facts: dict[str, Any]) -> Followed:
    """What the products would take over if the plan were carried out."""
    about = staging.connection, staging.connection_id, facts["run"]
    return foresee(*about, staging.began_at, partial(_store, staging, facts))

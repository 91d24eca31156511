"""From what was read to what is stored, in one transaction and a fixed number of statements.

First the *plan*: one row for each item that the run creates, updates or deactivates. A preview ends there.
Then the plan is applied, and either way it becomes the run's entries and its counts.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import text

from app.foundation.clock import utcnow
from app.items.sync.fields import FIELDS, NUMBERS, SEARCHED
from app.items.sync.following import Followed, follow, foresee, note
from app.items.sync.known import keep_pages
from app.items.sync.staging import Staging
from app.items.sync.storing import store
from app.sync.work import Counts


def _change(field: str) -> str:
    """The field before and after, if they differ; numbers as text, which no reader takes for floats."""
    before, after = (
        f"trim_scale({row}.{field})::text" if field in NUMBERS else f"{row}.{field}" for row in ("i", "s")
    )
    differs = f"s.{field} IS DISTINCT FROM i.{field}"
    return f"'{field}', CASE WHEN {differs} THEN jsonb_build_array({before}, {after}) END"


_CHANGES = ", ".join(_change(field) for field in FIELDS)
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)
_STORED = ", ".join(f"i.{field}" for field in FIELDS)
_SEARCHED_NOW = ", ".join(f"s.{field}" for field in SEARCHED)
_SEARCHED_BEFORE = ", ".join(f"i.{field}" for field in SEARCHED)

SEEN = """
    CREATE TEMPORARY TABLE seen_items ON COMMIT DROP AS
    SELECT external_id, max(position) AS position FROM listed_items GROUP BY external_id
"""

# Types that are not selected are left alone (OQ-16): neither updated nor missed.
PLAN = f"""
    CREATE TEMPORARY TABLE planned_items ON COMMIT DROP AS
    SELECT i.id AS item_id, s.position, s.external_id, s.name,
        CASE WHEN i.id IS NULL THEN 'created' ELSE 'updated' END AS action,
        CASE WHEN i.id IS NULL THEN '{{}}'::jsonb ELSE jsonb_strip_nulls(jsonb_build_object(
            'active', CASE WHEN NOT i.active THEN '[false, true]'::jsonb END, {_CHANGES}
        )) END AS changes,
        i.id IS NOT NULL AND ({_SEARCHED_NOW}) IS DISTINCT FROM ({_SEARCHED_BEFORE}) AS renamed
    FROM staged_items s
    JOIN seen_items l ON l.position = s.position
    LEFT JOIN accounting_items i ON i.connection_id = :connection AND i.external_id = s.external_id
    WHERE s.standing = 'active' AND (i.id IS NULL OR NOT i.active OR ({_STAGED}) IS DISTINCT FROM ({_STORED}))
    UNION ALL
    SELECT i.id, l.position, i.external_id, i.name, 'deactivated', '{{"active": [true, false]}}'::jsonb, false
    FROM accounting_items i
    LEFT JOIN seen_items l ON l.external_id = i.external_id
    LEFT JOIN staged_items s ON s.position = l.position
    WHERE i.connection_id = :connection AND i.active
        AND (s.standing = 'inactive' OR l.position IS NULL AND i.item_type = ANY(:types))
"""  # noqa: S608 - our own column names

ENTRIES = """
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT :run, external_id, name, action, changes FROM planned_items
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
    connection.execute(text("ANALYZE staged_items (position, external_id, standing)"))
    connection.execute(text(SEEN))
    connection.execute(text(PLAN), facts)
    connection.execute(text(ENTRIES), facts)
    followed = _applied(staging, facts) if apply else _foreseen(staging, facts)
    row = connection.execute(text(COUNTS)).one()
    return Counts(
        row.created, row.updated, row.deactivated, row.skipped, followed.products or 0, followed.stock or 0
    )


def _applied(staging: Staging, facts: dict[str, Any]) -> Followed:
    """The plan is carried out, and the products follow."""
    about = staging.connection, staging.connection_id, facts["run"]
    store(staging.connection, facts)
    keep_pages(staging.connection, staging.connection_id, staging.type_names)
    followed = follow(*about, staging.began_at)
    note(*about, followed)
    return followed


def _foreseen(staging: Staging, facts: dict[str, Any]) -> Followed:
    """What the products would take over if the plan were carried out."""
    about = staging.connection, staging.connection_id, facts["run"]
    return foresee(*about, staging.began_at, partial(store, staging.connection, facts))

"""What a run is going to do with each item: its *plan*, and the entries that tell people of it.

The temporary table `planned_items` has a row for each item that the run creates, updates or deactivates, and
for each that it merely keeps up with: its document has changed, but nothing that we read in it, such as the
day of its last sale. Pages are planned as they come; nothing is written to the items before the whole listing
is there, so that an item can be planned anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.items.sync.changes import changed, changed_number, document, members
from app.items.sync.fields import FIELDS, NUMBERS, SEARCHED

_CHANGES = members(
    """CASE WHEN NOT i.active THEN '"active": [false, true]' END""",
    *(
        (changed_number if field in NUMBERS else changed)(field, f"i.{field}", f"s.{field}")
        for field in FIELDS
    ),
)
_DOCUMENT = document("changes")
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)
_STORED = ", ".join(f"i.{field}" for field in FIELDS)
_SEARCHED_NOW = ", ".join(f"s.{field}" for field in SEARCHED)
_SEARCHED_BEFORE = ", ".join(f"i.{field}" for field in SEARCHED)
DEACTIVATED = """'"active": [true, false]'"""

_PLANNED = f"""
    , noted AS (
        INSERT INTO sync_entries (run_id, external_id, name, action, changes)
        SELECT :run, external_id, name, action, {_DOCUMENT}
        FROM planned WHERE action <> 'kept' ORDER BY position
    )
    INSERT INTO planned_items SELECT item_id, position, external_id, action, renamed FROM planned
"""  # noqa: S608 - our own statement
_PLAN = f"""
    WITH compared AS (
        SELECT i.id AS item_id, s.position, s.external_id, coalesce(s.name, i.name) AS name,
            CASE WHEN s.standing = 'inactive' THEN 'deactivated' WHEN i.id IS NULL THEN 'created'
                WHEN NOT i.active OR ({_STAGED}) IS DISTINCT FROM ({_STORED}) THEN 'updated'
                ELSE 'kept' END AS action,
            {_CHANGES} AS changes,
            ({_SEARCHED_NOW}) IS DISTINCT FROM ({_SEARCHED_BEFORE}) AS renamed
        FROM staged_items s
        LEFT JOIN accounting_items i ON i.connection_id = :connection AND i.external_id = s.external_id
        WHERE %(which)s AND (s.standing = 'active' OR s.standing = 'inactive' AND i.active)
    ), planned AS (
        SELECT item_id, position, external_id, name, action, renamed,
            CASE action WHEN 'created' THEN '' WHEN 'deactivated' THEN {DEACTIVATED} ELSE changes END
                AS changes
        FROM compared
    ) {_PLANNED}
"""  # noqa: S608 - our own column names
PLAN_PAGE = _PLAN % {"which": "s.position BETWEEN :first AND :last"}
PLAN_ANEW = _PLAN % {"which": "s.position = ANY(:positions)"}

# Types that are not selected are left alone (OQ-16), so they are not missed.
PLAN_MISSING = f"""
    WITH planned AS (
        SELECT i.id AS item_id, CAST(NULL AS integer) AS position, i.external_id, i.name,
            'deactivated' AS action, {DEACTIVATED} AS changes, false AS renamed
        FROM accounting_items i
        WHERE i.connection_id = :connection AND i.active AND i.item_type = ANY(:types)
            AND NOT EXISTS (SELECT FROM seen_items l WHERE l.external_id = i.external_id)
    ) {_PLANNED}
"""  # noqa: S608 - our own column names
SEEN = """
    CREATE TEMPORARY TABLE seen_items ON COMMIT DROP AS
    SELECT external_id, max(start + place)::integer AS position, count(*) AS times
    FROM listed_pages CROSS JOIN unnest(external_ids) WITH ORDINALITY AS given(external_id, place)
    GROUP BY external_id
"""
REPEATED = """
    SELECT count(*) AS listed, coalesce(array_agg(external_id) FILTER (WHERE times > 1), '{}') AS ids,
        coalesce(array_agg(position) FILTER (WHERE times > 1), '{}') AS positions
    FROM seen_items
"""
FORGET = (
    "DELETE FROM planned_items WHERE external_id = ANY(:ids)",
    "DELETE FROM sync_entries WHERE run_id = :run AND external_id = ANY(:ids)",
)


def plan_page(connection: Connection, connection_id: int, run_id: int, first: int, last: int) -> None:
    """The items staged from the positions `first` to `last` are in the plan and among the run's entries."""
    facts = {"connection": connection_id, "run": run_id, "first": first, "last": last}
    connection.execute(text(PLAN_PAGE), facts)


def complete_plan(connection: Connection, facts: dict[str, Any], *, known: bool) -> int:
    """The plan holds for the whole listing; returns how many items that had.

    Of an item that came more than once, what was listed last holds; items that did not come are deactivated,
    which need not be looked for if the listing is `known` to be the last one. `facts` are the `connection`'s
    and the `run`'s id and the `types` that are let in.
    """
    connection.execute(text(SEEN))
    listed, ids, positions = connection.execute(text(REPEATED)).one()
    if ids:
        repeated = facts | {"ids": ids, "positions": positions}
        for statement in (*FORGET, PLAN_ANEW):
            connection.execute(text(statement), repeated)
    if not known:
        connection.execute(text(PLAN_MISSING), facts)
    return int(listed)

"""What a run is going to do with each item: the entries that tell people of it are its plan.

Pages are planned as they come; nothing is written to the items before the whole listing is there, so that an
item can be planned anew.
"""

from __future__ import annotations

from typing import Any, NamedTuple

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
_STAGED = ", ".join(f"s.{field}" for field in FIELDS)
_STORED = ", ".join(f"i.{field}" for field in FIELDS)
DEACTIVATED = """'"active": [true, false]'"""
DIFFERS = f"({_STAGED}) IS DISTINCT FROM ({_STORED})"
"""Whether a staged item `s` says other things than a stored one `i` has."""

# An item that is inactive in the books is named as it is here, and only deactivated. OFFSET keeps its changes
# from being put together once to see whether there are any, and once more.
_PLAN = f"""
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT :run, external_id, name, action, {document("changes")}
    FROM (
        SELECT s.external_id, CASE WHEN s.active THEN s.name ELSE i.name END AS name,
            CASE WHEN NOT s.active THEN 'deactivated' WHEN i.id IS NULL THEN 'created' ELSE 'updated' END
                AS action,
            CASE WHEN NOT s.active THEN {DEACTIVATED} WHEN i.id IS NULL THEN '' ELSE {_CHANGES} END
                AS changes
        FROM staged_items s
        LEFT JOIN accounting_items i ON i.connection_id = :connection AND i.external_id = s.external_id
        WHERE %(which)s AND (s.active OR i.active)
        ORDER BY s.position OFFSET 0
    ) AS planned
    WHERE action <> 'updated' OR changes <> ''
"""  # noqa: S608 - our own column names
PLAN_PAGE = _PLAN % {"which": "s.position BETWEEN :first AND :last"}
PLAN_ANEW = _PLAN % {"which": "s.position = ANY(:positions)"}

# Types that are not selected are left alone (OQ-16), so they are not missed.
PLAN_MISSING = f"""
    INSERT INTO sync_entries (run_id, external_id, name, action, changes)
    SELECT :run, i.external_id, i.name, 'deactivated', {document(DEACTIVATED)}
    FROM accounting_items i
    WHERE i.connection_id = :connection AND i.active AND i.item_type = ANY(:types)
        AND NOT EXISTS (SELECT FROM seen_items l WHERE l.external_id = i.external_id)
    ORDER BY i.id
"""  # noqa: S608 - our own column names
REPEATED = """
    SELECT count(*) AS listed, coalesce(array_agg(external_id) FILTER (WHERE times > 1), '{}') AS ids,
        coalesce(array_agg(position) FILTER (WHERE times > 1), '{}') AS positions
    FROM (
        SELECT external_id, max(position) AS position, count(*) AS times FROM seen_items GROUP BY external_id
    ) AS seen
"""
FORGET = (
    "DELETE FROM staged_items WHERE external_id = ANY(:ids) AND position <> ALL(:positions)",
    "DELETE FROM sync_entries WHERE run_id = :run AND external_id = ANY(:ids)",
)


# What is renamed is found again by other words.
COUNTS = f"""
    SELECT count(*) FILTER (WHERE action = 'created') AS created,
        count(*) FILTER (WHERE action = 'updated') AS updated,
        count(*) FILTER (WHERE action = 'deactivated') AS deactivated,
        count(*) FILTER (WHERE action = 'updated' AND changes ?| CAST('{{{", ".join(SEARCHED)}}}' AS text[]))
            AS renamed
    FROM sync_entries WHERE run_id = :run
"""  # noqa: S608 - our own column names


class Plan(NamedTuple):
    """How many items the run creates, updates, deactivates and leaves as they are.

    Every listed item counts once; deactivated ones that the provider no longer lists come on top. Of the
    updated ones some are `renamed`.
    """

    created: int
    updated: int
    deactivated: int
    renamed: int
    skipped: int


def plan_page(connection: Connection, connection_id: int, run_id: int, first: int, last: int) -> None:
    """The items staged from the positions `first` to `last` are among the run's entries if they have news."""
    facts = {"connection": connection_id, "run": run_id, "first": first, "last": last}
    connection.execute(text(PLAN_PAGE), facts)


def complete_plan(connection: Connection, facts: dict[str, Any], *, known: bool) -> Plan:
    """The entries hold for the whole listing, whose items are in `seen_items`, and what is staged holds.

    Of an item that came more than once, what was listed last holds; items that did not come are deactivated,
    which need not be looked for if the listing is `known` to be the last one. `facts` are the `connection`'s
    and the `run`'s id and the `types` that are let in.
    """
    listed, ids, positions = connection.execute(text(REPEATED)).one()
    if ids:
        repeated = facts | {"ids": ids, "positions": positions}
        for statement in (*FORGET, PLAN_ANEW):
            connection.execute(text(statement), repeated)
    missing = 0 if known else connection.execute(text(PLAN_MISSING), facts).rowcount
    created, updated, deactivated, renamed = connection.execute(text(COUNTS), facts).one()
    skipped = listed + missing - created - updated - deactivated
    return Plan(created, updated, deactivated, renamed, skipped)

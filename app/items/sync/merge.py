"""The end of a later listing: its plan is completed and carried out, in a fixed number of statements.

A preview foresees what linked products would take over instead, and carries nothing out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import text

from app.foundation.clock import utcnow
from app.items.sync.following import Followed, follow, foresee, note
from app.items.sync.known import all_known, keep_pages
from app.items.sync.planning import complete_plan
from app.items.sync.staging import LaterListing
from app.items.sync.storing import store
from app.sync.work import Counts

COUNTS = """
    SELECT
        count(*) FILTER (WHERE action = 'created') AS created,
        count(*) FILTER (WHERE action = 'updated') AS updated,
        count(*) FILTER (WHERE action = 'deactivated') AS deactivated,
        :listed - count(*) FILTER (WHERE position IS NOT NULL AND action <> 'kept') AS skipped
    FROM planned_items
"""


def merge(listing: LaterListing, *, apply: bool) -> Counts:
    """The run's entries are written, its plan applied when `apply` says so, and its exact counts returned.

    Every listed item counts once, as created, updated, deactivated or skipped; deactivated ones that the
    provider no longer lists come on top.
    """
    connection = listing.connection
    facts = {
        "connection": listing.connection_id,
        "types": listing.type_names,
        "now": utcnow(),
        "run": listing.run_id,
    }
    connection.execute(text("SET LOCAL work_mem = '64MB'"))
    for table in ("staged_items (position)", "planned_items"):
        connection.execute(text(f"ANALYZE {table}"))
    known = all_known(connection, listing.connection_id, listing.type_names)
    listed = complete_plan(connection, facts, known=known)
    followed = _applied(listing, facts, known) if apply else _foreseen(listing, facts)
    row = connection.execute(text(COUNTS), {"listed": listed}).one()
    return Counts(
        row.created, row.updated, row.deactivated, row.skipped, followed.products or 0, followed.stock or 0
    )


def _applied(listing: LaterListing, facts: dict[str, Any], known: bool) -> Followed:
    """The plan is carried out, and the products follow."""
    about = listing.connection, listing.connection_id, listing.run_id
    store(listing.connection, facts)
    if not known:
        keep_pages(listing.connection, listing.connection_id, listing.type_names)
    followed = follow(*about, listing.began_at)
    note(listing.connection, listing.run_id, followed)
    return followed


def _foreseen(listing: LaterListing, facts: dict[str, Any]) -> Followed:
    """What the products would take over if the plan were carried out."""
    about = listing.connection, listing.connection_id, listing.run_id
    return foresee(*about, listing.began_at, partial(store, listing.connection, facts))

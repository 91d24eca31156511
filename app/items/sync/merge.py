"""The end of a later listing: its plan is completed and carried out, in a fixed number of statements.

A preview foresees what linked products would take over instead, and carries nothing out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import text

from app.foundation.clock import utcnow
from app.items.sync.following import Followed, follow, foresee, note
from app.items.sync.planning import Plan, complete_plan
from app.items.sync.staging import LaterListing
from app.items.sync.storing import store
from app.sync.work import Counts

# The database knows nothing of what is in temporary tables, and would sort them in order to join them. It
# takes a row that another process hands over for the work of ten that it reads itself, and ours are short.
SETTINGS = ("work_mem = '64MB'", "enable_mergejoin = off", "parallel_tuple_cost = 0.001")


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
    for setting in SETTINGS:
        connection.execute(text(f"SET LOCAL {setting}"))
    known = listing.pages.all_known()
    plan = complete_plan(connection, facts, known=known)
    followed = _applied(listing, plan, facts, known) if apply else _foreseen(listing, plan, facts)
    return Counts(
        plan.created,
        plan.updated,
        plan.deactivated,
        plan.skipped,
        followed.products or 0,
        followed.stock or 0,
    )


def _applied(listing: LaterListing, plan: Plan, facts: dict[str, Any], known: bool) -> Followed:
    """The plan is carried out, and the products follow."""
    about = listing.connection, listing.connection_id, listing.run_id
    store(listing.connection, plan, facts)
    if not known:
        listing.pages.keep()
    followed = follow(*about, listing.began_at)
    note(listing.connection, listing.run_id, followed)
    return followed


def _foreseen(listing: LaterListing, plan: Plan, facts: dict[str, Any]) -> Followed:
    """What the products would take over if the plan were carried out."""
    about = listing.connection, listing.connection_id, listing.run_id
    listing.pages.forget()
    return foresee(*about, listing.began_at, partial(store, listing.connection, plan, facts))

"""What the demo's workshop has when a visitor arrives: a catalogue, a year of stock, recipes and builds.

All of it goes through the rooms' own services. SKUs and names are those of the simulated QuickBooks company
where it lists the thing, so that link suggestions have something to show once a visitor connects it. Only the
BOMs are of today: the database keeps a version's moment to that of its transaction.
"""

from __future__ import annotations

from app.demo.workshop.builds import build_and_plan, build_the_first
from app.demo.workshop.calendar import Calendar
from app.demo.workshop.catalogue import create_catalogue, read_wares
from app.demo.workshop.history import OPENED_DAYS_AGO, post_history
from app.demo.workshop.recipes import save_first_versions, save_revisions

__all__ = ["fill_workshop"]


def fill_workshop(owner_id: int, builder_id: int) -> None:
    """The empty catalogue is that of a workshop which has worked for a year; raises as the services do."""
    wares, calendar = read_wares(), Calendar()
    with calendar.ago(OPENED_DAYS_AGO + 1):
        ids = create_catalogue(wares)
    post_history(wares, ids, owner_id)
    save_first_versions(ids, owner_id)
    build_the_first(ids, builder_id, calendar)
    save_revisions(ids, owner_id)
    build_and_plan(ids, builder_id, calendar)

"""Getting started: the three steps from an empty workspace to the first products, and which is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from app.dashboard.figures import Figures
from app.foundation.navigation import place_url


@dataclass(frozen=True)
class Step:
    """One step, whether it is done or the next one, and where this person takes it (None: another does)."""

    title: str
    text: str
    done: bool
    is_next: bool
    url: str | None
    action: str


def steps_for(figures: Figures, can: Callable[[str], bool]) -> list[Step]:
    """The steps as they stand for a person who `can`; [] once the last one is done."""
    if figures.imported:
        return []
    connected, synced = figures.connections > 0, figures.items > 0
    integrations = url_for("integrations.index")
    return [
        Step(
            "Connect your books",
            "Link the QuickBooks company that holds your items. You sign in at Intuit; we see no password.",
            done=connected,
            is_next=not connected,
            url=integrations if can("manage_integrations") else None,
            action="Connect",
        ),
        Step(
            "Sync items",
            "Fetch what your books sell and buy. A preview shows what a sync would change, beforehand.",
            done=synced,
            is_next=connected and not synced,
            url=integrations if can("sync_items") else None,
            action="Sync items",
        ),
        Step(
            "Import products",
            "Choose the items that you make or use. They become products, linked to where they come from.",
            done=False,
            is_next=synced,
            url=place_url("items.index") if can("import_items") else None,
            action="Import",
        ),
    ]

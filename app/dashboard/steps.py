"""Getting started: the four steps from an empty workspace to the first products, and which is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from app.dashboard.figures import Figures
from app.foundation.pages.navigation import place_url


@dataclass(frozen=True)
class Step:
    """One step, whether it is done or the next one, and where this person takes it.

    `url` is None when it is done, when an earlier one must come first, and when it is somebody else's.
    """

    title: str
    text: str
    done: bool
    is_next: bool
    url: str | None
    action: str


@dataclass(frozen=True)
class _Plan:
    """A step before it is known which one is next."""

    title: str
    text: str
    action: str
    permission: str
    url: str | None
    done: bool
    ready: bool
    """Whether what it needs is there; a choice that was put off holds nothing up."""


def has_started(figures: Figures) -> bool:
    """Whether the steps are done, or were once, and no choice was put off."""
    if figures.undecided is not None:
        return False
    return figures.got_started or figures.imported > 0 or all(plan.done for plan in _plans(figures))


def steps_for(figures: Figures, can: Callable[[str], bool]) -> list[Step]:
    """The steps as they stand for a person who `can`; [] once the workspace has started."""
    if has_started(figures):
        return []
    plans = _plans(figures)
    first = next((plan for plan in plans if not plan.done), None)
    return [
        Step(
            plan.title,
            plan.text,
            done=plan.done,
            is_next=plan is first,
            url=plan.url if plan.ready and not plan.done and can(plan.permission) else None,
            action=plan.action,
        )
        for plan in plans
    ]


def _plans(figures: Figures) -> list[_Plan]:
    connected, synced = figures.connections > 0, figures.items > 0
    integrations = url_for("integrations.index")
    return [
        _Plan(
            "Connect your books",
            "Link the QuickBooks company that holds your items. You sign in at Intuit; we see no password.",
            "Connect",
            "manage_integrations",
            integrations,
            done=connected,
            ready=True,
        ),
        _Plan(
            "Choose where quantities live",
            "In your books, which Lotledger then follows, or in Lotledger. You can change it later.",
            "Choose",
            "manage_integrations",
            url_for("inventory.choice", connection_id=figures.undecided) if figures.undecided else None,
            done=connected and figures.undecided is None,
            ready=connected,
        ),
        _Plan(
            "Sync items",
            "Fetch what your books sell and buy. A preview shows what a sync would change, beforehand.",
            "Sync items",
            "sync_items",
            integrations,
            done=synced,
            ready=connected,
        ),
        _Plan(
            "Import products",
            "Choose the items that you make or use. They become products, linked to where they come from.",
            "Import",
            "import_items",
            place_url("items.index"),
            done=_has_products(figures),
            ready=synced,
        ),
    ]


def _has_products(figures: Figures) -> bool:
    """Whether products are there; where the books lead, they must come from these (ONB-5, ONB-7)."""
    by_hand = figures.products > 0 and not figures.books_lead
    return figures.got_started or figures.imported > 0 or by_hand

"""Where a person can go: the main navigation and the places of Settings, in the order of design section 11.

A place is offered when its page exists and the person's role allows it, so that rooms come to be seen as they
are built, and nobody is shown a door that is closed to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request

from app.foundation.pages.addresses import page_url

Can = Callable[[str], bool]


@dataclass(frozen=True)
class Place:
    """A page that navigation may lead to, for people who hold one of `permissions` (no names: all)."""

    label: str
    endpoint: str
    permissions: tuple[str, ...] = ()
    icon: str = ""
    children: tuple[Place, ...] = ()
    in_tabs: bool = False
    """Whether the children are reached by tabs on their pages, and not listed in the navigation."""

    def is_open(self, can: Can) -> bool:
        """Whether the page exists and a person who `can` may see it."""
        allowed = not self.permissions or any(can(permission) for permission in self.permissions)
        return allowed and self.endpoint in current_app.view_functions


@dataclass(frozen=True)
class Link:
    """A place as this person sees it from the present page."""

    label: str
    url: str
    icon: str
    current: bool
    children: tuple[Link, ...]


SETTINGS = (
    Place("Integrations", "integrations.index", ("manage_integrations", "sync_items")),
    Place("Business", "workspace.business", ("manage_features",)),
    Place("Features", "workspace.features", ("manage_features",)),
    Place("Team", "people.team", ("manage_team",)),
    Place("Permissions", "people.permissions", ("manage_team",)),
    Place("Alerts", "workspace.alerts"),
    Place("Audit log", "workspace.audit", ("manage_team",)),
    Place("Profile", "people.profile"),
)

BOOKS = (
    Place("Items", "items.index", ("view_inventory",)),
    Place("Sync runs", "sync.index", ("sync_items",)),
)

MAIN = (
    Place("Dashboard", "dashboard.index", ("view_dashboard",), "dashboard"),
    Place("Products", "products.index", ("view_inventory",), "products"),
    Place("BOMs", "boms.index", ("view_inventory",), "boms"),
    Place(
        "Builds",
        "builds.index",
        ("view_inventory", "plan_builds", "execute_builds", "approve_builds"),
        "builds",
    ),
    Place("Receiving", "receiving.index", ("manage_receiving",), "receiving"),
    Place("Sales", "sales.index", ("view_sales",), "sales"),
    Place("Books", "items.index", icon="books", children=BOOKS),
    Place("Settings", "people.profile", icon="settings", children=SETTINGS, in_tabs=True),
)


def main_places(can: Can) -> list[Link]:
    """The main navigation for a person who `can`; a place with children leads to the first that is open."""
    return [link for place in MAIN if (link := _link(place, can))]


def settings_places(can: Can) -> list[Link]:
    """The tabs of Settings for a person who `can`."""
    return [link for place in SETTINGS if (link := _link(place, can))]


def place_url(endpoint: str) -> str | None:
    """The address of a page, or None while no room offers it."""
    return page_url(endpoint) if endpoint in current_app.view_functions else None


def _link(place: Place, can: Can) -> Link | None:
    if place.children:
        return _group(place, [link for child in place.children if (link := _link(child, can))])
    if not place.is_open(can):
        return None
    url = page_url(place.endpoint)
    return Link(place.label, url, place.icon, _is_here(place.endpoint, url), ())


def _group(place: Place, links: list[Link]) -> Link | None:
    """A place that stands for others: it leads to the first of them, and is open if any of them is."""
    if not links:
        return None
    here = any(link.current for link in links)
    return Link(place.label, links[0].url, place.icon, here, () if place.in_tabs else tuple(links))


def _is_here(endpoint: str, url: str) -> bool:
    """Whether the present page is this place or lies below its address."""
    return request.endpoint == endpoint or (url != "/" and request.path.startswith(f"{url}/"))
